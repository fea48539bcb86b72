# SPDX-License-Identifier: MIT
# Control flow, calls, barriers, progress and deadlocks of cusim. The cases of failure.c end their
# process's context, so that each is a test of its own.
file(GLOB core_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.c)
hc_cusim_program(test_cusim_core ${core_sources})
foreach(area divergence calls barriers sync device link big)
    hc_test(cusim.core.${area} TIMEOUT 240 COMMAND test_cusim_core ${area})
endforeach()
# Spinning takes its time, and minutes under the thread sanitizer.
hc_test(cusim.core.progress SLOW COMMAND test_cusim_core progress)
# One thread must be able to do all that several do.
foreach(area barriers progress)
    hc_test(cusim.core.${area}_inorder SLOW COMMAND test_cusim_core ${area}
        ENVIRONMENT CUSIM_SCHEDULE=set:inorder CUSIM_THREADS=set:1 CUSIM_SMS=set:2
                    CUSIM_ISA=set:plain)
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/failure.c)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/failure.c lines REGEX "^    {\"[a-z_0-9]+\",$")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "^    {\"([a-z_0-9]+)\",$" "\\1" case "${line}")
    hc_test(cusim.core.failure_${case} COMMAND test_cusim_core failure ${case}
        ENVIRONMENT CUSIM_DEADLOCK_SECONDS=set:0)
endforeach()
