// SPDX-License-Identifier: MIT
/* The doctor's look at OpenCL: the loader (libOpenCL.so.1), the drivers that it finds through the
 * .icd files, their devices, and whether each can build and run a kernel. What could be the reason
 * for having no device is a problem if there is none, and a note if other devices work.
 */
#define _GNU_SOURCE /* ST_NOEXEC */
#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor.h"

static const char *const group = "OpenCL";

enum { MOST = 64, LOADERS = 8 };
static struct {
    HcDevice device;
    unsigned vendor;
} found[MOST];
static size_t found_count;

static const struct {
    int code;
    const char *name, *meaning, *hint;
} codes[] = {
#define CL_CODE(number, name, meaning, hint) {number, #name, meaning, hint},
#include "../hc/cl_errors.def"
};

static const char *code_text(long code, const char **hint) {
    static char text[256];
    snprintf(text, sizeof text, "code %ld", code);
    *hint = "";
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code) {
            snprintf(text, sizeof text, "%s (%ld): %s", codes[i].name, code, codes[i].meaning);
            *hint = codes[i].hint;
        }
    return text;
}

/* ---- The loader ---- */

/* Every libOpenCL.so.1 that a program may get: those of LD_LIBRARY_PATH, then the system's. */
static size_t find_loaders(char paths[LOADERS][4096]) {
    static DoctorRun run;
    size_t count = 0;
    char candidates[8192] = "", real[4096];
    const char *library_path = doctor_is_set("LD_LIBRARY_PATH");
    for (const char *p = library_path; p && *p;) {
        size_t length = strcspn(p, ":"), at = strlen(candidates);
        snprintf(candidates + at, sizeof candidates - at, "%.*s/libOpenCL.so.1\n", (int)length, p);
        p += length + (p[length] == ':');
    }
    doctor_run(&run,
               (const char *[]){
                   "sh", "-c",
                   "PATH=$PATH:/sbin; ldconfig -p | sed -n 's/.*libOpenCL.so.1 .*=> //p'", NULL});
    strncat(candidates, run.out, sizeof candidates - strlen(candidates) - 1);
    for (char *line = strtok(candidates, "\n"); line && count < LOADERS;
         line = strtok(NULL, "\n")) {
        bool fresh = realpath(line, real) != NULL;
        for (size_t i = 0; fresh && i < count; i++) fresh = strcmp(paths[i], real) != 0;
        if (fresh) snprintf(paths[count++], sizeof paths[0], "%s", real);
    }
    return count;
}

static void check_loader(char *fields[8]) {
    static char loaders[LOADERS][4096];
    char real[4096] = "";
    size_t count = find_loaders(loaders);
    doctor_find(DOCTOR_OK, group, "loader", "%s%s%s", fields[1], *fields[2] ? ": " : "", fields[2]);
    const char *from = realpath(fields[1], real) ? real : fields[1];
    for (size_t i = 0; i < count; i++)
        if (strcmp(loaders[i], from) != 0) {
            doctor_find(DOCTOR_NOTE, group, "loader", "there is another: %s", loaders[i]);
            doctor_advise("programs take the first that they find, and each may know other drivers",
                          "remove the one that you do not need; check LD_LIBRARY_PATH");
        }
    if (doctor_is_set("LD_LIBRARY_PATH") && strncmp(from, "/usr/", 5) != 0 &&
        strncmp(from, "/lib", 4) != 0) {
        doctor_find(DOCTOR_NOTE, group, "loader", "it is not the system's: LD_LIBRARY_PATH=%s",
                    getenv("LD_LIBRARY_PATH"));
        doctor_advise("that loader may not find the drivers of this system",
                      "unset LD_LIBRARY_PATH unless you meant it");
    }
}

/* ---- The .icd files: each names the library of a driver ---- */

static char icd_files[MOST][512];
static size_t icd_count;
static bool pocl_named; /* one of them is PoCL's */

static void check_icd(const char *icd, const char *library, DoctorState bad) {
    DoctorRun run;
    if (strstr(library, "pocl")) pocl_named = true;
    doctor_self(&run, "library", library, NULL);
    if (run.status == 0) {
        doctor_find(DOCTOR_OK, group, "driver", "%s: %s", icd, library);
        return;
    }
    doctor_find(bad, group, "driver", "%s: %s", icd, *run.out ? run.out : doctor_end(&run));
    doctor_advise(
        "the loader leaves this driver out, and says nothing",
        "reinstall the package of that driver, or remove the file (dpkg -S %s names the package)",
        icd);
}

