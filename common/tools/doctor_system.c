// SPDX-License-Identifier: MIT
/* The doctor's look at the machine: what it is, what hardware it has and may use, and the tools,
 * headers and packages that building the recipes takes.
 */
#define _XOPEN_SOURCE 700
#include <glob.h>
#include <grp.h>
#include <libgen.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"

extern char **environ;

/* ---- The system ---- */

static bool is_wsl;

static void check_os(void) {
    const char *group = "System";
    struct utsname uts;
    char name[256] = "unknown system", line[512];
    FILE *release = fopen("/etc/os-release", "r");
    while (release && fgets(line, sizeof line, release))
        if (sscanf(line, "PRETTY_NAME=\"%255[^\"]", name) == 1) break;
    if (release) fclose(release);
    if (uname(&uts) == 0)
        doctor_find(DOCTOR_OK, group, "system", "%s, %s %s, %s", name, uts.sysname, uts.release,
                    uts.machine);
    is_wsl = doctor_read("/proc/version", line, sizeof line) &&
             (strstr(line, "icrosoft") || strstr(line, "WSL"));
    if (is_wsl) {
        bool cuda = access("/usr/lib/wsl/lib/libcuda.so.1", R_OK) == 0;
        doctor_find(DOCTOR_NOTE, group, "WSL", "Windows Subsystem for Linux%s",
                    cuda ? ", with an NVIDIA GPU for CUDA" : "");
        doctor_advise("NVIDIA has no OpenCL driver there: OpenCL recipes run on the CPU", NULL);
    }
    if (access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0)
        doctor_find(DOCTOR_OK, group, "container",
                    "this is one: it sees only the devices it was started with");
}

static void check_resources(void) {
    const char *group = "System";
    char line[256], size[64], self[4096];
    uint64_t available = 0, kib;
    FILE *meminfo = fopen("/proc/meminfo", "r");
    struct rlimit stack;
    struct statvfs disk;
    while (meminfo && fgets(line, sizeof line, meminfo))
        if (sscanf(line, "MemAvailable: %lu", &kib) == 1) available = kib * 1024;
    if (meminfo) fclose(meminfo);
    if (!meminfo) {
        doctor_find(DOCTOR_NOTE, group, "/proc", "not mounted");
        doctor_advise("drivers read there what the machine is",
                      "as root: mount -t proc proc /proc");
    } else {
        bool little = available < (uint64_t)1 << 30;
        doctor_find(little ? DOCTOR_NOTE : DOCTOR_OK, group, "machine",
                    "%u cores, %s of memory free", hc_cores(),
                    hc_format_bytes(available, false, size, sizeof size));
        if (little)
            doctor_advise("the recipes' default sizes take about 400 MiB",
                          "close other programs, or give a smaller -n");
    }
    if (access("/sys/devices/system/cpu", R_OK) != 0) {
        doctor_find(DOCTOR_PROBLEM, group, "/sys", "not mounted");
        doctor_advise("PoCL reads the processor and its memory there, and aborts without",
                      "as root: mount -t sysfs sysfs /sys");
    }
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY &&
        stack.rlim_cur < 256 * 1024UL) {
        doctor_find(DOCTOR_PROBLEM, group, "stack", "limited to %s",
                    hc_format_bytes(stack.rlim_cur, false, size, sizeof size));
        doctor_advise("the compiler inside PoCL crashes with less than 256 KiB", "ulimit -s 8192");
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return;
    self[length] = '\0';
    const char *folder = dirname(self);
    if (statvfs(folder, &disk) != 0) return;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    bool little = room < (uint64_t)256 << 20;
    doctor_find(little ? DOCTOR_NOTE : DOCTOR_OK, group, "disk", "%s free at %s",
                hc_format_bytes(room, false, size, sizeof size), folder);
    if (little)
        doctor_advise("the build tree and compiled kernels may not fit", "make room on that disk");
}

static void check_environment(void) {
    const char *group = "System", *value = doctor_is_set("LIBRARY_PATH");
    if (value && strstr(value, "stubs")) {
        doctor_find(DOCTOR_NOTE, group, "LIBRARY_PATH", "%s", value);
        doctor_advise(
            "the linker takes CUDA's stub for the driver; such a program ends as it starts",
            "unset LIBRARY_PATH; the recipes do not need it");
    }
    value = doctor_is_set("LD_LIBRARY_PATH");
    if (value && strstr(value, "stubs")) {
        doctor_find(DOCTOR_NOTE, group, "LD_LIBRARY_PATH", "%s", value);
        doctor_advise("programs load CUDA's stub instead of the driver",
                      "unset LD_LIBRARY_PATH, or take the stubs out");
    }
    value = doctor_is_set("LD_PRELOAD");
    if (value) {
        doctor_find(DOCTOR_NOTE, group, "LD_PRELOAD", "%s", value);
        doctor_advise("this library is loaded into every program",
                      "unset LD_PRELOAD unless you meant it");
    }
    value = doctor_is_set("HC_KERNEL_DIR");
    if (value) {
        doctor_find(access(value, R_OK | X_OK) == 0 ? DOCTOR_NOTE : DOCTOR_PROBLEM, group,
                    "HC_KERNEL_DIR", "%s", value);
        doctor_advise("kernels are read from there only",
                      "unset HC_KERNEL_DIR unless you meant it");
    }
}

