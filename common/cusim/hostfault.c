// SPDX-License-Identifier: MIT
/* hostfault.c - a word to those whose host code uses a device address as a pointer.
 *
 * The commonest mistake of a beginner is d_x[i] = 1 on the host. With a GPU that is a bare
 * "Segmentation fault". Device addresses are PROT_NONE here, so it is one here, too, but this
 * handler first says which allocation was meant and how to reach it. Then it puts the former
 * handler back and returns: the instruction faults again, and the program ends as it would have.
 *
 * A signal handler may do little: no printf, no malloc, no waiting for a lock. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "memory_parts.h"

static struct sigaction former[2]; /* of SIGSEGV, SIGBUS */

typedef struct {
    char text[640];
    size_t n;
} Line;

static void put(Line *line, const char *text) {
    for (; *text && line->n < sizeof(line->text); text++) line->text[line->n++] = *text;
}

static void put_number(Line *line, uint64_t number, unsigned base) {
    char digits[24];
    unsigned n = sizeof(digits);
    digits[--n] = 0;
    do {
        digits[--n] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    put(line, digits + n);
}

/* "read", "wrote", or "used" where the machine does not say which. */
static const char *verb(const void *context) {
#if defined(__x86_64__)
    const ucontext_t *c = context;
    return c->uc_mcontext.gregs[REG_ERR] & 2 ? "wrote" : "read";
#else
    (void)context;
    return "used";
#endif
}

static void explain(uint64_t address, const void *context) {
    Line line = {.n = 0};
    CusimAllocation a;
    int where = cusim_memory_try_describe(address, &a);
    const char *did = verb(context);
    put(&line, "cusim: host code ");
    put(&line, did);
    put(&line, " device memory at 0x");
    put_number(&line, address, 16);
    if (where == 0 || where == 1) {
        put(&line, ": ");
        put_number(&line, where ? address - (a.base + a.bytes) : address - a.base, 10);
        put(&line, where ? " bytes past the end of " : " bytes into ");
        put(&line, a.freed ? "the freed " : "the ");
        put_number(&line, a.bytes, 10);
        if (a.kind == CUSIM_MEM_GLOBAL) {
            put(&line, "-byte variable ");
        } else {
            put(&line, "-byte allocation ");
            if (a.kind != CUSIM_MEM_INTERNAL) {
                put(&line, "number ");
                put_number(&line, a.number, 10);
                put(&line, " ");
            }
            put(&line, "of ");
        }
        put(&line, a.call);
    }
    put(&line, "\ncusim: only kernels reach it by its address; ");
    put(&line, *did == 'w'   ? "write to host memory and copy it with cuMemcpyHtoD\n"
               : *did == 'r' ? "copy it to host memory with cuMemcpyDtoH first\n"
                             : "copy it with cuMemcpyDtoH or cuMemcpyHtoD\n");
    ssize_t written = write(STDERR_FILENO, line.text, line.n);
    (void)written; /* nothing is left to be done if even that fails */
}

static void handler(int number, siginfo_t *info, void *context) {
    const struct sigaction *old = &former[number == SIGBUS];
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
    bool is_fault = info->si_code > 0; /* not kill() */
    if (is_fault && cusim_space_holds(address)) explain(address, context);
    if (old->sa_flags & SA_SIGINFO) {
        old->sa_sigaction(number, info, context);
        return;
    }
    if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
        old->sa_handler(number);
        return;
    }
    if (!is_fault && old->sa_handler == SIG_IGN) return;
    (void)sigaction(number, old, NULL);
    if (!is_fault) (void)raise(number); /* a fault comes again by itself */
}

void cusim_hostfault_start(void) {
    if (cusim_env_long("CUSIM_HANDLER", 1, 0, 1) == 0) return;
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    static const int numbers[] = {SIGSEGV, SIGBUS};
    for (unsigned i = 0; i < 2; i++) {
        if (sigaction(numbers[i], NULL, &former[i])) continue;
        (void)sigaction(numbers[i], &action, NULL);
    }
}
