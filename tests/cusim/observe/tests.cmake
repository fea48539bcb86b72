# SPDX-License-Identifier: MIT
# The numbers of CUSIM_STATS: exact for kernels whose counts are known, and how they are shown.
hc_cusim_program(test_cusim_counts ${CMAKE_CURRENT_LIST_DIR}/counts.c)
set(counts_ptx ${CMAKE_CURRENT_LIST_DIR}/counts.ptx)
hc_test(cusim.observe.counts COMMAND test_cusim_counts ${counts_ptx})
hc_test(cusim.observe.shown
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/shown.sh $<TARGET_FILE:test_cusim_counts> ${counts_ptx})