/* Where the loader looks: OCL_ICD_VENDORS, a folder, a file or a library; else the folder of all.
 */
static void check_icds(DoctorState bad) {
    const char *variable =
        doctor_is_set("OCL_ICD_VENDORS") ? "OCL_ICD_VENDORS" : "OPENCL_VENDOR_PATH";
    const char *set = doctor_is_set(variable);
    const char *where = set ? set : "/etc/OpenCL/vendors";
    char pattern[4096], library[512];
    struct stat about;
    glob_t icds = {0};
    bool is_folder = stat(where, &about) == 0 && S_ISDIR(about.st_mode);
    size_t length = strlen(where);
    if (set)
        doctor_find(DOCTOR_NOTE, group, "drivers", "%s=%s: only these drivers are used", variable,
                    set);
    if (!is_folder && set && !(length > 4 && strcmp(where + length - 4, ".icd") == 0) &&
        access(where, F_OK) != 0 && !strchr(where, '/')) {
        check_icd(variable, set, bad); /* the name of a library */
        return;
    }
    snprintf(pattern, sizeof pattern, is_folder ? "%s/*.icd" : "%s", where);
    glob(pattern, 0, NULL, &icds);
    for (size_t i = 0; i < icds.gl_pathc && icd_count < MOST; i++) {
        snprintf(icd_files[icd_count++], sizeof icd_files[0], "%s", icds.gl_pathv[i]);
        if (doctor_read(icds.gl_pathv[i], library, sizeof library) && *library) {
            check_icd(icds.gl_pathv[i], library, bad);
        } else {
            doctor_find(bad, group, "driver", "%s: empty or not readable", icds.gl_pathv[i]);
            doctor_advise("the loader leaves it out, and says nothing",
                          "reinstall its package, or remove it");
        }
    }
    globfree(&icds);
    if (icd_count) return;
    doctor_find(bad, group, "drivers", "no driver: %s %s", where,
                is_folder ? "has no .icd file" : "is not there");
    if (set) doctor_advise("the loader finds drivers only there", "unset %s", variable);
    else
        doctor_advise("the loader finds drivers only there",
                      "./cook setup run (installs PoCL, which makes the CPU a device)");
}

/* ---- PoCL, the driver that makes the CPU a device ---- */

/* The folder is made if need be, as PoCL does when it starts. */
static void check_pocl_cache(void) {
    char folder[4096], path[4200];
    const char *set = getenv("POCL_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME"),
               *home = getenv("HOME");
    struct statvfs disk;
    if (set) snprintf(folder, sizeof folder, "%s", set);
    else if (xdg) snprintf(folder, sizeof folder, "%s/pocl/kcache", xdg);
    else snprintf(folder, sizeof folder, "%s/.cache/pocl/kcache", home ? home : "/tmp");
    for (char *p = folder + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(folder, 0777);
            *p = '/';
        }
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/doctor-XXXXXX", folder);
    int file = mkstemp(path);
    if (file < 0) {
        doctor_find(DOCTOR_PROBLEM, group, "PoCL's cache", "%s: cannot write there: %s", folder,
                    strerror(errno));
        doctor_advise("PoCL keeps compiled kernels there, and shows no device if it cannot",
                      "export POCL_CACHE_DIR=/tmp/pocl, or another folder that you can write");
        return;
    }
    close(file);
    unlink(path);
    if (statvfs(folder, &disk) != 0) return;
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    char size[64];
    hc_format_bytes(free_bytes, false, size, sizeof size);
    bool small = free_bytes < (uint64_t)16 << 20, no_exec = (disk.f_flag & ST_NOEXEC) != 0;
    doctor_find(small || no_exec ? DOCTOR_PROBLEM : DOCTOR_OK, group, "PoCL's cache",
                "%s: %s free%s", folder, size, no_exec ? ", mounted noexec" : "");
    if (no_exec)
        doctor_advise(
            "PoCL loads compiled kernels as libraries from there, and aborts if that is forbidden",
            "export POCL_CACHE_DIR to a folder on a disk mounted without noexec");
    else if (small)
        doctor_advise("PoCL ends the program when this disk is full",
                      "make room, or export POCL_CACHE_DIR to a folder on another disk");
}

