// SPDX-License-Identifier: MIT
/* The loader: libOpenCL.so is no driver. It reads which drivers are installed and hands each
 * call to the right one. OpenCL has no query for it, but the two loaders in use (ocl-icd and
 * Khronos's) answer to one function, which is found by name, since a third loader may lack it.
 */
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS /* clGetExtensionFunctionAddress takes no platform */
#include "query.h"

typedef cl_int(CL_API_CALL *LoaderInfo)(cl_uint what, size_t room, void *data, size_t *size);
enum { LOADER_VERSION = 2, LOADER_NAME = 3, LOADER_VENDOR = 4 };

void loader_text(char *text, size_t size) {
    char name[64] = "", version[64] = "", vendor[64] = "";
    void *address = clGetExtensionFunctionAddress("clGetICDLoaderInfoOCLICD");
    LoaderInfo info;
    text[0] = '\0';
    if (!address) return;
    memcpy(&info, &address, sizeof info); /* C has no cast from object to function pointer */
    if (info(LOADER_NAME, sizeof name, name, NULL) == CL_SUCCESS &&
        info(LOADER_VERSION, sizeof version, version, NULL) == CL_SUCCESS &&
        info(LOADER_VENDOR, sizeof vendor, vendor, NULL) == CL_SUCCESS)
        snprintf(text, size, "%s %s (%s)", name, version, vendor);
}
