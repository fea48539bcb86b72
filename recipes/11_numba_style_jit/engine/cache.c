// SPDX-License-Identifier: MIT
/* Compiled code that outlives the process, for functions with cache=True: machine code and PTX go
 * through the cookbook's cache on disk (hc_files.h), and the next process that wants the same is
 * spared LLVM's optimiser and code generator, which take most of the time.
 *
 * What is "the same"? The key holds LLVM's code before it is optimised. Functions that are called
 * and constants of the module stand in it already, line numbers in what is raised, options in how
 * operations were written, and the processor in its attributes. So whoever changes one of these
 * gets another key, and nobody has to find out what depends on what. The key also names the files
 * that the compiler came from, with their size and time: another compiler makes other code. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <llvm-c/Core.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "hc_files.h"
#include "machine.h"

static bool add_file(FILE *out, const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) return false;
    fprintf(out, "%s %lld %lld.%09ld\n", path, (long long)info.st_size,
            (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    return true;
}

/* The file that this address was loaded from; the program itself is known by the name that was
 * typed, which need not be a path. */
static bool add_loaded_file(FILE *out, const void *address) {
    Dl_info info;
    if (!dladdr(address, &info) || !info.dli_fname) return false;
    return add_file(out, strchr(info.dli_fname, '/') ? info.dli_fname : "/proc/self/exe");
}

/* The compiler; found out once, since its files may be replaced while this process runs. */
static const char *compiler(void) {
    static char *text; /* under the lock of machine.c */
    size_t size;
    FILE *out = text ? NULL : open_memstream(&text, &size);
    if (!out) return text;
    void *(*llvm)(void) = (void *(*)(void))LLVMContextCreate;
    const void *address;
    memcpy(&address, &llvm, sizeof address);
    fprintf(out, "LLVM %s\n", jit_llvm_version());
    bool good = add_loaded_file(out, &jit_none) && add_loaded_file(out, address);
    if (fclose(out) == 0 && good) return text;
    free(text);
    return text = NULL;
}

static bool add_code(FILE *out, LLVMModuleRef module, LLVMTargetMachineRef target) {
    char *code = jit_print_module(module), *cpu = LLVMGetTargetMachineCPU(target),
         *features = LLVMGetTargetMachineFeatureString(target);
    bool good = code && cpu && features;
    if (good) fprintf(out, "%s %s\n%s", cpu, features, code);
    free(code);
    LLVMDisposeMessage(cpu);
    LLVMDisposeMessage(features);
    return good;
}

char *jit_cache_key(const JitModule *m, const Function *f, LLVMModuleRef module,
                    LLVMTargetMachineRef target, const char *also) {
    char *key = NULL;
    size_t size;
    if (!f->options.cache || m->no_cache) return NULL;
    const char *by = compiler();
    FILE *out = by ? open_memstream(&key, &size) : NULL;
    if (!out) return NULL;
    fprintf(out, "just-in-time compiled code\n%s", by);
    bool good = (!also || !*also || add_file(out, also)) && add_code(out, module, target);
    if (fclose(out) == 0 && good) return key;
    free(key);
    return NULL;
}

/* Was this compiled for the function, or for one that was made from it? */
static bool belongs_to(const Special *sp, const Function *f) {
    if (!f || sp->function == f) return true;
    for (const Function *d = f->derived; d; d = d->next)
        if (sp->function == d) return true;
    return false;
}

void jit_use_cache(JitModule *m, bool use) { m->no_cache = !use; }

int jit_cache_of(JitModule *m, const char *function, JitCache *out) {
    *out = (JitCache){.folder = hc_cache_folder(), .trouble = hc_cache_trouble()};
    if (!*out->folder) out->trouble = "there is no folder for it; HC_CACHE_DIR may name one";
    BEGIN(m) {
        const Function *f = function ? jit_find_function(m, function) : NULL;
        for (const Function *g = m->functions; g; g = g->next)
            out->wanted |= (!f || f == g) && g->options.cache;
        for (const Compiled *c = m->compiled; c; c = c->next) {
            if (!belongs_to(c->special, f)) continue;
            out->hits += c->cache == CACHE_HIT;
            out->misses += c->cache == CACHE_MISS;
        }
    }
    return END(m);
}
