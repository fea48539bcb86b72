// SPDX-License-Identifier: MIT
/* Every atomic, of every width, on places of their own. Exercises: what its name says, and fences.
 * Shapes: i is 9 ints, u is 11 unsigned ints, w is 10 unsigned long longs, s is 2 long longs, f is
 * 2 floats, d is 1 double. Launch: any; thread t brings the value t. */
extern "C" __global__ void atomics(int *i, unsigned int *u, unsigned long long *w, long long *s,
                                   float *f, double *d) {
    unsigned int t = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned long long wide = (unsigned long long)t << 33 | t;
    atomicAdd(&i[0], (int)t);
    atomicSub(&i[1], (int)t);
    atomicMin(&i[2], -(int)t);
    atomicMax(&i[3], (int)t);
    atomicAnd(&i[4], ~(int)(t & 0xffu));
    atomicOr(&i[5], (int)t);
    atomicXor(&i[6], (int)t);
    atomicExch(&i[7], (int)t);
    atomicCAS(&i[8], 0, (int)t + 1);
    atomicAdd(&u[0], t);
    atomicSub(&u[1], t);
    atomicMin(&u[2], t);
    atomicMax(&u[3], t);
    atomicAnd(&u[4], ~(t & 0xffu));
    atomicOr(&u[5], t);
    atomicXor(&u[6], t);
    atomicExch(&u[7], t);
    atomicCAS(&u[8], 0u, t + 1u);
    atomicInc(&u[9], 6u);
    atomicDec(&u[10], 6u);
    atomicAdd(&w[0], wide);
    atomicMin(&w[1], wide);
    atomicMax(&w[2], wide);
    atomicAnd(&w[3], ~wide);
    atomicOr(&w[4], wide);
    atomicXor(&w[5], wide);
    atomicExch(&w[6], wide);
    atomicCAS(&w[7], 0ull, wide + 1ull);
    atomicMin(&s[0], -(long long)wide);
    atomicMax(&s[1], (long long)wide);
    atomicAdd(&f[0], 0.5f);
    atomicExch(&f[1], (float)t);
    atomicAdd(&d[0], 0.25);
    __threadfence_block();
    __threadfence();
    w[8] = 1;
    __threadfence_system();
    /* A lock by compare and swap, one lane of a block at a time. */
    if (threadIdx.x == 0) {
        while (atomicCAS((unsigned int *)&w[9], 0u, 1u) != 0u) {
        }
        __threadfence();
        *(volatile unsigned long long *)&w[8] += 1ull;
        __threadfence();
        atomicExch((unsigned int *)&w[9], 0u);
    }
}
