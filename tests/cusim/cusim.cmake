# SPDX-License-Identifier: MIT
# Tests of cusim, the software CUDA device; each folder brings its own list. Programs here are plain
# driver-API programs that link libcuda.so.1 as a user's would, unless their list says otherwise.
find_package(Threads REQUIRED)
set(cusim_tests ${CMAKE_CURRENT_LIST_DIR})
file(GLOB cusim_lists CONFIGURE_DEPENDS ${cusim_tests}/*/tests.cmake)

# hc_cusim_program(name sources...) - a program that sees cuda.h and libcuda.so.1, nothing else.
function(hc_cusim_program name)
    add_executable(${name} ${ARGN})
    hc_compile_options(${name})
    target_include_directories(${name} PRIVATE ${cookbook}/common/cuda/include)
    target_link_libraries(${name} PRIVATE cusim m)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
endfunction()

foreach(list IN LISTS cusim_lists)
    include(${list})
endforeach()
