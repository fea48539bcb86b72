# SPDX-License-Identifier: MIT
# Every instruction of ops.def, against values computed in plain C; each group of cases is a test.
set(here_ops ${CMAKE_CURRENT_LIST_DIR})
file(GLOB ops_sources CONFIGURE_DEPENDS ${here_ops}/*.c)
hc_cusim_program(test_cusim_ops ${ops_sources})
foreach(group int logic compare convert float half move memory atomic warp control)
    hc_test(cusim.ops.${group} COMMAND test_cusim_ops ${group})
endforeach()
# One thread, plain C: the other ways through the executors.
hc_test(cusim.ops.plain SLOW COMMAND test_cusim_ops
    ENVIRONMENT CUSIM_ISA=set:plain CUSIM_THREADS=set:1)
hc_test(cusim.ops.v3 SLOW COMMAND sh ${here_ops}/isa.sh $<TARGET_FILE:test_cusim_ops> x86-64-v3)
hc_test(cusim.ops.coverage COMMAND sh ${here_ops}/coverage.sh $<TARGET_FILE:test_cusim_ops>)
hc_test(cusim.ops.ptxas SLOW COMMAND sh ${here_ops}/ptxas.sh $<TARGET_FILE:test_cusim_ops>)
