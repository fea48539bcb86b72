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

# The forwarders and the choice of a driver, with the driver made for tests (absent.cmake), and a small
# CUDA recipe.
if(TARGET hc::hc_cu)
    hc_test_program(98_cuda_probe cuda/probe.c)
    target_link_libraries(98_cuda_probe PRIVATE hc::hc_cu m)
endif()
find_package(Threads REQUIRED)
if(TARGET hc::hc_cu AND NOT HC_CUDA STREQUAL "link")
    hc_test_program(test_cuda_forward cuda/forward.c)
    target_link_libraries(test_cuda_forward PRIVATE hc::hc_cu Threads::Threads)
    add_library(fault_layer_cu MODULE cuda/fault_layer.c)
    set_target_properties(fault_layer_cu PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${lib})
    hc_compile_options(fault_layer_cu)
    target_include_directories(fault_layer_cu PRIVATE ${cuda_include} ${cookbook}/common/cuda)
    hc_script_tests(cuda/driver.sh driver AREA cuda.driver)
    if("05_cuda_program" IN_LIST recipes)
        hc_test(cuda.link SLOW COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/link.sh 05_cuda_program)
    endif()
    hc_script_tests(fault/cuda.sh cuda AREA fault.cuda ARGUMENTS $<TARGET_FILE:fault_layer_cu>)
endif()

# Errors of the device functions that come with clang's way; the reference is libquadmath, which gcc
# has on x86. Its header alone is copied, for tools that do not look into gcc's folder.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include/quadmath.h
                OUTPUT_VARIABLE quadmath OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(TARGET hc::hc_cu AND CMAKE_C_COMPILER_ID STREQUAL "GNU" AND EXISTS "${quadmath}")
    configure_file(${quadmath} ${CMAKE_BINARY_DIR}/tests/quadmath/quadmath.h COPYONLY)
    hc_test_program(test_math cuda/math.c)
    target_compile_options(test_math PRIVATE -Wno-pedantic -fno-builtin)
    target_include_directories(test_math SYSTEM PRIVATE ${CMAKE_BINARY_DIR}/tests/quadmath)
    set_target_properties(test_math PROPERTIES C_EXTENSIONS ON)
    target_link_libraries(test_math PRIVATE hc::hc_cu quadmath m)
endif()

# hc_cu_compile, and the PTX that is kept for machines without a compiler.
if(TARGET hc::hc_cu)
    hc_test_program(test_compile cuda/compile.c)
    target_link_libraries(test_compile PRIVATE hc::hc_cu)
    add_library(old_nvrtc MODULE cuda/old_nvrtc.c)
    hc_compile_options(old_nvrtc)
    target_include_directories(old_nvrtc PRIVATE ${cuda_include})
    set_target_properties(old_nvrtc PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
    foreach(case way_nvrtc way_clang way_ptx missing old_driver cubin architecture cache)
        hc_test(cuda.compile.${case} LABELS unit COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/compile.sh ${case}
            $<TARGET_FILE:test_compile> $<TARGET_FILE:old_nvrtc>)
    endforeach()
endif()
hc_test(cuda.kernels.ptx LABELS unit COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/kept_kernels.sh)
add_custom_target(ptx COMMAND sh ${cookbook}/common/cuda/ptx.sh --update VERBATIM)
if(TARGET test_math)
    hc_test(cuda.math LABELS unit TIMEOUT 120 ENVIRONMENT HC_CUDA_COMPILER=set:clang
        COMMAND test_math --device sim)
    hc_test(cuda.math.long REPORT LABELS unit ENVIRONMENT HC_CUDA_COMPILER=set:clang
        COMMAND test_math --device sim -n 200000 --seed 2)
    hc_test(cuda.math.spoilt LABELS unit
        COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/compile.sh math_spoilt $<TARGET_FILE:test_math>)
endif()
