// SPDX-License-Identifier: MIT
/* Building an OpenCL kernel so that a mistake can be read: the whole log, the options and the
 * device, and the source lines that the log names, with their numbers.
 */
#define _XOPEN_SOURCE 700
#include "hc_cl.h"

/* The part of source that the compiler counts as line 1 and on: after the last #line directive. */
static const char *first_line(const char *source) {
    for (const char *p = source; (p = strstr(p, "\n#line 1 ")) != NULL;) {
        p += strcspn(p + 1, "\n") + 2;
        source = p;
    }
    return source;
}

/* The line number in "...:12:5: error: ..." or "...(12): error", or 0. */
static unsigned long named_line(const char *log_line, size_t bytes) {
    for (size_t i = 0; i + 1 < bytes; i++) {
        char *end;
        if (log_line[i] != ':' && log_line[i] != '(') continue;
        if (log_line[i + 1] < '0' || log_line[i + 1] > '9') continue;
        unsigned long line = strtoul(log_line + i + 1, &end, 10);
        if (*end == ':' || *end == ')' || *end == ',') return line;
    }
    return 0;
}

/* The wanted line and its neighbours. */
static void print_source_line(FILE *out, const char *source, unsigned long wanted) {
    const char *p = first_line(source);
    for (unsigned long line = 1; *p; line++) {
        int bytes = (int)strcspn(p, "\n");
        if (line + 1 >= wanted && line <= wanted + 1)
            fprintf(out, "    %c %4lu | %.*s\n", line == wanted ? '>' : ' ', line, bytes, p);
        p += bytes + (p[bytes] == '\n');
    }
}

/* The log, and below it some of the source lines it names. NULL if out of memory. */
static char *explain_log(const char *log, const char *source) {
    enum { SHOWN = 5 };
    char *text = NULL;
    size_t length, count = 0;
    unsigned long seen[SHOWN];
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fputs("    build log:\n", out);
    for (const char *p = log; *p;) {
        size_t bytes = strcspn(p, "\n");
        fprintf(out, "      %.*s\n", (int)bytes, p);
        unsigned long line = named_line(p, bytes);
        for (size_t i = 0; i < count; i++)
            if (seen[i] == line) line = 0;
        if (line && count < SHOWN) seen[count++] = line;
        p += bytes + (p[bytes] == '\n');
    }
    if (count) fputs("    source:\n", out);
    for (size_t i = 0; i < count; i++) print_source_line(out, source, seen[i]);
    fclose(out);
    return text;
}

static char *build_log(cl_program program, cl_device_id device) {
    size_t bytes = 0;
    char *log = NULL;
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
    if (hc_alloc(bytes + 1, 1, &log) == HC_OK)
        clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, log, NULL);
    return log;
}

int hc_cl_build(cl_program program, cl_device_id device, const char *options, const char *file,
                const char *source) {
    char name[256] = "";
    clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL);
    hc_step("building the kernel");
    double start = hc_now_ms();
    cl_int code = clBuildProgram(program, 1, &device, options, NULL, NULL);
    hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
    hc_step(NULL);
    if (code == CL_SUCCESS) return HC_OK;
    hc_set_error(HC_BUILD, code, hc_cl_error_name(code),
                 "read the log from its first error on, and look at the options",
                 "%s did not compile for %s, options '%s'", file, name, options ? options : "");
    char *log = build_log(program, device);
    if (log) hc_set_error_detail(explain_log(log, source));
    free(log);
    return HC_BUILD;
}

int hc_cl_kernel(cl_program program, const char *name, cl_kernel *kernel) {
    cl_int code;
    char names[512] = "";
    *kernel = clCreateKernel(program, name, &code);
    if (code == CL_SUCCESS) return HC_OK;
    if (code != CL_INVALID_KERNEL_NAME && code != CL_INVALID_PROGRAM_EXECUTABLE)
        return hc_cl_set_error(code);
    clGetProgramInfo(program, CL_PROGRAM_KERNEL_NAMES, sizeof names, names, NULL);
    return hc_set_error(HC_BUILD, CL_INVALID_KERNEL_NAME, "CL_INVALID_KERNEL_NAME",
                        "compare the name with the __kernel functions in the file",
                        "no kernel '%s' in the program; kernels found: %s", name,
                        *names ? names : "none");
}
