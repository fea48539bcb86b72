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
