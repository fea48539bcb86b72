// SPDX-License-Identifier: MIT
/* Choosing a device, with invented ones: what each SPEC means, and that a wish which fits nothing
 * or several devices is an error that shows the list.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

/* What the invented APIs show: set by each test. */
static HcDevice cl_devices[80];
static size_t cl_count;
static int cl_status, cuda_status;

static int list(const HcDevice *from, size_t n, int status, HcDevice *devices, size_t max,
                size_t *count) {
    *count = n;
    if (status != HC_OK) return hc_set_error(status, -1001, "REASON", NULL, "a reason");
    for (size_t i = 0; i < n && i < max; i++) devices[i] = from[i];
    return HC_OK;
}
static int list_cl(HcDevice *devices, size_t max, size_t *count) {
    return list(cl_devices, cl_count, cl_status, devices, max, count);
}
static const HcDevice cuda_devices[] = {
    {.api = "cuda", .index = 0, .is_gpu = true, .name = "Fast 9000", .detail = "CUDA 12"},
    {.api = "cuda", .index = 1, .is_gpu = true, .name = "Fast 8000", .detail = "CUDA 12"}};
static int list_cuda(HcDevice *devices, size_t max, size_t *count) {
    return list(cuda_devices, 2, cuda_status, devices, max, count);
}
static const HcApi cl_api = {.name = "opencl", .list = list_cl},
                   cuda_api = {.name = "cuda", .list = list_cuda};
static const HcApi *const cl_only[] = {&cl_api, NULL};
static const HcApi *const both[] = {&cl_api, &cuda_api, NULL};
static HcDevice chosen;

static int reset(void **state) {
    (void)state;
    memset(cl_devices, 0, sizeof cl_devices);
    cl_devices[0] = (HcDevice){"opencl", 0, 0, true, false, "pthread-Some CPU", "PoCL", NULL};
    cl_devices[1] = (HcDevice){"opencl", 0, 1, true, false, "basic-Some CPU", "PoCL", NULL};
    cl_devices[2] = (HcDevice){"opencl", 2, 0, false, true, "Big GPU", "Vendor", NULL};
    cl_count = 3;
    cl_status = cuda_status = HC_OK;
    chosen = (HcDevice){.platform = -9};
    return 0;
}

static void chooses(const HcApi *const *apis, const char *spec, const char *name) {
    chosen.name[0] = '\0';
    assert_int_equal(hc_select_device(apis, spec, &chosen), HC_OK);
    assert_string_equal(chosen.name, name);
}

static void refuses(const HcApi *const *apis, const char *spec, int status, const char *message) {
    chosen.platform = -9;
    assert_int_equal(hc_select_device(apis, spec, &chosen), status);
    assert_contains(hc_last_error()->message, message);
    assert_int_equal(chosen.platform, -9);
}

static void no_wish(void **state) {
    (void)state;
    chooses(cl_only, NULL, "Big GPU"); /* a GPU if there is one */
    cl_count = 2;
    chooses(cl_only, NULL, "pthread-Some CPU");
    chooses(both, NULL, "Fast 9000");
    cuda_status = HC_SKIP;
    chooses(both, NULL, "pthread-Some CPU");
    cl_status = HC_SKIP;
    refuses(both, NULL, HC_SKIP, "a reason");
}

static void kinds(void **state) {
    (void)state;
    chooses(cl_only, "cpu", "pthread-Some CPU");
    chooses(cl_only, "opencl", "pthread-Some CPU");
    chooses(both, "cuda", "Fast 9000");
    cl_devices[0] = cl_devices[2];
    cl_count = 1;
    refuses(cl_only, "cpu", HC_SKIP, "none of the devices here is a CPU");
    cl_status = HC_SKIP;
    refuses(cl_only, "opencl", HC_SKIP, "a reason");
    refuses(cl_only, "cpu", HC_SKIP, "a reason");
    refuses(both, "opencl", HC_SKIP, "a reason");
    chooses(both, "cuda", "Fast 9000");
    cl_status = HC_ERROR; /* broken is not absent */
    refuses(cl_only, "opencl", HC_ERROR, "a reason");
    refuses(cl_only, NULL, HC_ERROR, "a reason");
}