static void check_pocl_devices(DoctorState bad) {
    static const char *const known[] = {"basic", "pthread", "tbb",   "cuda",   "level0", "vulkan",
                                        "hsa",   "almaif",  "proxy", "remote", "ttasim", NULL};
    const char *set = doctor_is_set("POCL_DEVICES");
    char text[1024];
    if (!set) return;
    snprintf(text, sizeof text, "%s", set);
    for (char *word = strtok(text, " \t;,"); word; word = strtok(NULL, " \t;,")) {
        int i = 0;
        while (known[i] && strcmp(known[i], word) != 0) i++;
        if (known[i]) continue;
        doctor_find(bad, group, "POCL_DEVICES", "%s: PoCL has no device '%s'", set, word);
        doctor_advise("PoCL then offers no device at all", "unset POCL_DEVICES");
        return;
    }
    doctor_find(DOCTOR_NOTE, group, "POCL_DEVICES", "%s", set);
    doctor_advise("PoCL offers these devices only", "unset POCL_DEVICES unless you meant it");
}

/* ---- Devices ---- */

static int list_found(HcDevice *devices, size_t max, size_t *count) {
    *count = found_count;
    for (size_t i = 0; i < found_count && i < max; i++) devices[i] = found[i].device;
    return found_count ? HC_OK : hc_set_error(HC_SKIP, 0, NULL, NULL, "no OpenCL device");
}
static const HcApi opencl = {.name = "opencl", .list = list_found};

static void take_device(char *fields[8], const char *platform, const char *version) {
    if (found_count == MOST) return;
    HcDevice *device = &found[found_count].device;
    unsigned long type = strtoul(fields[3], NULL, 10);
    *device = (HcDevice){.api = "opencl",
                         .platform = atoi(fields[1]),
                         .index = atoi(fields[2]),
                         .is_cpu = (type & 2) != 0,
                         .is_gpu = (type & 4) != 0};
    snprintf(device->name, sizeof device->name, "%s", fields[5]);
    /* "OpenCL 3.0 PoCL 3.1+debian  Linux, ...": up to the first run of spaces */
    const char *end = strstr(version, "  ");
    snprintf(device->detail, sizeof device->detail, "%s, %.*s", platform,
             (int)(end ? (size_t)(end - version) : strlen(version)), version);
    found[found_count++].vendor = (unsigned)strtoul(fields[4], NULL, 16);
}

/* Build and run a kernel on one device. */
static void check_device(size_t i, bool chosen) {
    static DoctorRun run;
    char p[16], d[16], *fields[8], *text = run.out;
    const HcDevice *device = &found[i].device;
    snprintf(p, sizeof p, "%d", device->platform);
    snprintf(d, sizeof d, "%d", device->index);
    doctor_self(&run, "kernel", p, d);
    double ms = -1;
    const char *hint = "";
    char failure[768];
    snprintf(failure, sizeof failure, "%s", doctor_end(&run));
    while (doctor_fields(&text, fields)) {
        if (strcmp(fields[0], "ran") == 0) ms = strtod(fields[1], NULL);
        if (strcmp(fields[0], "failed") == 0)
            snprintf(failure, sizeof failure, "%s: %s", fields[1],
                     code_text(strtol(fields[2], NULL, 10), &hint));
        if (strcmp(fields[0], "wrong") == 0)
            snprintf(failure, sizeof failure, "the answer is wrong at element %s: %s", fields[1],
                     fields[2]);
    }
    const char *kind = device->is_gpu ? "GPU" : device->is_cpu ? "CPU" : "accelerator";
    const char *version = strstr(device->detail, ", OpenCL");
    version = version ? version + 2 : device->detail;
    doctor_device(device, ms);
    if (ms >= 0) {
        doctor_find(DOCTOR_OK, group, "device",
                    "opencl:%s:%s  %s (%s; %s), ran a kernel in %.0f ms%s", p, d, device->name,
                    kind, version, ms, chosen ? "; the recipes choose it" : "");
        return;
    }
    doctor_find(chosen ? DOCTOR_PROBLEM : DOCTOR_NOTE, group, "device",
                "opencl:%s:%s  %s (%s) cannot run a kernel: %s", p, d, device->name, kind, failure);
    doctor_advise(chosen ? "it is the device that the recipes choose"
                         : "recipes fail if they are told to use it",
                  "%s",
                  *hint             ? hint
                  : found_count > 1 ? "choose another device: export HC_DEVICE=opencl:P:D"
                                    : "mend what is said of PoCL's cache and of the system; else "
                                      "reinstall pocl-opencl-icd");
}

/* A driver crashed as the devices were listed: find out whose, by asking with one .icd at a time.
 */
