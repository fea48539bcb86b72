// SPDX-License-Identifier: MIT
/* The doctor: looks at everything the recipes need, and says what is wrong and what to do about it.
 *
 *     hc_doctor [--json]
 *
 * Drivers are asked in child processes (this program, started again), so that one that crashes or
 * hangs is a finding and not the end. OpenCL is opened at run time: the doctor works where there is
 * no OpenCL at all. It changes nothing, but that a driver may fill its own cache. Exit code: 0 the
 * recipes can run, 3 a problem prevents it, 2 usage.
 * --json prints one object:
 *     schema 1, status "ok" | "problem", problems (how many), remedy (the first; null if none),
 *     devices [{spec, name, detail, cpu, gpu, kernel_ms (null: cannot run a kernel)}],
 *     checks [{group, check, state "ok" | "note" | "problem", found, why | null, remedy | null}]
 */
#define _DEFAULT_SOURCE /* strsep */
#define _XOPEN_SOURCE 700
#include "doctor.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *const states[] = {"ok", "note", "problem"};
static cJSON *checks, *devices; /* the findings are kept in the form of the JSON that shows them */
static const char *program;

/* ---- Findings ---- */

static char *format_text(const char *format, va_list list) {
    static char text[2048];
    vsnprintf(text, sizeof text, format, list);
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n' || text[i] == '\t') text[i] = ' ';
    while (length && text[length - 1] == ' ') text[--length] = '\0';
    return text;
}

void doctor_find(DoctorState state, const char *group, const char *check, const char *found, ...) {
    cJSON *finding = cJSON_CreateObject();
    va_list list;
    va_start(list, found);
    cJSON_AddStringToObject(finding, "group", group);
    cJSON_AddStringToObject(finding, "check", check);
    cJSON_AddStringToObject(finding, "state", states[state]);
    cJSON_AddStringToObject(finding, "found", format_text(found, list));
    cJSON_AddNullToObject(finding, "why");
    cJSON_AddNullToObject(finding, "remedy");
    cJSON_AddItemToArray(checks, finding);
    va_end(list);
}

void doctor_advise(const char *why, const char *remedy, ...) {
    cJSON *last = cJSON_GetArrayItem(checks, cJSON_GetArraySize(checks) - 1);
    va_list list;
    va_start(list, remedy);
    cJSON_ReplaceItemInObject(last, "why", cJSON_CreateString(why));
    if (remedy)
        cJSON_ReplaceItemInObject(last, "remedy", cJSON_CreateString(format_text(remedy, list)));
    va_end(list);
}

void doctor_device(const HcDevice *device, double kernel_ms) {
    char spec[64];
    cJSON *object = cJSON_CreateObject();
    if (strcmp(device->api, "opencl") == 0)
        snprintf(spec, sizeof spec, "opencl:%d:%d", device->platform, device->index);
    else snprintf(spec, sizeof spec, "%s:%d", device->api, device->index);
    cJSON_AddStringToObject(object, "spec", spec);
    cJSON_AddStringToObject(object, "name", device->name);
    cJSON_AddStringToObject(object, "detail", device->detail);
    cJSON_AddBoolToObject(object, "cpu", device->is_cpu);
    cJSON_AddBoolToObject(object, "gpu", device->is_gpu);
    if (kernel_ms < 0) cJSON_AddNullToObject(object, "kernel_ms");
    else cJSON_AddNumberToObject(object, "kernel_ms", kernel_ms);
    cJSON_AddItemToArray(devices, object);
}

