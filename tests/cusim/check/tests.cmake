# SPDX-License-Identifier: MIT
# The memory check of cusim: each function check_CASE of the script is a test.
hc_cusim_program(test_cusim_faults ${CMAKE_CURRENT_LIST_DIR}/faults.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/check.sh)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/check.sh lines REGEX "^check_[a-z_]+\\(\\)")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "^check_([a-z_]+).*" "\\1" case "${line}")
    hc_test(cusim.check.${case}
        COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/check.sh ${case} $<TARGET_FILE:test_cusim_faults>
                ${CMAKE_CURRENT_LIST_DIR}/faults.ptx)
endforeach()
