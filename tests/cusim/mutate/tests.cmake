# SPDX-License-Identifier: MIT
# The tests of the instructions, put to the test: a row that is broken on purpose must be noticed.
hc_test(cusim.mutate SLOW TIMEOUT 1200
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/mutate.sh $<TARGET_FILE:test_cusim_ops>)
