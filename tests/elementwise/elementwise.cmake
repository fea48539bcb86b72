# SPDX-License-Identifier: MIT
# The engine of recipe 9, on OpenCL, on the software CUDA device (with its memory check), and as C by
# the C compiler:
#   parity.elementwise.types.DEVICE     every type calculates as plain C does
#   parity.elementwise.ranges.DEVICE    sizes, ranges, strides, views, in place
#   parity.elementwise.random.DEVICE    random expressions, bit for bit as a walk over their trees
#   unit.elementwise.refused.DEVICE     what is wrong is refused before a launch, and says why
#   unit.elementwise.cache.DEVICE       a spoilt cache, and several that build at once
set(here ${CMAKE_CURRENT_LIST_DIR})
set(devices host)
if(TARGET hc::hc_cl)
    list(APPEND devices opencl)
endif()
if(TARGET hc::hc_cu AND TARGET cusim)
    list(APPEND devices sim)
endif()
foreach(name types ranges random refused cache)
    hc_test_program(elementwise_${name} ${here}/${name}.c)
    target_link_libraries(elementwise_${name} PRIVATE hc_elementwise hc::hc_files m)
    target_compile_options(elementwise_${name} PRIVATE -ffp-contract=off)
endforeach()
foreach(device IN LISTS devices)
    set(how ENVIRONMENT CUSIM_CHECK=set:memory)
    if(device STREQUAL "opencl") # PoCL's compiler leaks
        set(how ENVIRONMENT ASAN_OPTIONS=set:detect_leaks=0)
    endif()
    foreach(name types ranges random)
        hc_test(parity.elementwise.${name}.${device} ${how} COMMAND elementwise_${name} ${device})
    endforeach()
    foreach(name refused cache)
        hc_test(unit.elementwise.${name}.${device} ${how} COMMAND elementwise_${name} ${device})
    endforeach()
endforeach()
if(TARGET hc::hc_cl) # the kernels for GPUs, on the CPU
    hc_test(parity.elementwise.ranges.strides ENVIRONMENT ASAN_OPTIONS=set:detect_leaks=0
        COMMAND elementwise_ranges strides)
endif()