static void check_opencl_settings(void) {
    const char *group = "System", *layers = doctor_is_set("OPENCL_LAYERS");
    char path[4096];
    for (const char *p = layers; p && *p;) {
        size_t length = strcspn(p, ":");
        snprintf(path, sizeof path, "%.*s", (int)length, p);
        bool there = access(path, R_OK) == 0;
        doctor_find(DOCTOR_NOTE, group, "OPENCL_LAYERS", "%s%s", path,
                    there ? "" : " is not there");
        doctor_advise(there ? "this library changes what OpenCL calls do"
                            : "the loader ignores it, and says nothing",
                      "unset OPENCL_LAYERS unless you meant it");
        p += length + (p[length] == ':');
    }
    for (char **v = environ; *v; v++)
        if (strncmp(*v, "POCL_", 5) == 0 && strncmp(*v, "POCL_DEVICES=", 13) != 0 &&
            strncmp(*v, "POCL_CACHE_DIR=", 15) != 0) {
            doctor_find(DOCTOR_NOTE, group, "PoCL's setting", "%s", *v);
            doctor_advise("it changes how PoCL works", "unset it unless you meant it");
        }
}

void doctor_check_system(void) {
    check_os();
    check_resources();
    check_environment();
    check_opencl_settings();
}

/* ---- Graphics hardware, read from /sys, and the right to use it ---- */

static const struct {
    unsigned vendor;
    const char *name, *remedy;
} makers[] = {
    {0x10de, "NVIDIA",
     "sudo apt-get install nvidia-opencl-icd (Debian: non-free; it needs the NVIDIA driver); in a "
     "container: start it with --gpus all"},
    {0x1002, "AMD", "sudo apt-get install mesa-opencl-icd, or AMD's ROCm"},
    {0x8086, "Intel", "sudo apt-get install intel-opencl-icd"},
};

static bool read_hex(const char *folder, const char *file, unsigned *value) {
    char path[4096], line[64];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return doctor_read(path, line, sizeof line) && sscanf(line, "%x", value) == 1;
}

static void check_pci(const char *folder, const unsigned *vendors) {
    unsigned class, vendor, device = 0;
    if (!read_hex(folder, "class", &class) || !read_hex(folder, "vendor", &vendor)) return;
    if (class >> 16 != 0x03 && class >> 16 != 0x12) return; /* display or processing accelerator */
    read_hex(folder, "device", &device);
    for (size_t m = 0; m < sizeof makers / sizeof makers[0]; m++) {
        if (makers[m].vendor != vendor) continue;
        bool used = false;
        for (const unsigned *v = vendors; *v; v++) used = used || *v == vendor;
        doctor_find(used ? DOCTOR_OK : DOCTOR_NOTE, "Hardware", "GPU", "%s %04x:%04x at %s%s",
                    makers[m].name, vendor, device, strrchr(folder, '/') + 1,
                    used ? "" : ", but no OpenCL driver offers it");
        if (!used) doctor_advise("OpenCL recipes run on the CPU instead", "%s", makers[m].remedy);
    }
}

static void check_node(const char *path) {
    struct stat about;
    if (access(path, R_OK | W_OK) == 0 || stat(path, &about) != 0) return;
    const struct group *owner = getgrgid(about.st_gid);
    const char *name = owner ? owner->gr_name : "of its group";
    doctor_find(DOCTOR_NOTE, "Hardware", "permission",
                "%s may not be opened; it belongs to the group %s", path, name);
    doctor_advise("drivers reach the GPU through this file",
                  "sudo usermod -aG %s $USER, then log out and in again", name);
}

