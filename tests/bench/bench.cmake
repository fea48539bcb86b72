# SPDX-License-Identifier: MIT
# Tests of the bench runner: its arithmetic (unit/test_bench.c) and its program, script by script.
# None of them asserts on a time, and none needs a network.
if(TARGET hc_bench_core AND CMOCKA_INCLUDE AND CMOCKA_LIBRARY)
    hc_test_program(test_bench ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_bench.c)
    target_include_directories(test_bench SYSTEM PRIVATE ${CMOCKA_INCLUDE})
    target_link_libraries(test_bench PRIVATE hc_bench_core ${CMOCKA_LIBRARY} m)
    hc_test(unit.bench COMMAND test_bench)
endif()
if(TARGET hc_bench)
    file(GLOB bench_scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.sh)
    foreach(script IN LISTS bench_scripts)
        get_filename_component(name ${script} NAME_WE)
        hc_test(unit.bench.${name} TIMEOUT 120 COMMAND sh ${script} $<TARGET_FILE:hc_bench>)
    endforeach()
endif()
