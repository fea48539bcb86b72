// SPDX-License-Identifier: MIT
/* api.c - the kernels of the API's tests, as PTX, and how they are launched. */
#include "api.h"

int failures;

#define INDEX                                                                                      \
    "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x;\n"                          \
    "mad.lo.u32 %r4, %r1, %r2, %r3;\n"
#define REGISTERS ".reg .pred %p<4>; .reg .b32 %r<16>; .reg .b64 %rd<8>;\n"

const char kernels[] =
    ".version 6.0\n.target sm_60\n.address_size 64\n"
    ".visible .global .align 4 .u32 counter = 7;\n"
    ".visible .const .align 4 .u32 table[4] = {1, 2, 3, 4};\n"
    ".visible .entry nothing() { ret; }\n"

    ".visible .entry add(.param .u64 x, .param .u32 n, .param .u32 k)\n{\n" REGISTERS INDEX
    "ld.param.u64 %rd1, [x]; ld.param.u32 %r5, [n]; ld.param.u32 %r6, [k];\n"
    "setp.ge.u32 %p1, %r4, %r5;\n@%p1 bra END;\n"
    "mul.wide.u32 %rd2, %r4, 4; add.u64 %rd3, %rd1, %rd2;\n"
    "ld.global.u32 %r7, [%rd3]; add.u32 %r8, %r7, %r6; st.global.u32 [%rd3], %r8;\n"
    "END: ret;\n}\n"

    ".visible .entry scale(.param .u64 x, .param .u32 n, .param .u32 k)\n{\n" REGISTERS INDEX
    "ld.param.u64 %rd1, [x]; ld.param.u32 %r5, [n]; ld.param.u32 %r6, [k];\n"
    "setp.ge.u32 %p1, %r4, %r5;\n@%p1 bra END;\n"
    "mul.wide.u32 %rd2, %r4, 4; add.u64 %rd3, %rd1, %rd2;\n"
    "ld.global.u32 %r7, [%rd3]; mul.lo.u32 %r8, %r7, %r6; st.global.u32 [%rd3], %r8;\n"
    "END: ret;\n}\n"

    ".visible .entry spin(.param .u64 flag)\n{\n" REGISTERS "ld.param.u64 %rd1, [flag];\n"
    "AGAIN: ld.volatile.global.u32 %r1, [%rd1]; setp.eq.u32 %p1, %r1, 0;\n@%p1 bra AGAIN;\n"
    "ret;\n}\n"

    ".visible .entry burn(.param .u64 x, .param .u32 n)\n{\n" REGISTERS
    "ld.param.u64 %rd1, [x]; ld.param.u32 %r1, [n]; mov.u32 %r2, 0;\n"
    "AGAIN: add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, %r1;\n@%p1 bra AGAIN;\n"
    "st.global.u32 [%rd1], %r2;\nret;\n}\n"

    ".visible .entry wrong(.param .u64 x)\n{\n" REGISTERS
    "ld.param.u64 %rd1, [x]; mov.u32 %r1, 1; st.global.u32 [%rd1], %r1;\nret;\n}\n"

    ".visible .entry trapped()\n{\ntrap;\nret;\n}\n"

    ".visible .entry sums(.param .u64 x)\n{\n" REGISTERS ".shared .align 4 .b32 total[1];\n"
    "ld.param.u64 %rd1, [x]; mov.u32 %r1, %tid.x; mov.u32 %r2, %ctaid.x; mov.u32 %r3, total;\n"
    "setp.ne.u32 %p1, %r1, 0; mov.u32 %r4, 0;\n@!%p1 st.shared.u32 [%r3], %r4;\n"
    "bar.sync 0;\natom.shared.add.u32 %r5, [%r3], %r1;\nbar.sync 0;\n@%p1 bra END;\n"
    "ld.shared.u32 %r6, [%r3]; mul.wide.u32 %rd2, %r2, 4; add.u64 %rd3, %rd1, %rd2;\n"
    "st.global.u32 [%rd3], %r6;\n"
    "END: ret;\n}\n";

CUcontext begin(void) {
    CUcontext context;
    CU(cuInit(0));
    CU(cuDevicePrimaryCtxRetain(&context, 0));
    CU(cuCtxSetCurrent(context));
    return context;
}

CUmodule load(void) {
    CUmodule module;
    CU(cuModuleLoadData(&module, kernels));
    return module;
}

CUfunction kernel(CUmodule module, const char *name) {
    CUfunction function;
    CU(cuModuleGetFunction(&function, module, name));
    return function;
}

CUresult launch(CUfunction f, unsigned blocks, unsigned threads, CUstream stream, void *a, void *b,
                void *c) {
    void *parameters[] = {a, b, c};
    return cuLaunchKernel(f, blocks, 1, 1, threads, 1, 1, 0, stream, parameters, NULL);
}