static const char *text_of(const cJSON *finding, const char *key) {
    const cJSON *item = cJSON_GetObjectItem(finding, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

int doctor_problems(void) {
    int count = 0;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, checks) {
        count += strcmp(text_of(finding, "state"), states[DOCTOR_PROBLEM]) == 0;
    }
    return count;
}

/* ---- Other programs ---- */

static void read_back(FILE *file, char *text, size_t size, bool end) {
    long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    long from = end && length >= (long)size ? length - (long)size + 1 : 0;
    fseek(file, from, SEEK_SET);
    text[fread(text, 1, size - 1, file)] = '\0';
}

void doctor_run(DoctorRun *run, const char *const *argv) {
    FILE *out = tmpfile(), *err = tmpfile();
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;
    *run = (DoctorRun){.status = -1};
    if (!out || !err) {
        snprintf(run->err, sizeof run->err, "no temporary file: %s", strerror(errno));
        goto done;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);
    /* posix_spawn takes char *const *, and changes none of them */
    int code =
        posix_spawnp(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        snprintf(run->err, sizeof run->err, "%s", strerror(code));
        goto done;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_back(out, run->out, sizeof run->out, false);
    read_back(err, run->err, sizeof run->err, true);
done:
    if (out) fclose(out);
    if (err) fclose(err);
}

void doctor_self(DoctorRun *run, const char *a, const char *b, const char *c) {
    doctor_run(run, (const char *[]){program, "--probe", a, b, c, NULL});
}

const char *doctor_end(const DoctorRun *run) {
    static char text[512];
    const char *last = run->err;
    for (const char *p = last; *p; p++)
        if (*p == '\n' && p[1] && p[1] != '\n') last = p + 1;
    int length = (int)strcspn(last, "\n");
    if (run->status == 128 + SIGALRM)
        snprintf(text, sizeof text, "did not answer within 20 seconds");
    else if (run->status > 128)
        snprintf(text, sizeof text, "crashed (%s)%s%.*s", strsignal(run->status - 128),
                 length ? ": " : "", length, last);
    else
        snprintf(text, sizeof text, "ended with %d%s%.*s", run->status, length ? ": " : "", length,
                 last);
    return text;
}

bool doctor_fields(char **text, char *fields[8]) {
    static char none[] = "";
    if (!**text) return false;
    char *line = strsep(text, "\n");
    if (!*text) *text = none;
    for (int i = 0; i < 8; i++) {
        fields[i] = line ? line : none;
        if (line) line = strchr(line, '\t');
        if (line) *line++ = '\0';
    }
    return true;
}

bool doctor_read(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "r");
    bool ok = file && fgets(line, (int)size, file);
    if (ok) line[strcspn(line, "\r\n")] = '\0';
    if (file) fclose(file);
    return ok;
}

const char *doctor_is_set(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* ---- The report ---- */

static void print_text(int problems, const char *remedy) {
    const char *group = "";
    const cJSON *finding;
    cJSON_ArrayForEach(finding, checks) {
        if (strcmp(group, text_of(finding, "group")) != 0) {
            printf("%s%s\n", *group ? "\n" : "", text_of(finding, "group"));
            group = text_of(finding, "group");
        }
        printf("  %-8s %-15s %s\n", text_of(finding, "state"), text_of(finding, "check"),
               text_of(finding, "found"));
        for (int i = 0; i < 2; i++) {
            static const char *const keys[] = {"why", "remedy"};
            if (*text_of(finding, keys[i]))
                printf("  %-8s %-15s   %s: %s\n", "", "", keys[i], text_of(finding, keys[i]));
        }
    }
    if (problems)
        printf("\n%d problem%s; first remedy: %s\n", problems, problems > 1 ? "s" : "", remedy);
    else puts("\neverything needed to run the recipes is here");
}

static void print_json(int problems, const char *remedy) {
    cJSON *report = cJSON_CreateObject();
    cJSON_AddNumberToObject(report, "schema", 1);
    cJSON_AddStringToObject(report, "status", problems ? "problem" : "ok");
    cJSON_AddNumberToObject(report, "problems", problems);
    if (problems) cJSON_AddStringToObject(report, "remedy", remedy);
    else cJSON_AddNullToObject(report, "remedy");
    cJSON_AddItemToObject(report, "devices", devices);
    cJSON_AddItemToObject(report, "checks", checks);
    char *text = cJSON_PrintUnformatted(report);
    if (text) puts(text);
    free(text);
    cJSON_Delete(report);
}

static int usage(FILE *out, int status) {
    fprintf(out,
            "Usage: hc_doctor [--json]\n\n"
            "Looks at drivers, devices, tools and settings; says what is wrong, and the remedy.\n"
            "  ok       as it should be\n"
            "  note     worth knowing; the recipes run nevertheless\n"
            "  problem  keeps the recipes from running\n"
            "Exit code: 0 the recipes can run, 3 a problem prevents it, 2 usage.\n"
            "--json: one object with status, problems, remedy, devices and checks.\n");
    return status;
}

int main(int argc, char **argv) {
    unsigned vendors[16] = {0};
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    static char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    program = length > 0 ? self : argv[0];
    if (argc > 1 && strcmp(argv[1], "--probe") == 0) {
        int status = doctor_probe(argc - 2, argv + 2);
        fflush(stdout);
        _exit(status); /* what a driver does at exit is not asked for */
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) return usage(stdout, HC_OK);
    if (argc > 1 && !json) {
        fprintf(stderr, "hc_doctor: unknown option '%s'\n", argv[argc > 2 ? 2 : 1]);
        return usage(stderr, HC_USAGE);
    }
    checks = cJSON_CreateArray();
    devices = cJSON_CreateArray();
    doctor_check_system();
#ifdef DOCTOR_CUDA
    doctor_gather_cuda();
#endif
    doctor_check_opencl(vendors);
#ifdef DOCTOR_CUDA
    doctor_check_cuda(DOCTOR_KERNELS);
#endif
    doctor_check_hardware(vendors);
    doctor_check_build(DOCTOR_PACKAGES);

    int problems = doctor_problems();
    char remedy[2048] = "see above";
    for (int i = cJSON_GetArraySize(checks); i-- > 0;) { /* the first comes last */
        const cJSON *finding = cJSON_GetArrayItem(checks, i);
        if (strcmp(text_of(finding, "state"), states[DOCTOR_PROBLEM]) == 0)
            snprintf(remedy, sizeof remedy, "%s", text_of(finding, "remedy"));
    }
    if (json) {
        print_json(problems, remedy);
    } else {
        print_text(problems, remedy);
        cJSON_Delete(checks);
        cJSON_Delete(devices);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "hc_doctor: could not write to stdout: %s\n", strerror(errno));
        return HC_ERROR;
    }
    return problems ? HC_ERROR : HC_OK;
}
