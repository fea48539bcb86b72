// SPDX-License-Identifier: MIT
/* What the library asks of a real OpenCL device, which for the tests is PoCL: the list, the check
 * of sizes before anything is allocated, and the messages of a build.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "hc_cl.h"
#include <math.h>

static HcDevice device;
static cl_context context;

static int find_device(void **state) {
    (void)state;
    const HcApi *const apis[] = {&hc_cl_api, NULL};
    if (hc_select_device(apis, "cpu", &device) != HC_OK) return -1;
    cl_int err;
    cl_device_id id = device.handle;
    context = clCreateContext(NULL, 1, &id, NULL, NULL, &err);
    return err;
}

static int release(void **state) {
    (void)state;
    return clReleaseContext(context);
}

static void described(void **state) {
    (void)state;
    assert_string_equal(device.api, "opencl");
    assert_true(device.is_cpu && !device.is_gpu);
    assert_true(*device.name && *device.detail);
    assert_contains(device.detail, "OpenCL ");
    assert_null(strpbrk(device.detail, "|\n"));
    HcDevice none;
    size_t count = 0;
    assert_int_equal(hc_cl_api.list(&none, 0, &count), HC_OK); /* counts without room to describe */
    assert_true(count >= 1);
}

static void sizes(void **state) {
    (void)state;
    cl_ulong one = 0, all = 0;
    clGetDeviceInfo(device.handle, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof one, &one, NULL);
    clGetDeviceInfo(device.handle, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof all, &all, NULL);
    assert_int_equal(hc_cl_check_alloc(device.handle, 0, 1, 3), HC_OK);
    assert_int_equal(hc_cl_check_alloc(device.handle, 1024, 1, 3), HC_OK);
    assert_int_equal(hc_cl_check_alloc(device.handle, (size_t)one, 1, 1), HC_OK);
    assert_int_equal(hc_cl_check_alloc(device.handle, (size_t)one, 1, 0), HC_OK);
    assert_int_equal(hc_cl_check_alloc(device.handle, (size_t)one + 1, 1, 1), HC_ERROR);
    assert_contains(hc_last_error()->message, "the device allows ");
    assert_int_equal(hc_cl_check_alloc(device.handle, (size_t)one, 1, (size_t)(all / one) + 1),
                     HC_ERROR);
    assert_contains(hc_last_error()->message, "the device has ");
    assert_int_equal(hc_cl_check_alloc(device.handle, 1024, 1, SIZE_MAX),
                     HC_ERROR); /* no overflow */
    assert_int_equal(hc_last_error()->code, CL_MEM_OBJECT_ALLOCATION_FAILURE);
    assert_int_equal(hc_cl_check_alloc(device.handle, SIZE_MAX / 2, 4, 1), HC_ERROR); /* nor here */
}

static int build(const char *source, const char *options, cl_program *program) {
    cl_int err;
    *program = clCreateProgramWithSource(context, 1, &source, NULL, &err);
    assert_int_equal(err, CL_SUCCESS);
    return hc_cl_build(*program, device.handle, options, "test.cl", source);
}

static void log_and_lines(void **state) {
    (void)state;
    cl_program program;
    const char *source =
        "// 1\n__kernel void k(__global int *x) {\n    x[0] = undefined_name;\n}\n";
    assert_int_equal(build(source, "-DA=1", &program), HC_BUILD);
    const HcError *e = hc_last_error();
    assert_int_equal(e->code, CL_BUILD_PROGRAM_FAILURE);
    assert_contains(e->message, "test.cl did not compile for ");
    assert_contains(e->message, device.name);
    assert_contains(e->message, "options '-DA=1'");
    assert_contains(e->detail, "undefined_name");
    assert_contains(e->detail, ">    3 |     x[0] = undefined_name;");
    assert_contains(e->detail, "     2 | __kernel");
    clReleaseProgram(program);

    /* A generated part in front, and a directive that begins the count anew. */
    source =
        "typedef int T;\n#line 1 \"mine.cl\"\n__kernel void k(__global T *x) {\n    nonsense;\n}\n";
    assert_int_equal(build(source, NULL, &program), HC_BUILD);
    assert_contains(hc_last_error()->detail, ">    2 |     nonsense;");
    assert_null(strstr(hc_last_error()->detail, "| typedef"));
    clReleaseProgram(program);

    assert_int_equal(build("__kernel void k(void) {}", "-nosuchoption", &program), HC_BUILD);
    assert_contains(hc_last_error()->message, "-nosuchoption");
    clReleaseProgram(program);
}

static void kernels(void **state) {
    (void)state;
    cl_program program;
    cl_kernel kernel;
    assert_int_equal(build("__kernel void a(void) {}\n__kernel void b(void) {}", NULL, &program),
                     HC_OK);
    assert_int_equal(hc_cl_kernel(program, "b", &kernel), HC_OK);
    clReleaseKernel(kernel);
    assert_int_equal(hc_cl_kernel(program, "c", &kernel), HC_BUILD);
    assert_int_equal(hc_last_error()->code, CL_INVALID_KERNEL_NAME);
    assert_contains(hc_last_error()->message, "no kernel 'c' in the program; kernels found: ");
    assert_contains(strstr(hc_last_error()->message, "found: "), "a");
    assert_contains(strstr(hc_last_error()->message, "found: "), "b");
    clReleaseProgram(program);
}

static void event_time(void **state) {
    (void)state;
    cl_int err;
    cl_event event = clCreateUserEvent(context, &err);
    assert_int_equal(err, CL_SUCCESS);
    assert_true(isnan(hc_cl_event_ms(event))); /* a user's event has no times */
    clReleaseEvent(event);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(described), cmocka_unit_test(sizes),
                                       cmocka_unit_test(log_and_lines), cmocka_unit_test(kernels),
                                       cmocka_unit_test(event_time)};
    return cmocka_run_group_tests(tests, find_device, release);
}
