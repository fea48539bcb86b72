// SPDX-License-Identifier: MIT
/* From an answer to a judgement. A driver asked for something it does not know may answer with an
 * error, with zero, or with nonsense, so the version and the extensions are looked at first. What
 * remains is one of four things: a value, "n/a", "not supported", or "query failed" with its code.
 */
#include "query.h"

void forget(Value *value) {
    free(value->data);
    value->data = NULL;
}

cl_ulong query_number(const Value *value) {
    cl_ulong wide;
    cl_uint narrow;
    if (value->size == sizeof wide) return memcpy(&wide, value->data, sizeof wide), wide;
    return memcpy(&narrow, value->data, sizeof narrow), narrow;
}

cl_ulong query_element(const Value *value, size_t i) { return ((const size_t *)value->data)[i]; }

/* "OpenCL 1.2 CUDA" to 12. An answer that is no version counts as 1.0. */
static int parse_version(const char *text) {
    int major, minor;
    return sscanf(text, "OpenCL %d.%d", &major, &minor) == 2 ? 10 * major + minor : 10;
}

void target_open(Target *target) {
    Value version = ask(target, target->device ? CL_DEVICE_VERSION : CL_PLATFORM_VERSION);
    Value names = ask(target, target->device ? CL_DEVICE_EXTENSIONS : CL_PLATFORM_EXTENSIONS);
    target->version = version.state == KNOWN ? parse_version(version.data) : 10;
    target->version_code = version.code;
    target->extensions = names.data; /* handed over; empty if it could not be asked */
    target->extensions_code = names.code;
    forget(&version);
}

void target_close(Target *target) { free(target->extensions); }

void query_id(const Attribute *a, const Value *value, char text[40]) {
    cl_device_pci_bus_info_khr pci;
    const unsigned char *byte = value->data;
    if (a->kind == KIND_PCI) {
        memcpy(&pci, value->data, sizeof pci);
        snprintf(text, 40, "%04x:%02x:%02x.%x", pci.pci_domain, pci.pci_bus, pci.pci_device,
                 pci.pci_function);
        return;
    }
    for (int i = 0; i < CL_UUID_SIZE_KHR; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        text += snprintf(text, 4, "%s%02x", dash ? "-" : "", byte[i]);
    }
}

static bool has_extension(const Target *target, const char *name) {
    size_t length = strlen(name);
    for (const char *p = target->extensions; p && *p;) {
        p += strspn(p, " ");
        size_t word = strcspn(p, " ");
        if (word == length && memcmp(p, name, length) == 0) return true;
        p += word;
    }
    return false;
}

/* Does the answer have a size that its kind can be read from? */
static bool has_right_size(Kind kind, const Value *value, const Attribute *attribute) {
    size_t size = value->size;
    switch (kind) {
    case KIND_TEXT:
    case KIND_WORDS:
    case KIND_EXTENSION: return true;
    case KIND_SIZES:
    case KIND_ENUMS: return size % sizeof(size_t) == 0;
    case KIND_NAMES: return value->what == attribute->older || size % sizeof(cl_name_version) == 0;
    case KIND_UUID: return size == CL_UUID_SIZE_KHR;
    case KIND_PCI: return size == sizeof(cl_device_pci_bus_info_khr);
    default: return size == sizeof(cl_uint) || size == sizeof(cl_ulong);
    }
}

static bool is_zero(const Value *value) {
    const unsigned char *bytes = value->data;
    for (size_t i = 0; i < value->size; i++)
        if (bytes[i]) return false;
    return true;
}

static const Attribute *find(cl_uint what) {
    const Attribute *a = attributes;
    while (a->what != what) a++;
    return a;
}

/* The answer to a question that this device does not have. */
static Value absent(const Attribute *a, const Target *target) {
    Value value = {.what = a->what, .state = NOT_APPLICABLE};
    if (a->since && target->version_code) value.code = target->version_code;
    else if (a->extension) value.code = target->extensions_code;
    if (value.code) { /* whether it has it could not be found out */
        value.state = FAILED;
        snprintf(value.why, sizeof value.why, "%s", hc_cl_error_name(value.code));
    } else if (a->since) {
        snprintf(value.why, sizeof value.why, "needs OpenCL %d.%d", a->since / 10, a->since % 10);
    } else {
        if (a->zero_lacks) value.state = NOT_SUPPORTED; /* its list of extensions says so */
        if (a->kind != KIND_EXTENSION)
            snprintf(value.why, sizeof value.why, "needs %s", a->extension);
    }
    return value;
}

//> judge
Value query(const Attribute *a, const Target *target) {
    Value value = {.what = a->what};
    bool by_version = a->since && target->version >= a->since;
    bool by_extension = a->extension && has_extension(target, a->extension);

    /* Not defined for this device: asking would be an error of ours. */
    if (!by_version && !by_extension && !a->older) return absent(a, target);
    if (a->kind == KIND_EXTENSION) return value; /* it is there, and that is the answer */

    /* A limit of something the device does not have. */
    if (a->parent) {
        Value parent = query(find(a->parent), target);
        forget(&parent);
        if (parent.state == NOT_SUPPORTED) {
            value.state = NOT_APPLICABLE;
            snprintf(value.why, sizeof value.why, "needs %s", find(a->parent)->label);
            return value;
        }
    }

    if (a->kind == KIND_KERNEL) value = probe_kernel(target, a->what);
    else value = ask(target, by_version || by_extension ? a->what : a->older);
    if (value.state == FAILED) {
        snprintf(value.why, sizeof value.why, "%s", hc_cl_error_name(value.code));
    } else if (!has_right_size(a->kind, &value, a)) {
        value.state = FAILED;
        snprintf(value.why, sizeof value.why, "the driver's answer has %zu bytes", value.size);
    } else if (a->zero_lacks && is_zero(&value)) {
        value.state = NOT_SUPPORTED; /* the device says so itself */
    }
    if (value.state != KNOWN) forget(&value);
    return value;
}
//< judge
