# SPDX-License-Identifier: MIT
# The PTX parser: right and wrong input, compilers' output, speed, and a fuzzer. The tests are built
# with the parser's own sources.
set(front ${CMAKE_CURRENT_LIST_DIR})
file(GLOB front_parser CONFIGURE_DEPENDS ${cookbook}/common/cusim/ptx_*.c)
list(APPEND front_parser ${cookbook}/common/cusim/ops.c ${cookbook}/common/cusim/arena.c)
file(GLOB front_tests CONFIGURE_DEPENDS ${front}/*.c)
list(REMOVE_ITEM front_tests ${front}/fuzz.c)
add_executable(test_cusim_front ${front_tests} ${front_parser})
hc_compile_options(test_cusim_front)
target_compile_options(test_cusim_front PRIVATE -fno-strict-aliasing)
target_compile_definitions(test_cusim_front PRIVATE _GNU_SOURCE)
target_include_directories(test_cusim_front PRIVATE ${cookbook}/common/cusim)
target_link_libraries(test_cusim_front PRIVATE Threads::Threads)
set_target_properties(test_cusim_front PROPERTIES C_EXTENSIONS ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)

foreach(case bad limits module operands opcodes)
    hc_test(cusim.front.${case} COMMAND test_cusim_front ${case})
endforeach()
file(GLOB front_ptx CONFIGURE_DEPENDS ${cookbook}/tests/cuda/ptx/*.ptx)
foreach(case files truncated)
    hc_test(cusim.front.${case} COMMAND test_cusim_front ${case} ${front_ptx})
endforeach()
if(sanitizer STREQUAL "none" AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    hc_test(cusim.front.speed COMMAND test_cusim_front speed ${front_ptx} PROPERTIES RUN_SERIAL ON)
endif()
hc_test(cusim.front.clang TIMEOUT 120
    COMMAND sh ${front}/clang.sh $<TARGET_FILE:test_cusim_front> clang)
hc_test(cusim.front.fuzz SLOW COMMAND sh ${front}/fuzz.sh)