void doctor_check_hardware(const unsigned *vendors) {
    static const char *const nodes[] = {"/dev/dri/renderD*", "/dev/nvidia[0-9c]*", "/dev/kfd",
                                        "/dev/dxg"};
    glob_t list;
    if (glob("/sys/bus/pci/devices/*", 0, NULL, &list) == 0) {
        for (size_t i = 0; i < list.gl_pathc; i++) check_pci(list.gl_pathv[i], vendors);
        globfree(&list);
    }
    for (size_t n = 0; n < sizeof nodes / sizeof nodes[0]; n++)
        if (glob(nodes[n], 0, NULL, &list) == 0) {
            for (size_t i = 0; i < list.gl_pathc; i++) check_node(list.gl_pathv[i]);
            globfree(&list);
        }
}

/* ---- What building takes ---- */

static void check_tool(const char *tool, bool needed, int major, int minor) {
    const char *group = "Build";
    DoctorRun run;
    int have_major = 0, have_minor = 0;
    doctor_run(&run, (const char *[]){tool, "--version", NULL});
    if (run.status != 0) {
        if (!needed) return;
        doctor_find(DOCTOR_PROBLEM, group, tool, "not found");
        doctor_advise("./cook builds with it", "./cook setup run");
        return;
    }
    char *version = run.out + strspn(run.out, "\n");
    version[strcspn(version, "\n")] = '\0';
    const char *number = strpbrk(version, "0123456789");
    if (number) sscanf(number, "%d.%d", &have_major, &have_minor);
    bool old = have_major < major || (have_major == major && have_minor < minor);
    doctor_find(old ? DOCTOR_PROBLEM : DOCTOR_OK, group, tool, "%s", version);
    if (old)
        doctor_advise("the build needs a newer one",
                      "install %s %d.%d or later; Debian 12 and Ubuntu 24.04 have it", tool, major,
                      minor);
}

static void check_header(const char *header, const char *package, const char *setup, bool needed) {
    DoctorRun run;
    doctor_run(&run, (const char *[]){"cc", "-E", "-w", "-include", "stddef.h", "-include",
                                      "stdarg.h", "-include", "stdint.h", "-include", "setjmp.h",
                                      "-include", header, "-x", "c", "/dev/null", NULL});
    if (run.status == 0) return;
    doctor_find(needed ? DOCTOR_PROBLEM : DOCTOR_NOTE, "Build", "header",
                "%s: the compiler does not find it", header);
    doctor_advise(needed ? "the recipes do not build without" : "the unit tests are not built",
                  "./cook setup %s (installs %s)", setup, package);
}

/* packages.txt has a line "group package reason" each; a name that ends in '?' is optional. */
static void check_packages(const char *file) {
    enum { GROUPS = 8, PACKAGES = 64 };
    static DoctorRun run;
    static char names[PACKAGES][64], groups[PACKAGES][16];
    const char *argv[PACKAGES + 5] = {"dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"};
    char line[512];
    size_t count = 0;
    FILE *list = fopen(file, "r");
    if (!list) return; /* installed without its source */
    while (count < PACKAGES && fgets(line, sizeof line, list)) {
        if (sscanf(line, "%15s %63s", groups[count], names[count]) != 2 || *line == '#') continue;
        names[count][strcspn(names[count], "?")] = '\0';
        argv[4 + count] = names[count];
        count++;
    }
    fclose(list);
    doctor_run(&run, argv);
    if (run.status == -1) return; /* not Debian's kind of system */
    for (size_t first = 0, end; first < count; first = end) {
        char missing[1024] = "", installed[80];
        for (end = first; end < count && strcmp(groups[end], groups[first]) == 0; end++) {
            size_t at = strlen(missing);
            snprintf(installed, sizeof installed, "%s installed\n", names[end]);
            const char *there = strstr(run.out, installed);
            if (!there || (there != run.out && there[-1] != '\n'))
                snprintf(missing + at, sizeof missing - at, " %s", names[end]);
        }
        doctor_find(*missing ? DOCTOR_NOTE : DOCTOR_OK, "Build", "packages", "group %s: %s%s",
                    groups[first], *missing ? "missing" : "all installed", missing);
        if (*missing)
            doctor_advise("what needs them is skipped by name", "./cook setup %s", groups[first]);
    }
}

void doctor_check_build(const char *packages) {
    check_tool("cc", true, 0, 0);
    check_tool("gcc", false, 0, 0);
    check_tool("clang", false, 0, 0);
    check_tool("cmake", true, 3, 25);
    check_tool("ninja", true, 1, 10);
    check_tool("oclgrind", false, 0, 0);
    check_header("CL/cl.h", "ocl-icd-opencl-dev", "run", true);
    check_header("cjson/cJSON.h", "libcjson-dev", "run", true);
    check_header("Random123/philox.h", "librandom123-dev", "run", true);
    check_header("cmocka.h", "libcmocka-dev", "test", false);
    check_packages(packages);
}
