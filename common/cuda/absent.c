// SPDX-License-Identifier: MIT
/* Why there is no CUDA device here. The driver says one number, or its library is not found; the
 * reasons behind are many, and each has a remedy of its own: a container started without the GPU, a
 * kernel module that is not loaded, a driver updated while the old one runs, a device file that the
 * user may not open. This file looks at the machine and says which it is. It changes nothing.
 */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "hc_cu.h"

/* ---- What the machine shows ---- */

static bool read_line(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "r");
    bool is_read = file && fgets(line, (int)size, file);
    if (file) fclose(file);
    if (is_read) line[strcspn(line, "\r\n")] = '\0';
    else line[0] = '\0';
    return is_read;
}

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static bool in_wsl(void) {
    char line[512];
    read_line("/proc/version", line, sizeof line);
    return strstr(line, "icrosoft") || strstr(line, "WSL");
}

static bool in_container(void) {
    const char *by = getenv("container"); /* set by podman and systemd-nspawn */
    return (by && *by) || exists("/.dockerenv") || exists("/run/.containerenv");
}

/* An NVIDIA device for display or computing on the PCI bus. */
static bool has_card(void) {
    bool found = false;
    glob_t list;
    if (glob("/sys/bus/pci/devices/*", 0, NULL, &list) != 0) return false;
    for (size_t i = 0; i < list.gl_pathc && !found; i++) {
        char path[4096], vendor[32], class[32];
        snprintf(path, sizeof path, "%s/vendor", list.gl_pathv[i]);
        read_line(path, vendor, sizeof vendor);
        snprintf(path, sizeof path, "%s/class", list.gl_pathv[i]);
        read_line(path, class, sizeof class);
        found = strtoul(vendor, NULL, 16) == 0x10de && strtoul(class, NULL, 16) >> 16 == 3;
    }
    globfree(&list);
    return found;
}

/* The version of the kernel module, "550.54.14"; "" if it is not loaded. The file's first line is
 * "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu ...". */
static const char *module_version(char version[64]) {
    char line[512];
    version[0] = '\0';
    read_line("/proc/driver/nvidia/version", line, sizeof line);
    for (const char *p = line; (p = strpbrk(p, "0123456789")) != NULL; p += strcspn(p, " "))
        if (strchr(p, '.') && strspn(p, "0123456789.") == strcspn(p, " ") &&
            strcspn(p, ".") < strcspn(p, " ")) {
            snprintf(version, 64, "%.*s", (int)strcspn(p, " "), p);
            break;
        }
    return version;
}

/* The version of the driver's library, which is the end of its real name; "" if it has none. path
 * gets that name. */
static const char *library_version(char path[4096], char version[64]) {
    Dl_info info;
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    bool is_cusim = library && dlsym(library, "cusim_version");
    void *symbol = library && !is_cusim ? dlsym(library, "cuInit") : NULL;
    path[0] = version[0] = '\0';
    if (symbol && dladdr(symbol, &info) && realpath(info.dli_fname, path)) {
        const char *end = strstr(path, ".so.");
        if (end && strchr(end + 4, '.')) snprintf(version, 64, "%s", end + 4);
    } else {
        path[0] = '\0';
    }
    if (library) dlclose(library); /* it stays, by the handle of who opened it */
    return version;
}

/* A device file of the GPU that is there but may not be opened; NULL if there is none. */
static const char *denied_file(char path[4096], char group[64]) {
    static const char *const patterns[] = {"/dev/nvidiactl", "/dev/nvidia[0-9]*", "/dev/nvidia-uvm",
                                           "/dev/dxg"};
    const char *denied = NULL;
    for (size_t p = 0; p < sizeof patterns / sizeof patterns[0] && !denied; p++) {
        glob_t list;
        if (glob(patterns[p], 0, NULL, &list) != 0) continue;
        for (size_t i = 0; i < list.gl_pathc && !denied; i++) {
            struct stat about;
            if (access(list.gl_pathv[i], R_OK | W_OK) == 0 || errno != EACCES) continue;
            const struct group *owner =
                stat(list.gl_pathv[i], &about) == 0 ? getgrgid(about.st_gid) : NULL;
            snprintf(group, 64, "%s", owner ? owner->gr_name : "video");
            denied = strcpy(path, list.gl_pathv[i]);
        }
        globfree(&list);
    }
    return denied;
}

