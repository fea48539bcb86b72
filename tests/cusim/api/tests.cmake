# SPDX-License-Identifier: MIT
# The driver API, call by call and under load: plain programs, results compared with plain C.
set(cusim_api ${CMAKE_CURRENT_LIST_DIR})
function(hc_cusim_api name)
    hc_cusim_program(test_cusim_${name} ${cusim_api}/${name}.c ${cusim_api}/api.c)
    target_link_libraries(test_cusim_${name} PRIVATE Threads::Threads)
endfunction()

foreach(name streams events copies memory modules threads)
    hc_cusim_api(${name})
    hc_test(cusim.api.${name} COMMAND test_cusim_${name})
    hc_test(cusim.api.${name}_inorder COMMAND test_cusim_${name}
            ENVIRONMENT CUSIM_SCHEDULE=set:inorder TEST_ONE_AT_A_TIME=set:1)
endforeach()
hc_test(cusim.api.streams_one_thread ENVIRONMENT CUSIM_THREADS=set:1 TEST_ONE_AT_A_TIME=set:1
        COMMAND test_cusim_streams)
hc_test(cusim.api.threads_seven ENVIRONMENT CUSIM_THREADS=set:7 COMMAND test_cusim_threads)

hc_cusim_api(contexts)
hc_test(cusim.api.contexts ENVIRONMENT CUSIM_DEVICES=set:2 COMMAND test_cusim_contexts)

hc_cusim_api(limits)
foreach(way limits deep)
    hc_test(cusim.api.limits_${way} COMMAND test_cusim_limits ${way})
endforeach()
hc_test(cusim.api.limits_timeout ENVIRONMENT CUSIM_TIMEOUT=set:1
        COMMAND test_cusim_limits timeout)

hc_cusim_api(ending)
foreach(way running queued callback waiting freeing unloading synchronizing)
    hc_test(cusim.api.ending_${way} TIMEOUT 20 COMMAND test_cusim_ending ${way})
    hc_test(cusim.api.ending_${way}_one_thread TIMEOUT 20 ENVIRONMENT CUSIM_THREADS=set:1
            COMMAND test_cusim_ending ${way})
endforeach()
hc_test(cusim.api.ending_closed TIMEOUT 20
        COMMAND test_cusim_ending closed $<TARGET_FILE:cusim>)

hc_cusim_program(test_cusim_table ${cusim_api}/table.c)
target_link_libraries(test_cusim_table PRIVATE ${CMAKE_DL_LIBS})
hc_test(cusim.api.table COMMAND test_cusim_table $<TARGET_FILE:cusim>)

hc_cusim_api(vector_add)
hc_test(cusim.api.vector_add
        COMMAND test_cusim_vector_add ${cookbook}/tests/cuda/ptx/vector_add.ptx)
hc_cusim_api(latency)
hc_test(cusim.api.latency COMMAND test_cusim_latency 0)
