// SPDX-License-Identifier: MIT
/* One step of n bodies that attract each other; .w of a position is the mass. Exercises: float4,
 * shared arrays of a struct, rsqrtf. Shapes: from, to, velocity are n float4.
 * Launch: blocks of 128 threads, one thread per body. Shared: 2,048 bytes. */
extern "C" __global__ void nbody(float4 *to, float4 *velocity, const float4 *from, int n, float dt,
                                 float softening) {
    __shared__ float4 others[128];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 me = i < n ? from[i] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    float ax = 0.0f, ay = 0.0f, az = 0.0f;
    for (int base = 0; base < n; base += 128) {
        int k = base + (int)threadIdx.x;
        others[threadIdx.x] = k < n ? from[k] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        __syncthreads();
        for (int j = 0; j < 128; j++) {
            float dx = others[j].x - me.x, dy = others[j].y - me.y, dz = others[j].z - me.z;
            float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + softening);
            float pull = others[j].w * inverse * inverse * inverse;
            ax += pull * dx;
            ay += pull * dy;
            az += pull * dz;
        }
        __syncthreads();
    }
    if (i >= n) return;
    float4 v = velocity[i];
    v.x += dt * ax;
    v.y += dt * ay;
    v.z += dt * az;
    velocity[i] = v;
    to[i] = make_float4(me.x + dt * v.x, me.y + dt * v.y, me.z + dt * v.z, me.w);
}