static const char *join_group(const char *group) {
    static _Thread_local char text[160];
    snprintf(text, sizeof text, "sudo usermod -aG %s $USER, then log out and in again", group);
    return text;
}

/* How this system installs NVIDIA's driver. */
static const char *install_driver(void) {
    char line[256];
    FILE *release = fopen("/etc/os-release", "r");
    const char *how = "install NVIDIA's driver (www.nvidia.com/drivers), then restart";
    while (release && fgets(line, sizeof line, release)) {
        if (strncmp(line, "ID=ubuntu", 9) == 0) how = "sudo ubuntu-drivers install, then restart";
        if (strncmp(line, "ID=debian", 9) == 0)
            how = "sudo apt-get install nvidia-driver (component non-free of Debian), then restart";
    }
    if (release) fclose(release);
    return how;
}

static const char with_gpus[] = "start the container with --gpus all; its host needs NVIDIA's "
                                "driver and the package nvidia-container-toolkit";
static const char in_software[] = "the CUDA recipes run in software without one: --device sim";
static const char in_windows[] = "install NVIDIA's driver in Windows, not here; then in Windows: "
                                 "wsl --update, and wsl --shutdown";

/* ---- The library is not there, or does not load ---- */

int hc_driver_absent(void) {
    char version[64];
    bool is_loaded = *module_version(version), card = has_card();
    if (in_wsl())
        return hc_set_error(HC_SKIP, 0, NULL, in_windows,
                            exists("/dev/dxg") ? "no CUDA driver: Windows shares its GPU with this "
                                                 "WSL, but has no NVIDIA driver"
                                               : "no CUDA driver: this WSL sees no GPU (/dev/dxg "
                                                 "is absent; WSL 1 never does)");
    if (in_container() && (is_loaded || card))
        return hc_set_error(HC_SKIP, 0, NULL, with_gpus,
                            "no CUDA driver: this container was started without the GPU that its "
                            "host has");
    if (is_loaded)
        return hc_set_error(
            HC_SKIP, 0, NULL,
            "install the library of the same version: sudo apt-get install libcuda1 "
            "(Debian), libnvidia-compute-VERSION (Ubuntu)",
            "no CUDA driver: NVIDIA's kernel module %s is loaded, but libcuda.so.1 "
            "was not found",
            version);
    if (card)
        return hc_set_error(
            HC_SKIP, 0, NULL, install_driver(),
            "no CUDA driver: there is an NVIDIA GPU, but libcuda.so.1 was not found");
    return hc_set_error(HC_SKIP, 0, NULL,
                        in_container() ? "the CUDA recipes run in software without one: --device "
                                         "sim; if the host has a GPU: start the container with "
                                         "--gpus all"
                                       : in_software,
                        "no CUDA driver: libcuda.so.1 was not found, and no NVIDIA GPU is seen%s",
                        in_container() ? " in this container" : "");
}

int hc_driver_unloadable(const char *reason) {
    bool is_stub = strstr(reason, "stubs") != NULL;
    return hc_set_error(HC_ERROR, 0, NULL,
                        is_stub ? "take the folder out of LD_LIBRARY_PATH"
                                : "reinstall the driver's package for this kind of processor; "
                                  "meanwhile: --device sim",
                        "the CUDA driver is there, but cannot be loaded: %s", reason);
}

/* ---- It is there, and cuInit gave an error ---- */

static int no_device(const char *name) {
    char version[64], path[4096], group[64];
    const char *visible = getenv("CUDA_VISIBLE_DEVICES");
    const int code = CUDA_ERROR_NO_DEVICE;
    if (visible)
        return hc_set_error(HC_SKIP, code, name, "unset CUDA_VISIBLE_DEVICES",
                            "the CUDA driver shows no device: CUDA_VISIBLE_DEVICES=\"%s\" allows "
                            "none that is here",
                            visible);
    if (denied_file(path, group))
        return hc_set_error(HC_SKIP, code, name, join_group(group),
                            "the CUDA driver shows no device: %s may not be opened by this user",
                            path);
    if (in_wsl())
        return hc_set_error(HC_SKIP, code, name, in_windows,
                            "the CUDA driver shows no device: Windows shares no NVIDIA GPU");
    if (!*module_version(version)) {
        if (in_container())
            return hc_set_error(HC_SKIP, code, name, with_gpus,
                                "the CUDA driver shows no device: this container was started "
                                "without a GPU");
        if (has_card())
            return hc_set_error(
                HC_SKIP, code, name,
                "sudo modprobe nvidia; if that fails, reinstall the driver for this "
                "kernel, or sign its module for Secure Boot (sudo dmesg | grep -i "
                "nvidia says which)",
                "the CUDA driver shows no device: NVIDIA's kernel module is not "
                "loaded");
        return hc_set_error(HC_SKIP, code, name, in_software,
                            "the CUDA driver is installed, but there is no NVIDIA GPU");
    }
    if (in_container() && !exists("/dev/nvidia0"))
        return hc_set_error(HC_SKIP, code, name, with_gpus,
                            "the CUDA driver shows no device: this container was started without "
                            "a GPU");
    return hc_set_error(HC_SKIP, code, name, "what does this say? nvidia-smi",
                        "the CUDA driver (kernel module %s) finds no GPU", version);
}

