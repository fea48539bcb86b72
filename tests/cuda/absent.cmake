# SPDX-License-Identifier: MIT
# A driver made for tests, libcuda.so.1 in a folder that LD_LIBRARY_PATH can name; why there is no GPU;
# and the layer behind --explain.
set(cuda_include ${cookbook}/common/cuda/include)
add_library(test_fake_driver SHARED cuda/fake_driver.c)
hc_compile_options(test_fake_driver)
target_include_directories(test_fake_driver PRIVATE ${cuda_include})
set_target_properties(test_fake_driver PROPERTIES OUTPUT_NAME cuda SUFFIX .so.1
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)
if("04_cuda_device_query" IN_LIST recipes AND NOT HC_CUDA STREQUAL "link")
    hc_test(cuda.absent COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/absent.sh ${bin}/04_cuda_device_query)
endif()

if(TARGET hc_explain_cu AND TARGET cusim)
    hc_test_program(test_explain_cu explain/cuda/calls.c)
    target_link_libraries(test_explain_cu PRIVATE hc::hc_cu)
    add_library(test_explain_apart MODULE explain/cuda/apart.c)
    hc_compile_options(test_explain_apart)
    target_include_directories(test_explain_apart PRIVATE ${cuda_include})
    set_target_properties(test_explain_apart PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${lib})
    hc_test(explain.cuda COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/explain/cuda/calls.sh)
endif()
