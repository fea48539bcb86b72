// SPDX-License-Identifier: MIT
/* What an answer means. A driver that is older than an attribute refuses the question; one that
 * knows it may say by 0 that the device lacks the thing, or that it does not tell. A program that
 * prints 0 for all of these hides which it was, so they are told apart here, once, for all views.
 */
#include "query.h"

//> judge
State judge(const Attribute *attribute, const Answer *answer, const char **why) {
    *why = "";
    if (answer->code == CUDA_ERROR_INVALID_VALUE) {
        *why = "this driver does not know the question";
        return NOT_APPLICABLE;
    }
    if (answer->code != CUDA_SUCCESS) {
        *why = hc_cu_error_name(answer->code);
        return FAILED;
    }
    switch (attribute->kind) {
    case KIND_LIMIT:
    case KIND_BYTES_OR_NONE: return answer->value == 0 ? NOT_SUPPORTED : KNOWN;
    case KIND_KHZ:
    case KIND_BITS:
        if (answer->value == 0) *why = "the driver does not tell";
        break;
    case KIND_ID:
        if (answer->value < 0) *why = "none";
        break;
    default: break;
    }
    return **why ? NOT_APPLICABLE : KNOWN;
}
//< judge

const Constant constants[] = {
    {KIND_MODE, 0, "CU_COMPUTEMODE_DEFAULT", "for everybody"},
    {KIND_MODE, 2, "CU_COMPUTEMODE_PROHIBITED", "for nobody"},
    {KIND_MODE, 3, "CU_COMPUTEMODE_EXCLUSIVE_PROCESS", "for one process at a time"},
    {KIND_NUMA, 0, "CU_DEVICE_NUMA_CONFIG_NONE", "no"},
    {KIND_NUMA, 1, "CU_DEVICE_NUMA_CONFIG_NUMA_NODE", "a node"},
    {KIND_ORDER, 0, "CU_GPU_DIRECT_RDMA_WRITES_ORDERING_NONE", "nobody"},
    {KIND_ORDER, 100, "CU_GPU_DIRECT_RDMA_WRITES_ORDERING_OWNER", "the device itself"},
    {KIND_ORDER, 200, "CU_GPU_DIRECT_RDMA_WRITES_ORDERING_ALL_DEVICES", "every device"},
    {KIND_HANDLES, 1, "CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR", "file descriptor"},
    {KIND_HANDLES, 2, "CU_MEM_HANDLE_TYPE_WIN32", "Windows handle"},
    {KIND_HANDLES, 4, "CU_MEM_HANDLE_TYPE_WIN32_KMT", "older Windows handle"},
    {KIND_HANDLES, 8, "CU_MEM_HANDLE_TYPE_FABRIC", "fabric handle"},
    {KIND_FLUSH, 1, "CU_FLUSH_GPU_DIRECT_RDMA_WRITES_OPTION_HOST", "a call of the host"},
    {KIND_FLUSH, 2, "CU_FLUSH_GPU_DIRECT_RDMA_WRITES_OPTION_MEMOPS", "a wait in a stream"},
    {KIND_CODECS, 1, "CU_MEM_DECOMPRESS_ALGORITHM_DEFLATE", "DEFLATE"},
    {KIND_CODECS, 2, "CU_MEM_DECOMPRESS_ALGORITHM_SNAPPY", "Snappy"},
    {KIND_CODECS, 4, "CU_MEM_DECOMPRESS_ALGORITHM_LZ4", "LZ4"},
    {KIND_HEADING, 0, NULL, NULL},
};
