# SPDX-License-Identifier: MIT
# Parity: the same computation in different languages gives the same answer.
set(here ${CMAKE_CURRENT_LIST_DIR})
foreach(n 0 1 31 32 33 1000 65537 1048577) # around a warp, a prime, and 2^20 + 1
    hc_test(parity.vector_sum.n${n} COMMAND sh ${here}/vector_sum.sh size ${n})
endforeach()
foreach(mutant minus last first)
    hc_test(parity.vector_sum.mutant_${mutant} COMMAND sh ${here}/vector_sum.sh mutant ${mutant})
endforeach()

# Random numbers: kernels/philox.h as C is in unit.random; here as OpenCL C and as CUDA C.
hc_test_program(parity_random ${here}/random_cl.c)
target_link_libraries(parity_random PRIVATE hc::hc_cl)
hc_test(parity.random.opencl COMMAND sh ${here}/random.sh opencl $<TARGET_FILE:parity_random>)
hc_test(parity.random.mutant COMMAND sh ${here}/random.sh mutant $<TARGET_FILE:parity_random>)
if(TARGET hc::hc_cu)
    hc_test_program(parity_random_cuda ${here}/random_cu.c)
    target_link_libraries(parity_random_cuda PRIVATE hc::hc_cu)
    foreach(compiler nvrtc clang)
        hc_test(parity.random.cuda_${compiler}
            COMMAND sh ${here}/random.sh cuda $<TARGET_FILE:parity_random_cuda> ${compiler})
    endforeach()
    hc_test(parity.random.cuda_mutant
        COMMAND sh ${here}/random.sh cuda_mutant $<TARGET_FILE:parity_random_cuda>)
endif()

# The matrix products: both kernels, in three languages, bit by bit.
if(TARGET hc::hc_cu)
    hc_test_program(parity_matmul ${here}/matmul.c)
    target_compile_options(parity_matmul PRIVATE -ffp-contract=off)
    target_link_libraries(parity_matmul PRIVATE hc::hc_cl hc::hc_cu)
    foreach(n 0x5x7 5x0x7 5x7x0 1x1x1 31x31x31 32x32x32 33x33x33 1x33x257 127x1x61 61x127x31 100x257x48)
        hc_test(parity.matmul.${n} COMMAND sh ${here}/matmul.sh size $<TARGET_FILE:parity_matmul> ${n})
    endforeach()
    foreach(mutant tail width transposed naive_last naive_pitch naive_guard)
        hc_test(parity.matmul.mutant_${mutant}
            COMMAND sh ${here}/matmul.sh mutant $<TARGET_FILE:parity_matmul> ${mutant})
    endforeach()
endif()

# The kernels of recipes 1 and 2: whole numbers, and floats without contraction, so equal.
if("01_heterogeneous_computing" IN_LIST recipes)
    foreach(n 0x7 1x1 31x33 32x32 33x31 1009x3 256x257)
        hc_test(parity.mandelbrot.${n} COMMAND sh ${here}/exact.sh mandelbrot size ${n})
    endforeach()
    foreach(mutant add fused last_pixel)
        hc_test(parity.mandelbrot.mutant_${mutant} COMMAND sh ${here}/exact.sh mandelbrot mutant ${mutant})
    endforeach()
endif()
if("02_gpu_architecture" IN_LIST recipes)
    foreach(kernel stride divergence tick)
        foreach(n 0 1 31 32 33 1009 65537)
            hc_test(parity.${kernel}.n${n} COMMAND sh ${here}/exact.sh ${kernel} size ${n})
        endforeach()
    endforeach()
    foreach(mutant stride:transposed stride:last divergence:path divergence:step tick:twice)
        string(REPLACE ":" ";" mutant ${mutant})
        list(GET mutant 0 kernel)
        list(GET mutant 1 name)
        hc_test(parity.${kernel}.mutant_${name} COMMAND sh ${here}/exact.sh ${kernel} mutant ${name})
    endforeach()
endif()

# The matrix that is doubled, and who is who in an index space: CUDA C, OpenCL C and C.
if(TARGET hc::hc_cu)
    hc_test_program(parity_double_matrix ${here}/double_matrix.c)
    target_link_libraries(parity_double_matrix PRIVATE hc::hc_cl hc::hc_cu)
    foreach(size 0x0 0x5 1x1 31x31 32x32 33x33 31x33 5x4 1009x3 3x1009 257x127)
        hc_test(parity.double_matrix.n${size}
            COMMAND sh ${here}/double_matrix.sh $<TARGET_FILE:parity_double_matrix> size ${size})
    endforeach()
    foreach(language cu cl)
        hc_test(parity.double_matrix.mutant_${language}
            COMMAND sh ${here}/double_matrix.sh $<TARGET_FILE:parity_double_matrix> mutant ${language})
    endforeach()
endif()
if("03_gpu_programming" IN_LIST recipes)
    foreach(size 0 1 31 32 33 1009 31x33 33x31 9x5x3 17x1x7)
        hc_test(parity.who_am_i.n${size} COMMAND sh ${here}/who_am_i.sh size ${size})
    endforeach()
    foreach(language cu cl)
        hc_test(parity.who_am_i.mutant_${language} COMMAND sh ${here}/who_am_i.sh mutant ${language})
    endforeach()
endif()

# The kernels of chapter 10, as twins and in the shapes that CPUs and GPUs like.
if(TARGET hc::hc_cu)
    hc_test_program(parity_tuned ${here}/tuned.c)
    target_compile_options(parity_tuned PRIVATE -ffp-contract=off)
    target_link_libraries(parity_tuned PRIVATE hc::hc_cl hc::hc_cu m)
    foreach(kernel reduction map stencil matmul)
        hc_test(parity.tuned.${kernel} COMMAND sh ${here}/tuned.sh $<TARGET_FILE:parity_tuned> size ${kernel})
    endforeach()
    foreach(check magnitudes oclgrind check)
        hc_test(parity.tuned.${check} COMMAND sh ${here}/tuned.sh $<TARGET_FILE:parity_tuned> ${check})
    endforeach()
    foreach(mutant reduction_rest reduction_end reduction_tree reduction_shuffle reduction_rest_cuda map_sign
                   map_coefficient map_large map_scale stencil_edge stencil_rest stencil_tile matmul_depth
                   matmul_edge matmul_rows matmul_cuda)
        hc_test(parity.tuned.mutant_${mutant}
            COMMAND sh ${here}/tuned.sh $<TARGET_FILE:parity_tuned> mutant ${mutant})
    endforeach()
endif()
