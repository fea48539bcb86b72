# SPDX-License-Identifier: MIT
# ./cook sim: each function sim_CASE of the script is a test. The programs are those of observe/ and
# check/, and one that loads the library by name.
add_executable(test_cusim_load ${CMAKE_CURRENT_LIST_DIR}/load.c)
hc_compile_options(test_cusim_load)
target_include_directories(test_cusim_load PRIVATE ${cookbook}/common/cuda/include)
target_link_libraries(test_cusim_load PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(test_cusim_load PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/sim.sh)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/sim.sh lines REGEX "^sim_[a-z_]+\\(\\)")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "^sim_([a-z_]+).*" "\\1" case "${line}")
    hc_test(cusim.sim.${case}
        COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/sim.sh ${case} $<TARGET_FILE:test_cusim_load>
                $<TARGET_FILE:test_cusim_counts> ${cusim_tests}/observe/counts.ptx
                $<TARGET_FILE:test_cusim_faults> ${cusim_tests}/check/faults.ptx)
endforeach()
