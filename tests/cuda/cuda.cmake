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

# The forwarders and the choice of a driver, with a driver that is none; and a small CUDA recipe.
if(TARGET hc::hc_cu)
    hc_test_program(98_cuda_probe cuda/probe.c)
    target_link_libraries(98_cuda_probe PRIVATE hc::hc_cu m)
endif()
if(TARGET hc::hc_cu AND NOT HC_CUDA STREQUAL "link")
    hc_test_program(test_cuda_forward cuda/forward.c)
    target_link_libraries(test_cuda_forward PRIVATE hc::hc_cu Threads::Threads)
    add_library(fake_driver SHARED cuda/fake_driver.c)
    set_target_properties(fake_driver PROPERTIES OUTPUT_NAME cuda VERSION 1 SOVERSION 1
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/lib/fake_driver)
    add_library(fault_layer_cu MODULE cuda/fault_layer.c)
    set_target_properties(fault_layer_cu PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${lib})
    foreach(target IN ITEMS fake_driver fault_layer_cu)
        hc_compile_options(${target})
        target_include_directories(${target} PRIVATE ${cuda_include} ${cookbook}/common/cuda)
    endforeach()
    hc_script_tests(cuda/driver.sh driver AREA cuda.driver)
    hc_script_tests(fault/cuda.sh cuda AREA fault.cuda ARGUMENTS $<TARGET_FILE:fault_layer_cu>)
endif()
