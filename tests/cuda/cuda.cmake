# SPDX-License-Identifier: MIT
# Tests of common/cuda: the headers' ABI, and kernels compiled by every compiler that is there. The
# device and the forwarders that run them have tests of their own.
set(cuda_include ${cookbook}/common/cuda/include)

hc_test_program(test_cuda_def cuda/def.c)
target_include_directories(test_cuda_def PRIVATE ${cuda_include})
hc_test(cuda.def LABELS unit COMMAND test_cuda_def)
hc_test(cuda.abi LABELS unit COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/abi.sh)

hc_test_program(test_nvrtc cuda/nvrtc.c)
target_include_directories(test_nvrtc PRIVATE ${cuda_include})
target_link_libraries(test_nvrtc PRIVATE ${CMAKE_DL_LIBS})
hc_test(cuda.kernels.nvrtc LABELS unit TIMEOUT 120
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/nvrtc.sh $<TARGET_FILE:test_nvrtc>)
hc_test(cuda.kernels.kept LABELS unit COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/kept.sh)

# The clang that PATH means is for every day; other versions that are there, for the long run.
hc_test(cuda.kernels.clang LABELS unit TIMEOUT 120
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/clang.sh clang)
foreach(version RANGE 14 30)
    find_program(cuda_clang_${version} clang-${version})
    mark_as_advanced(cuda_clang_${version})
    if(cuda_clang_${version})
        hc_test(cuda.kernels.clang_${version} SLOW LABELS unit
            COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/clang.sh ${cuda_clang_${version}})
    endif()
endforeach()

# The forwarders and the choice of a driver.
if(TARGET hc::hc_cu)
    hc_test_program(98_cuda_probe cuda/probe.c)
    target_link_libraries(98_cuda_probe PRIVATE hc::hc_cu m)
endif()

# A driver made for tests: libcuda.so.1 in a folder that LD_LIBRARY_PATH can name. Why there is no GPU.
add_library(test_fake_driver SHARED cuda/fake_driver.c)
hc_compile_options(test_fake_driver)
target_include_directories(test_fake_driver PRIVATE ${cuda_include})
set_target_properties(test_fake_driver PROPERTIES OUTPUT_NAME cuda SUFFIX .so.1
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)
if("04_cuda_device_query" IN_LIST recipes)
    hc_test(cuda.absent COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/absent.sh ${bin}/04_cuda_device_query)
endif()

# The layer behind --explain.
if(TARGET hc_explain_cu AND TARGET cusim)
    hc_test_program(test_explain_cu explain/cuda/calls.c)
    target_link_libraries(test_explain_cu PRIVATE hc::hc_cu)
    add_library(test_explain_apart MODULE explain/cuda/apart.c)
    hc_compile_options(test_explain_apart)
    target_include_directories(test_explain_apart PRIVATE ${cuda_include})
    set_target_properties(test_explain_apart PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${lib})
    hc_test(explain.cuda COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/explain/cuda/calls.sh)
endif()
