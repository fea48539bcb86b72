# SPDX-License-Identifier: MIT
# Reductions and scans of recipe 9's engine; see the files' own words.
#   parity.elementwise.reduce.DEVICE, .scan.DEVICE   against plain C. DEVICE: opencl; sim
#                       (cusim, with its memory check); host (C)
#   parity.elementwise.examples.DEVICE               the worked examples verify themselves
#   unit.elementwise.fold_refused.DEVICE             what is refused, and in which words
#   parity.elementwise.fold.oclgrind                 without a word from oclgrind's checkers;
#                       the kernels for CPUs, and those for GPUs, of OpenCL
set(here ${CMAKE_CURRENT_LIST_DIR})
# Leaks are looked for on the host: PoCL's compiler leaks, and with NVRTC's threads the search
# itself was seen to crash.
set(no_leaks ASAN_OPTIONS=set:detect_leaks=0)
foreach(name reduce scan fold_refused examples)
    hc_test_program(elementwise_${name} ${here}/${name}.c)
    target_link_libraries(elementwise_${name} PRIVATE hc_elementwise m)
    target_compile_options(elementwise_${name} PRIVATE -ffp-contract=off)
endforeach()
# The examples, which are part of the recipe's program, not of the engine.
file(GLOB examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/recipes/09_elementwise/examples/*.c)
target_sources(elementwise_examples PRIVATE ${examples})
foreach(name reduce scan examples)
    hc_test(parity.elementwise.${name}.host COMMAND elementwise_${name} host)
    if(TARGET hc::hc_cl)
        hc_test(parity.elementwise.${name}.opencl TIMEOUT 180 ENVIRONMENT ${no_leaks}
            COMMAND elementwise_${name} opencl)
        if(NOT name STREQUAL "examples")
            hc_test(parity.elementwise.${name}.large SLOW ENVIRONMENT ${no_leaks}
                COMMAND elementwise_${name} opencl large)
        endif()
    endif()
    if(TARGET hc::hc_cu AND TARGET cusim)
        hc_test(parity.elementwise.${name}.sim ENVIRONMENT CUSIM_CHECK=set:memory ${no_leaks}
            COMMAND elementwise_${name} sim)
    endif()
endforeach()
hc_test(unit.elementwise.fold_refused.host COMMAND elementwise_fold_refused host)
if(TARGET hc::hc_cl)
    hc_test(unit.elementwise.fold_refused.opencl ENVIRONMENT ${no_leaks}
        COMMAND elementwise_fold_refused opencl)
    hc_test(parity.elementwise.fold.oclgrind TIMEOUT 120 COMMAND sh ${here}/fold_oclgrind.sh
        $<TARGET_FILE:elementwise_reduce> $<TARGET_FILE:elementwise_scan>)
endif()
if(TARGET hc::hc_cu AND TARGET cusim)
    hc_test(unit.elementwise.fold_refused.sim ENVIRONMENT ${no_leaks}
        COMMAND elementwise_fold_refused sim)
endif()
