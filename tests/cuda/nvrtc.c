// SPDX-License-Identifier: MIT
/* Compiles kernels by NVRTC, opened at run time through our own nvrtc.h: no toolkit, driver or GPU
 * is needed, but the library. nvrtc.sh calls it.
 *   test_nvrtc version              the compiler's version, as 13.0
 *   test_nvrtc interface            each call of nvrtc.h does what the header says
 *   test_nvrtc FILE NAME OPTION...  the PTX of a file on stdout; NAME is what messages call it
 * Exit codes: 0, 1 wrong, 2 usage, 3 error, 4 the kernel does not compile, 77 no NVRTC. */
#include <dlfcn.h>
#include <nvrtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a list of parameters has its own
#define HC_NVRTC(name, parameters, arguments) nvrtcResult(*name) parameters;
#include "hc_nvrtc_api.def"
    const char *(*nvrtcGetErrorString)(nvrtcResult result);
} nvrtc;

static void *symbol(void *library, const char *name) {
    void *address = dlsym(library, name);
    if (!address) {
        fprintf(stderr, "this NVRTC has no %s\n", name);
        exit(3);
    }
    return address;
}

/* Open the library: what HC_NVRTC_LIBRARY names, else the usual names, else where toolkits lie. */
static void open_nvrtc(void) {
    const char *names[] = {getenv("HC_NVRTC_LIBRARY"),
                           "libnvrtc.so.13",
                           "libnvrtc.so.12",
                           "libnvrtc.so",
                           "/usr/local/cuda/lib64/libnvrtc.so.13",
                           "/usr/local/cuda/lib64/libnvrtc.so.12",
                           "/usr/local/cuda/lib64/libnvrtc.so"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++)
        if (names[i] && *names[i]) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        printf("skipped: no libnvrtc.so (of CUDA 12 or 13; HC_NVRTC_LIBRARY may name it)\n");
        exit(77);
    }
    /* A function's address comes as a void *, which C only turns into one through memory. */
