# SPDX-License-Identifier: MIT
# The contract: what a driver answers to misuse. The program opens the driver that it is given, so
# that the same rows can be run against a GPU's: contract.c says how.
add_executable(test_cusim_contract ${CMAKE_CURRENT_LIST_DIR}/contract.c)
hc_compile_options(test_cusim_contract)
target_include_directories(test_cusim_contract PRIVATE ${cookbook}/common/cuda/include)
target_link_libraries(test_cusim_contract PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(test_cusim_contract PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/bin)
add_dependencies(test_cusim_contract cusim)
hc_test(cusim.contract.cusim COMMAND test_cusim_contract $<TARGET_FILE:cusim>)
hc_test(cusim.contract.gpu ALL_DEVICES LABELS gpu TIMEOUT 300 COMMAND test_cusim_contract)
