// SPDX-License-Identifier: MIT
/* program.c - from PTX texts to code that can be launched: parse, link, place, decode.
 *
 * Several texts may make one program: an .extern name finds its definition in any of them.
 * Variables of .global and .const get device memory, and their initial values, which may be
 * addresses of other variables. A .shared variable gets the same offset in all kernels that use it,
 * also by way of functions; kernels that share none use the same offsets for different things. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "warp.h"

typedef struct {
    const char *name;
    CusimVariable *variable;
    CusimFunction *function;
} Symbol;

typedef struct {
    CusimProgram *program;
    Symbol *symbol; /* hash table of names that other modules see, and of functions */
    size_t n_symbols, room;
    char *log;
    size_t log_bytes;
} Loader;

static CUresult fail(Loader *l, CUresult code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static CUresult fail(Loader *l, CUresult code, const char *format, ...) {
    if (l->log && l->log_bytes && !l->log[0]) {
        va_list list;
        va_start(list, format);
        (void)vsnprintf(l->log, l->log_bytes, format, list);
        va_end(list);
    }
    return code;
}

/* ---- Names ---- */

static size_t hash(const char *name) {
    uint64_t h = 0xcbf29ce484222325ull;
    for (; *name; name++) h = (h ^ (uint8_t)*name) * 0x100000001b3ull;
    return (size_t)(h ^ h >> 32);
}

static Symbol *find(const Loader *l, const char *name) {
    size_t i = hash(name) & (l->room - 1);
    while (l->symbol[i].name && strcmp(l->symbol[i].name, name) != 0) i = (i + 1) & (l->room - 1);
    return &l->symbol[i];
}

static bool seen_elsewhere(CusimLinkage linkage) { return linkage != CUSIM_LOCAL_NAME; }

/* Of two definitions: does the new one replace the old one? Two strong ones are an error. */
static bool replaces(CusimLinkage old, CusimLinkage new, bool *clash) {
    *clash = old == CUSIM_VISIBLE && new == CUSIM_VISIBLE;
    return new == CUSIM_VISIBLE &&old != CUSIM_VISIBLE;
}

static CUresult define_variable(Loader *l, CusimVariable *v) {
    if (!seen_elsewhere(v->linkage) || v->linkage == CUSIM_EXTERN) return CUDA_SUCCESS;
    Symbol *s = find(l, v->name);
    bool clash = false;
    if (!s->name || !s->variable) {
        s->name = v->name;
        s->variable = v;
        return CUDA_SUCCESS;
    }
    if (s->variable->linkage == CUSIM_COMMON && v->linkage == CUSIM_COMMON) {
        if (v->bytes > s->variable->bytes) s->variable = v; /* the largest is it */
    } else if (replaces(s->variable->linkage, v->linkage, &clash)) {
        s->variable = v;
    }
    if (clash) return fail(l, CUDA_ERROR_INVALID_PTX, "'%s' is defined twice", v->name);
    return CUDA_SUCCESS;
}

static CUresult define_function(Loader *l, CusimFunction *f) {
    if (!f->has_body || !seen_elsewhere(f->linkage)) return CUDA_SUCCESS;
    Symbol *s = find(l, f->name);
    bool clash = false;
    if (!s->name || !s->function || replaces(s->function->linkage, f->linkage, &clash)) {
        s->name = f->name;
        s->function = f;
    }
    if (clash) return fail(l, CUDA_ERROR_INVALID_PTX, "'%s' is defined twice", f->name);
    return CUDA_SUCCESS;
}

/* For each module m that is linked. */
#define EACH_MODULE                                                                                \
    for (uint32_t i_ = 0; i_ < l->program->n_modules; i_++)                                        \
        for (CusimPtxModule *m = l->program->modules[i_]; m; m = NULL)

static CUresult link_names(Loader *l) {
    size_t n = 0;
    EACH_MODULE {
        for (CusimVariable *v = m->variables; v; v = v->next) n++;
        for (CusimFunction *f = m->functions; f; f = f->next) n++;
    }
    for (l->room = 64; l->room < 2 * n; l->room *= 2) {
    }
    l->symbol = calloc(l->room, sizeof *l->symbol);
    l->program->function = calloc(n + 1, sizeof(CusimFunction *));
    if (!l->symbol || !l->program->function) return CUDA_ERROR_OUT_OF_MEMORY;
    CUresult result = CUDA_SUCCESS;
    EACH_MODULE {
        for (CusimVariable *v = m->variables; v && result == CUDA_SUCCESS; v = v->next)
            result = define_variable(l, v);
        for (CusimFunction *f = m->functions; f && result == CUDA_SUCCESS; f = f->next) {
            result = define_function(l, f);
            f->number = l->program->n_functions;
            l->program->function[l->program->n_functions++] = f;
        }
    }
    if (result != CUDA_SUCCESS) return result;
    EACH_MODULE {
        for (CusimFunction *f = m->functions; f; f = f->next) {
            const Symbol *s = find(l, f->name);
            if (s->name && s->function && s->function != f &&
                (!f->has_body || seen_elsewhere(f->linkage)))
                f->definition = s->function;
        }
    }
    return CUDA_SUCCESS;
}

/* The one of all variables of this name that has the memory. */
static CusimVariable *definition(const Loader *l, CusimVariable *v) {
    if (!seen_elsewhere(v->linkage) || v->owner) return v;
    const Symbol *s = find(l, v->name);
    return s->name && s->variable ? s->variable : v;
}

/* ---- Global and constant variables ---- */

static CUresult place_global(Loader *l, CusimVariable *v) {
    CusimProgram *p = l->program;
    if (definition(l, v) != v) return CUDA_SUCCESS;
    if (v->linkage == CUSIM_EXTERN)
        return fail(l, CUDA_ERROR_INVALID_PTX, "ptx line %u: unresolved extern variable '%s'",
                    v->line, v->name);
    CUresult result = cusim_memory_alloc(CUSIM_MEM_GLOBAL, v->bytes ? v->bytes : 1, v->align,
                                         p->device, p->owner, v->name, NULL, &v->address);
    if (result != CUDA_SUCCESS) {
        v->address = 0;
        return fail(l, result, "no device memory for the %zu bytes of '%s'", v->bytes, v->name);
    }
    uint8_t *host = cusim_memory_host(v->address, v->bytes ? v->bytes : 1);
    memset(host, 0, v->bytes);
    if (v->data) memcpy(host, v->data, v->n_bytes_set < v->bytes ? v->n_bytes_set : v->bytes);
    return CUDA_SUCCESS;
}

static bool in_memory(const CusimVariable *v) {
    return v->space == CUSIM_SPACE_GLOBAL || v->space == CUSIM_SPACE_CONST;
}

/* Addresses in initialisers: all variables have theirs by now. */
static void relocate(const Loader *l, const CusimVariable *v) {
    uint8_t *host = v->n_relocs ? cusim_memory_host(v->address, v->bytes) : NULL;
    for (size_t i = 0; host && i < v->n_relocs; i++) {
        const CusimReloc *r = &v->relocs[i];
        uint64_t value = (uint64_t)r->addend;
        if (r->variable) {
            value += definition(l, r->variable)->address;
            if (r->generic && r->variable->space == CUSIM_SPACE_SHARED)
                value += CUSIM_SHARED_WINDOW;
        } else if (r->function) {
            const CusimFunction *f = r->function;
            value += CUSIM_FUNCTION_TAG + (f->definition ? f->definition : f)->number;
        }
        value >>= r->shift;
        if (r->bytes <= 8 && r->offset <= v->bytes && v->bytes - r->offset >= r->bytes)
            memcpy(host + r->offset, &value, r->bytes); /* little-endian */
    }
}

/* Calls what() for each variable outside of functions, and those in them. */
typedef CUresult EachVariable(Loader *l, CusimVariable *v);

static CUresult each_variable(Loader *l, EachVariable *what) {
    CUresult result = CUDA_SUCCESS;
    EACH_MODULE {
        for (CusimVariable *v = m->variables; v && result == CUDA_SUCCESS; v = v->next)
            result = what(l, v);
        for (CusimFunction *f = m->functions; f; f = f->next)
            for (CusimVariable *v = f->variables; v && result == CUDA_SUCCESS; v = v->next)
                result = what(l, v);
    }
    return result;
}

static CUresult place_one(Loader *l, CusimVariable *v) {
    return in_memory(v) ? place_global(l, v) : CUDA_SUCCESS;
}

static CUresult finish_one(Loader *l, CusimVariable *v) {
    if (!in_memory(v)) return CUDA_SUCCESS;
    CusimVariable *at = definition(l, v);
    if (at != v) {
        v->address = at->address; /* code finds it by the address alone */
        return CUDA_SUCCESS;
    }
    relocate(l, v);
    if (v->space == CUSIM_SPACE_CONST) cusim_memory_protect(v->address);
    return CUDA_SUCCESS;
}

/* ---- Shared variables ---- */

/* Which kernels use which shared variables: pairs, found by walking the calls of each kernel. */
typedef struct {
    CusimVariable *variable;
    uint32_t entry; /* index of the function */
} Use;

typedef struct {
    Loader *loader;
    Use *use;
    size_t n, room;
    bool *seen; /* functions, in this walk */
    bool indirect;
    bool failed;
    CusimFunction **todo;
    uint32_t n_todo;
    uint32_t entry;
} Walk;

static void walk_function(Walk *w, CusimFunction *f) {
    if (f->definition) f = f->definition;
    if (w->seen[f->number]) return;
    w->seen[f->number] = true;
    w->todo[w->n_todo++] = f;
}

static void walk_variable(Walk *w, CusimVariable *v) {
    if (!v || v->space != CUSIM_SPACE_SHARED) return;
    v = definition(w->loader, v);
    for (size_t i = w->n; i-- > 0 && w->use[i].entry == w->entry;)
        if (w->use[i].variable == v) return;
    if (w->n == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        Use *more = realloc(w->use, room * sizeof *more);
        if (!more) {
            w->failed = true;
            return;
        }
        w->use = more;
        w->room = room;
    }
    w->use[w->n++] = (Use){v, w->entry};
}

static void walk_operand(Walk *w, const CusimOperand *o) {
    if (o->kind == CUSIM_ADDRESS || o->kind == CUSIM_MEMORY) walk_variable(w, o->variable);
    if (o->kind == CUSIM_FUNCTION_ADDRESS) walk_function(w, o->function);
    for (uint32_t i = 0; o->kind == CUSIM_VECTOR && i < o->n; i++) walk_operand(w, &o->element[i]);
}

/* Functions whose address stands in a variable may be called by whoever calls through a register.
 * */
static void walk_tables(Walk *w) {
    const Loader *l = w->loader;
    EACH_MODULE {
        for (CusimVariable *v = m->variables; v; v = v->next)
            for (size_t i = 0; i < v->n_relocs; i++) {
                if (v->relocs[i].function) walk_function(w, v->relocs[i].function);
                walk_variable(w, v->relocs[i].variable);
            }
    }
}

static void walk_entry(Walk *w, CusimFunction *entry) {
    memset(w->seen, 0, w->loader->program->n_functions * sizeof *w->seen);
    w->entry = entry->number;
    w->indirect = false;
    w->n_todo = 0;
    walk_function(w, entry);
    while (w->n_todo) {
        const CusimFunction *f = w->todo[--w->n_todo];
        for (CusimVariable *v = f->variables; v; v = v->next) walk_variable(w, v);
        for (uint32_t i = 0; i < f->n_insts; i++) {
            const CusimPtxInst *inst = &f->inst[i];
            for (uint32_t k = 0; k < inst->n_operands; k++) walk_operand(w, &inst->operand[k]);
            if (inst->form.op != CUSIM_OP_call) continue;
            if (inst->callee) {
                walk_function(w, inst->callee);
            } else if (!w->indirect) {
                w->indirect = true;
                walk_tables(w);
            }
        }
    }
}

static uint64_t round_up(uint64_t n, uint64_t align) {
    return align > 1 ? (n + align - 1) / align * align : n;
}

/* The next offset that is free in all kernels that use a variable; top: of each kernel. Dynamic
 * shared memory (unsized) begins there, in all of them. */
static void place_shared(const Walk *w, uint64_t *top, bool unsized) {
    for (size_t i = 0; i < w->n; i++) {
        CusimVariable *v = w->use[i].variable;
        if (v->unsized != unsized || v->reg == -3) continue;
        uint64_t at = 0;
        for (size_t k = i; k < w->n; k++)
            if (w->use[k].variable == v && top[w->use[k].entry] > at) at = top[w->use[k].entry];
        uint64_t align = v->align > 16 || !unsized ? v->align : 16;
        at = round_up(at, align);
        /* The frame adds where dynamic memory begins: code->shared_bytes, for all such variables.
         * */
        v->address = unsized ? 0 : at;
        v->reg = -3; /* placed */
        for (size_t k = i; k < w->n; k++)
            if (w->use[k].variable == v) top[w->use[k].entry] = at + (unsized ? 0 : v->bytes);
    }
}

static CUresult finish_shared(Loader *l, CusimVariable *v) {
    if (v->space == CUSIM_SPACE_SHARED) v->address = definition(l, v)->address;
    return CUDA_SUCCESS;
}

static CUresult place_all_shared(Loader *l, uint64_t **tops) {
    CusimProgram *p = l->program;
    Walk w = {.loader = l};
    size_t n = p->n_functions + 1u;
    w.seen = calloc(n, sizeof *w.seen);
    w.todo = calloc(n, sizeof(CusimFunction *));
    uint64_t *top = *tops = calloc(n, sizeof *top);
    if (!w.seen || !w.todo || !top) w.failed = true;
    for (uint32_t i = 0; i < p->n_functions && !w.failed; i++)
        if (p->function[i]->is_entry && p->function[i]->has_body) walk_entry(&w, p->function[i]);
    if (!w.failed) {
        place_shared(&w, top, false);
        place_shared(&w, top, true);
        (void)each_variable(l, finish_shared);
    }
    free(w.seen);
    free(w.todo);
    free(w.use);
    return w.failed ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_SUCCESS;
}

/* ---- Loading ---- */

/* What can be said of an image without parsing it. */
static CUresult look_at(Loader *l, const char *text, size_t n) {
    if (n >= 4 && memcmp(text, "\177ELF", 4) == 0)
        return fail(l, CUDA_ERROR_NO_BINARY_FOR_GPU,
                    "the image is a cubin, machine code of a real GPU: cusim runs PTX, which nvcc "
                    "--ptx, NVRTC and clang make");
    static const unsigned char fat[2][4] = {{0x50, 0xed, 0x55, 0xba}, {0xb1, 0x43, 0x62, 0x46}};
    if (n >= 4 && (memcmp(text, fat[0], 4) == 0 || memcmp(text, fat[1], 4) == 0))
        return fail(l, CUDA_ERROR_NO_BINARY_FOR_GPU,
                    "the image is a fat binary: cusim runs PTX text, which nvcc --ptx makes");
    const char *at = memmem(text, n, ".version", 8);
    if (!at) return fail(l, CUDA_ERROR_INVALID_IMAGE, "the image is not PTX: no .version is in it");
    int major = 0, minor = 0;
    char number[16] = {0};
    size_t left = n - (size_t)(at - text) - 8;
    memcpy(number, at + 8, left < sizeof number - 1 ? left : sizeof number - 1);
    if (sscanf(number, " %d.%d", &major, &minor) == 2 && major * 10 + minor > 90)
        return fail(l, CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    "PTX %d.%d is newer than 9.0, the newest that cusim knows", major, minor);
    return CUDA_SUCCESS;
}

static CUresult parse(Loader *l, const char *text, size_t n, CusimPtxModule **module) {
    if (!text) return CUDA_ERROR_INVALID_VALUE;
    if (!n) n = strlen(text);
    while (n && !text[n - 1]) n--; /* the 0 at the end may be counted, more than once */
    CUresult result = look_at(l, text, n);
    if (result != CUDA_SUCCESS) return result;
    *module = cusim_ptx_parse(text, n, l->log, l->log_bytes);
    return *module ? CUDA_SUCCESS : CUDA_ERROR_INVALID_PTX;
}

static CUresult decode_all(Loader *l, const uint64_t *top) {
    CusimProgram *p = l->program;
    CusimCode **tail = &p->codes;
    EACH_MODULE {
        for (CusimFunction *f = m->functions; f; f = f->next) {
            if (!f->has_body || f->definition) continue; /* another definition replaces it */
            CusimCode *code = cusim_decode(m, f, l->log, l->log_bytes);
            if (!code) return CUDA_ERROR_INVALID_PTX;
            code->shared_bytes = (uint32_t)top[f->number];
            code->program = p;
            for (uint32_t i = 0; i < code->n_calls; i++) p->builtins |= 1u << code->call[i].builtin;
            *tail = code;
            tail = &code->next;
            if (top[f->number] > UINT32_MAX / 2)
                return fail(l, CUDA_ERROR_INVALID_PTX, "%s: too much shared memory", f->name);
        }
    }
    return CUDA_SUCCESS;
}

CUresult cusim_program_load(const char *const *images, const size_t *image_bytes, size_t n_images,
                            int device, void *owner, char *log, size_t log_bytes,
                            CusimProgram **program) {
    *program = NULL;
    if (log && log_bytes) log[0] = 0;
    CusimProgram *p = calloc(1, sizeof *p);
    if (!p) return CUDA_ERROR_OUT_OF_MEMORY;
    p->owner = owner;
    p->device = device;
    Loader l = {.program = p, .log = log, .log_bytes = log_bytes};
    uint64_t *top = NULL;
    p->modules = calloc(n_images + 1, sizeof *p->modules);
    CUresult result = CUDA_SUCCESS;
    if (!p->modules) {
        free(p);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < n_images && result == CUDA_SUCCESS; i++) {
        result = parse(&l, images[i], image_bytes ? image_bytes[i] : 0, &p->modules[i]);
        if (result == CUDA_SUCCESS) p->n_modules++;
    }
    p->module = p->modules[0];
    if (result == CUDA_SUCCESS) result = link_names(&l);
    if (result == CUDA_SUCCESS) result = place_all_shared(&l, &top);
    if (result == CUDA_SUCCESS) result = each_variable(&l, place_one);
    if (result == CUDA_SUCCESS) result = each_variable(&l, finish_one);
    if (result == CUDA_SUCCESS) result = decode_all(&l, top);
    free(l.symbol);
    free(top);
    if (result != CUDA_SUCCESS) {
        cusim_program_free(p);
        return result;
    }
    *program = p;
    return CUDA_SUCCESS;
}

static CUresult release_one(Loader *l, CusimVariable *v) {
    (void)l;
    /* Only the definition's release succeeds; the other names of it have the same address. */
    if (in_memory(v) && v->address) (void)cusim_memory_release(v->address, CUSIM_MEM_GLOBAL);
    return CUDA_SUCCESS;
}

void cusim_program_free(CusimProgram *program) {
    if (!program) return;
    Loader l = {.program = program};
    (void)each_variable(&l, release_one);
    for (uint32_t i = 0; i < program->n_modules; i++) cusim_ptx_free(program->modules[i]);
    free(program->modules);
    free(program->function);
    free(program);
}

CusimCode *cusim_program_entry(CusimProgram *program, const char *name) {
    for (CusimCode *code = program->codes; code; code = code->next)
        if (code->function->is_entry && strcmp(code->function->name, name) == 0) return code;
    return NULL;
}

CusimVariable *cusim_program_global(CusimProgram *program, const char *name) {
    for (uint32_t i = 0; i < program->n_modules; i++)
        for (CusimVariable *v = program->modules[i]->variables; v; v = v->next)
            if (in_memory(v) && v->linkage != CUSIM_EXTERN && strcmp(v->name, name) == 0) return v;
    return NULL;
}