static int mismatch(const char *name, int code) {
    char path[4096], library[64], version[64];
    library_version(path, library);
    module_version(version);
    return hc_set_error(HC_ERROR, code, name,
                        in_container()
                            ? "take the folder of another libcuda.so.1, such as "
                              "cuda/compat, out of LD_LIBRARY_PATH"
                            : "restart the machine: the driver was updated while its old "
                              "module was in use",
                        "the CUDA library is of version %s, NVIDIA's kernel module of version %s",
                        *library ? library : "unknown", *version ? version : "unknown");
}

static int unknown(const char *name, int code) {
    char path[4096], group[64], version[64];
    if (denied_file(path, group))
        return hc_set_error(HC_ERROR, code, name, join_group(group),
                            "the CUDA driver does not start: %s may not be opened by this user",
                            path);
    if (!*module_version(version) && !in_wsl())
        return hc_set_error(HC_ERROR, code, name,
                            in_container() ? with_gpus : "sudo modprobe nvidia",
                            "the CUDA driver does not start: NVIDIA's kernel module is not loaded");
    if (!exists("/dev/nvidia-uvm") && !in_wsl())
        return hc_set_error(HC_ERROR, code, name,
                            in_container() ? with_gpus : "sudo nvidia-modprobe -u -c 0",
                            "the CUDA driver does not start: /dev/nvidia-uvm is absent");
    return hc_set_error(HC_ERROR, code, name,
                        in_wsl() ? "in Windows: wsl --shutdown"
                                 : "sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm (usual after "
                                   "suspend); else restart the machine",
                        "the CUDA driver does not start, and does not say why");
}

int hc_driver_fails(int code) {
    char path[4096], version[64];
    const char *name = hc_cu_error_name((CUresult)code);
    struct rlimit limit;
    switch (code) {
    case CUDA_ERROR_NO_DEVICE: return no_device(name);
    case CUDA_ERROR_STUB_LIBRARY:
        library_version(path, version);
        return hc_set_error(
            HC_SKIP, code, name, "take its folder out of LD_LIBRARY_PATH, or unset that",
            "this is no driver but the toolkit's stub, which only serves to link: %s",
            *path ? path : "libcuda.so.1");
    case CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: return mismatch(name, code);
    case CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE:
        library_version(path, version);
        return hc_set_error(HC_ERROR, code, name,
                            "take its folder out of LD_LIBRARY_PATH (in an image of NVIDIA's: "
                            "/usr/local/cuda/compat), or update the driver",
                            "this is CUDA's compatibility library, which works with GPUs for data "
                            "centres only: %s",
                            *path ? path : "libcuda.so.1");
    case CUDA_ERROR_SYSTEM_NOT_READY:
        return hc_set_error(HC_ERROR, code, name, "sudo systemctl start nvidia-fabricmanager",
                            "the GPUs are linked by NVSwitch, and the service that sets it up does "
                            "not run");
    case CUDA_ERROR_OUT_OF_MEMORY:
        if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
            return hc_set_error(HC_ERROR, code, name, "ulimit -v unlimited",
                                "the CUDA driver reserves more addresses than ulimit -v allows");
        break;
    case CUDA_ERROR_OPERATING_SYSTEM:
    case CUDA_ERROR_NOT_INITIALIZED:
    case CUDA_ERROR_UNKNOWN: return unknown(name, code);
    default: break;
    }
    return hc_cu_set_error((CUresult)code);
}