static void find_culprit(const DoctorRun *all) {
    static DoctorRun run;
    char old[4096] = "", culprits[1024] = "";
    const char *set = doctor_is_set("OCL_ICD_VENDORS");
    if (set) snprintf(old, sizeof old, "%s", set);
    for (size_t i = 0; i < icd_count; i++) {
        setenv("OCL_ICD_VENDORS", icd_files[i], 1);
        doctor_self(&run, "list", NULL, NULL);
        if (run.status <= 1) continue;
        strncat(culprits, " ", sizeof culprits - strlen(culprits) - 1);
        strncat(culprits, icd_files[i], sizeof culprits - strlen(culprits) - 1);
    }
    if (set) setenv("OCL_ICD_VENDORS", old, 1);
    else unsetenv("OCL_ICD_VENDORS");
    doctor_find(DOCTOR_PROBLEM, group, "devices", "a driver %s%s%s", doctor_end(all),
                *culprits ? "; it is that of" : "", culprits);
    doctor_advise("every program that asks for OpenCL devices ends like that",
                  doctor_problems() > 1
                      ? "mend what is said above first"
                      : "reinstall that driver's package, or move its .icd file away");
}

void doctor_check_opencl(unsigned vendors[16]) {
    static DoctorRun run;
    char *fields[8], *text = run.out;
    char platform[128] = "", version[256] = "", empty[256] = "";
    bool pocl_listed = false;
    doctor_self(&run, "list", NULL, NULL);
    if (run.status == 1) {
        doctor_find(DOCTOR_PROBLEM, group, "loader", "%s", run.out);
        doctor_advise("programs reach every OpenCL driver through this library",
                      "./cook setup run (installs ocl-icd-opencl-dev)");
        return;
    }
    while (doctor_fields(&text, fields)) {
        if (strcmp(fields[0], "loader") == 0) check_loader(fields);
        if (strcmp(fields[0], "device") == 0) take_device(fields, platform, version);
        if (strcmp(fields[0], "platform") != 0) continue;
        snprintf(platform, sizeof platform, "%s", fields[2]);
        snprintf(version, sizeof version, "%s", fields[3]);
        if (strstr(version, "PoCL")) pocl_listed = true;
        if (strcmp(fields[4], "0") != 0) snprintf(empty, sizeof empty, "%s", platform);
    }
    DoctorState bad = found_count || run.status ? DOCTOR_NOTE : DOCTOR_PROBLEM;
    check_icds(bad);
    if (run.status != 0) find_culprit(&run);
    if (pocl_named || pocl_listed) {
        check_pocl_devices(bad);
        check_pocl_cache();
    }
    if (*empty) {
        doctor_find(doctor_problems() ? DOCTOR_NOTE : bad, group, "platform", "%s has no device",
                    empty);
        doctor_advise("a driver without its hardware, or with wrong settings, offers none",
                      doctor_problems() ? "mend what is said above" : "reinstall its package");
    }
    if (!found_count && !doctor_problems()) {
        doctor_find(DOCTOR_PROBLEM, group, "devices", "no OpenCL device, for no reason found");
        doctor_advise("the recipes need one",
                      "./cook setup run (installs PoCL, which makes the CPU a device)");
    }
    if (!found_count) return;

    const char *wish = doctor_is_set("HC_DEVICE");
    HcDevice chosen = {.platform = -1};
    const HcApi *const all[] = {&opencl, DOCTOR_CUDA_APIS NULL}, *const one[] = {&opencl, NULL};
    if (wish && hc_select_device(all, wish, &chosen) != HC_OK) {
        doctor_find(DOCTOR_PROBLEM, group, "HC_DEVICE", "%s", hc_last_error()->message);
        doctor_advise("every recipe ends with this error",
                      "unset HC_DEVICE, or set it to one of the devices below");
    } else if (wish) {
        doctor_find(DOCTOR_NOTE, group, "HC_DEVICE", "%s", wish);
        doctor_advise("recipes that do not use that device's API refuse to run",
                      "unset HC_DEVICE unless you meant it");
    } else {
        hc_select_device(one, NULL, &chosen);
    }
    if (chosen.api && strcmp(chosen.api, "opencl") != 0) chosen.platform = -1;
    for (size_t i = 0, v = 0; i < found_count; i++) {
        const HcDevice *device = &found[i].device;
        check_device(i, device->platform == chosen.platform && device->index == chosen.index);
        if (device->is_gpu && v < 15) vendors[v++] = found[i].vendor;
    }
}