#define HC_NVRTC(name, parameters, arguments)                                                      \
    memcpy(&nvrtc.name, &(void *){symbol(library, #name)}, sizeof(void *));
#include "hc_nvrtc_api.def"
    memcpy(&nvrtc.nvrtcGetErrorString, &(void *){symbol(library, "nvrtcGetErrorString")},
           sizeof(void *));
}

static void check(nvrtcResult result, const char *call) {
    if (result == NVRTC_SUCCESS) return;
    fprintf(stderr, "%s: %s (%d)\n", call, nvrtc.nvrtcGetErrorString(result), (int)result);
    exit(3);
}
#define CHECK(call) check(nvrtc.call, #call)

static char *text_of(nvrtcProgram program, nvrtcResult (*size)(nvrtcProgram, size_t *),
                     nvrtcResult (*get)(nvrtcProgram, char *)) {
    size_t bytes = 0;
    check(size(program, &bytes), "the size of a text");
    char *text = calloc(bytes + 1, 1);
    if (!text) exit(3);
    if (bytes) check(get(program, text), "a text");
    return text;
}
static char *ptx_of(nvrtcProgram program) {
    return text_of(program, nvrtc.nvrtcGetPTXSize, nvrtc.nvrtcGetPTX);
}
static char *log_of(nvrtcProgram program) {
    return text_of(program, nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(3);
    }
    char *text = NULL;
    size_t n = 0, room = 0;
    do {
        room += 65536;
        text = realloc(text, room + 1);
        if (!text) exit(3);
        n += fread(text + n, 1, room - n, file);
    } while (n == room);
    text[n] = '\0';
    fclose(file);
    return text;
}

static int compile(const char *path, const char *name, int n_options, char **options) {
    char *source = read_file(path);
    nvrtcProgram program = NULL;
    CHECK(nvrtcCreateProgram(&program, source, name, 0, NULL, NULL));
    nvrtcResult result =
        nvrtc.nvrtcCompileProgram(program, n_options, (const char *const *)options);
    char *log = log_of(program);
    fputs(log, stderr);
    int code = result == NVRTC_SUCCESS ? 0 : result == NVRTC_ERROR_COMPILATION ? 4 : 3;
    if (code) fprintf(stderr, "%s: %s\n", name, nvrtc.nvrtcGetErrorString(result));
    if (!code) {
        char *ptx = ptx_of(program);
        fputs(ptx, stdout);
        free(ptx);
        if (fflush(stdout)) code = 3;
    }
    free(log);
    CHECK(nvrtcDestroyProgram(&program));
    free(source);
    return code;
}

static int wrong;
static void expect(int good, const char *what) {
    if (good) return;
    fprintf(stderr, "FAILED: %s\n", what);
    wrong++;
}

static int interface(void) {
    int n = 0, archs[256] = {0};
    CHECK(nvrtcGetNumSupportedArchs(&n));
    expect(n > 0 && n <= 256, "it compiles for some architectures");
    if (n <= 0 || n > 256) return 1;
    CHECK(nvrtcGetSupportedArchs(archs));
    expect(archs[0] >= 30 && archs[n - 1] >= 75, "which are numbers such as 75");
    char real_arch[32];
    snprintf(real_arch, sizeof real_arch, "-arch=sm_%d", archs[n - 1]);

    const char *header = "template <class T> __global__ void twice(T *x) { *x = FACTOR * *x; }\n";
    const char *header_name = "twice.h";
    const char *options[] = {"-DFACTOR=2", real_arch};
    nvrtcProgram program = NULL;
    CHECK(nvrtcCreateProgram(&program, "#include \"twice.h\"\n", "main.cu", 1, &header,
                             &header_name));
    const char *lowered = NULL;
    expect(nvrtc.nvrtcGetLoweredName(program, "twice<float>", &lowered) != NVRTC_SUCCESS,
           "no lowered names before compiling");
    CHECK(nvrtcAddNameExpression(program, "twice<float>"));
    CHECK(nvrtcCompileProgram(program, 2, options));
    CHECK(nvrtcGetLoweredName(program, "twice<float>", &lowered));
    expect(lowered && !strcmp(lowered, "_Z5twiceIfEvPT_"), "the lowered name of twice<float>");
    char *ptx = ptx_of(program);
    expect(strstr(ptx, "_Z5twiceIfEvPT_") != NULL, "stands in the PTX");
    size_t bytes = 0;
    CHECK(nvrtcGetCUBINSize(program, &bytes));
    char *cubin = calloc(bytes + 4, 1);
    if (!cubin) exit(3);
    CHECK(nvrtcGetCUBIN(program, cubin));
    expect(bytes > 64 && !memcmp(cubin, "\177ELF", 4), "a cubin for sm_NN is an ELF file");
    free(cubin);
    free(ptx);
    CHECK(nvrtcDestroyProgram(&program));
    expect(program == NULL, "destroying sets the handle to NULL");

    CHECK(nvrtcCreateProgram(&program, "extern \"C\" __global__ void k(int *x) {\n  *x = y;\n}\n",
                             "broken.cu", 0, NULL, NULL));
    expect(nvrtc.nvrtcCompileProgram(program, 0, NULL) == NVRTC_ERROR_COMPILATION,
           "an error in the source is NVRTC_ERROR_COMPILATION");
    char *log = log_of(program);
    expect(strstr(log, "broken.cu(2)") != NULL, "the log names file and line");
    free(log);
    CHECK(nvrtcDestroyProgram(&program));

    CHECK(nvrtcCreateProgram(&program, "", "empty.cu", 0, NULL, NULL));
    const char *unknown = "--no-such-option";
    expect(nvrtc.nvrtcCompileProgram(program, 1, &unknown) == NVRTC_ERROR_INVALID_OPTION,
           "an unknown option is NVRTC_ERROR_INVALID_OPTION");
    CHECK(nvrtcDestroyProgram(&program));
    expect(!strcmp(nvrtc.nvrtcGetErrorString(NVRTC_ERROR_COMPILATION), "NVRTC_ERROR_COMPILATION"),
           "codes have names");
    return wrong ? 1 : 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: test_nvrtc version | interface | FILE NAME OPTION...\n");
        return 2;
    }
    open_nvrtc();
    if (!strcmp(argv[1], "version")) {
        int major = 0, minor = 0;
        CHECK(nvrtcVersion(&major, &minor));
        printf("%d.%d\n", major, minor);
        return major >= 11 ? 0 : 1;
    }
    if (!strcmp(argv[1], "interface")) return interface();
    return compile(argv[1], argc > 2 ? argv[2] : argv[1], argc > 3 ? argc - 3 : 0, argv + 3);
}
