# SPDX-License-Identifier: MIT
# Unit tests of common/hc with cmocka: each file test_NAME.c is a program and the test unit.NAME.
# test_cl_NAME.c needs OpenCL, test_bench.c the bench runner, which adds it where that is built.
find_package(cmocka QUIET)
find_path(CMOCKA_INCLUDE cmocka.h)
find_library(CMOCKA_LIBRARY cmocka)
file(GLOB unit_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.c)
foreach(source IN LISTS unit_sources)
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "^test_" "" name ${name})
    if(name STREQUAL "bench" OR (name MATCHES "^cl_" AND NOT TARGET hc::hc_cl)
       OR (name MATCHES "^cu_" AND NOT TARGET hc::hc_cu))
        continue()
    endif()
    if(NOT CMOCKA_INCLUDE OR NOT CMOCKA_LIBRARY)
        hc_test(unit.${name} COMMAND sh -c "echo 'skipped: cmocka was not there when CMake ran (Debian: libcmocka-dev)'; exit 77")
        continue()
    endif()
    hc_test_program(test_${name} ${source})
    target_include_directories(test_${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE} ${CJSON_INCLUDE})
    target_link_libraries(test_${name} PRIVATE hc::hc_files ${CMOCKA_LIBRARY} m)
    if(name MATCHES "^cl_")
        target_link_libraries(test_${name} PRIVATE hc::hc_cl)
    endif()
    if(name MATCHES "^cu_")
        target_link_libraries(test_${name} PRIVATE hc::hc_cu)
    endif()
    hc_test(unit.${name} COMMAND test_${name})
endforeach()

# The checkers of results must reject what is wrong: the schema, and the expectations of the
# scripts.
hc_test(unit.schema COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/schema_selftest.sh)
hc_test(unit.expectations COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/lib_selftest.sh)

if(TARGET hc::hc_cu)
    hc_test(unit.cu_error_table COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/cu_error_table.sh)
endif()
if(TARGET hc::hc_cl)
    hc_test(unit.cl_error_table COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/cl_error_table.sh)
endif()

# A recipe without an API that ends in each way on demand.
hc_test_program(99_fake ${CMAKE_CURRENT_LIST_DIR}/fake.c)
hc_test(unit.endings COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/endings.sh $<TARGET_FILE:99_fake>)
hc_test(unit.progress COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/progress.sh $<TARGET_FILE:99_fake>)