static void numbers(void **state) {
    (void)state;
    chooses(cl_only, "opencl:0", "pthread-Some CPU");
    chooses(cl_only, "opencl:0:1", "basic-Some CPU");
    chooses(cl_only, "opencl:2", "Big GPU");
    chooses(cl_only, "opencl:2:0", "Big GPU");
    static const char *const absent[] = {"opencl:1", "opencl:7", "opencl:0:2", "opencl:2:1",
                                         "opencl:9999"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        refuses(cl_only, absent[i], HC_USAGE, "matches no device");
        assert_contains(hc_last_error()->message, absent[i]);
        assert_contains(hc_last_error()->detail, "opencl:2:0  Big GPU (Vendor)");
    }
    static const char *const malformed[] = {
        "opencl:x",  "opencl:",   "opencl:0:",          "opencl:0:0:0",
        "opencl:-1", "opencl: 0", "opencl:99999999999", "cpu:0"};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        refuses(cl_only, malformed[i], HC_USAGE, "not a device number");
}

static void names(void **state) {
    (void)state;
    chooses(cl_only, "BIG", "Big GPU");
    chooses(cl_only, "basic-", "basic-Some CPU");
    chooses(cl_only, "Big GPU", "Big GPU");
    chooses(both, "9000", "Fast 9000");
    refuses(cl_only, "some cpu", HC_USAGE, "device 'some cpu': matches several devices");
    assert_contains(hc_last_error()->detail, "opencl:0:0  pthread-Some CPU");
    assert_contains(hc_last_error()->detail, "opencl:0:1  basic-Some CPU");
    refuses(cl_only, "Vendor", HC_USAGE,
            "matches no device"); /* the platform is no part of the name */
    assert_contains(hc_last_error()->detail, "opencl:2:0  Big GPU");
    refuses(cl_only, "Big GPUs", HC_USAGE, "matches no device");
    refuses(both, "fast", HC_USAGE, "matches several devices");
    cl_status = HC_SKIP;
    refuses(cl_only, "Big", HC_USAGE, "matches no device");
    assert_contains(hc_last_error()->detail, "none");
}

static void other_api(void **state) {
    (void)state;
    static const char *const specs[] = {"cuda", "cuda:0", "sim"};
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        refuses(cl_only, specs[i], HC_USAGE, "this recipe does not use ");
        assert_contains(hc_last_error()->detail, "opencl:0:0  pthread-Some CPU");
    }
    refuses(cl_only, "cudax", HC_USAGE, "matches no device"); /* a name, not the word */
}

static void many_devices(void **state) {
    (void)state;
    for (int i = 0; i < 80; i++)
        cl_devices[i] = (HcDevice){.api = "opencl", .index = i, .is_cpu = true, .name = "CPU"};
    cl_count = 80; /* more than the library keeps */
    chooses(cl_only, "opencl:0:63", "CPU");
    refuses(cl_only, "nosuch", HC_USAGE, "matches no device");
    cl_devices[0].name[0] = 'x';
    memset(cl_devices[0].name, 'x', sizeof cl_devices[0].name - 1); /* as long as a name may be */
    memset(cl_devices[0].detail, 'y', sizeof cl_devices[0].detail - 1);
    refuses(cl_only, "nosuch", HC_USAGE, "matches no device");
    assert_contains(hc_last_error()->detail, "opencl:0:63");
}

static void listing(void **state) {
    (void)state;
    Capture c;
    CAPTURE(&c);
    assert_int_equal(hc_list_devices(both, c.file), HC_OK);
    fclose(c.file);
    assert_contains(c.text, "opencl:0:1  basic-Some CPU");
    assert_contains(c.text, "opencl:2:0  Big GPU");
    assert_contains(c.text, "Fast 8000");
    free(c.text);
    cl_status = HC_ERROR; /* broken: said, after what the others have */
    CAPTURE(&c);
    assert_int_equal(hc_list_devices(both, c.file), HC_ERROR);
    fclose(c.file);
    assert_contains(c.text, "Fast 8000");
    free(c.text);
    chooses(both, "8000", "Fast 8000"); /* and not in the way of a wish that others fulfil */
    refuses(cl_only, "8000", HC_ERROR, "a reason");
    cl_status = HC_SKIP;
    CAPTURE(&c);
    assert_int_equal(hc_list_devices(cl_only, c.file), HC_SKIP);
    fclose(c.file);
    assert_string_equal(c.text, "");
    free(c.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_wish, reset),   cmocka_unit_test_setup(kinds, reset),
        cmocka_unit_test_setup(numbers, reset),   cmocka_unit_test_setup(names, reset),
        cmocka_unit_test_setup(other_api, reset), cmocka_unit_test_setup(many_devices, reset),
        cmocka_unit_test_setup(listing, reset),
    };
    return RUN(tests);
}
