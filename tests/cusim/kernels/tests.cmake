# SPDX-License-Identifier: MIT
# Whole kernels: those of tests/cuda/kernels, by every compiler that is there, and hand-written ones
# whose threads wait for each other.
set(here_kernels ${CMAKE_CURRENT_LIST_DIR})
hc_cusim_program(test_cusim_kernels ${here_kernels}/main.c ${here_kernels}/table.c)
hc_cusim_program(test_cusim_progress ${here_kernels}/progress.c)
hc_cusim_program(test_cusim_grid ${here_kernels}/grid.c)
hc_test(cusim.kernels.kept COMMAND test_cusim_kernels ${cookbook}/tests/cuda/ptx)
foreach(arch 75 90)
    hc_test(cusim.kernels.nvrtc_${arch} TIMEOUT 120 ENVIRONMENT CUSIM_CC=set:9.0
        COMMAND sh ${here_kernels}/compiled.sh nvrtc $<TARGET_FILE:test_nvrtc> ${arch}
                $<TARGET_FILE:test_cusim_kernels>)
endforeach()
foreach(arch 60 75)
    hc_test(cusim.kernels.clang_${arch} TIMEOUT 120
        COMMAND sh ${here_kernels}/compiled.sh clang clang ${arch}
                $<TARGET_FILE:test_cusim_kernels>)
endforeach()
hc_test(cusim.kernels.cooperative
    COMMAND sh ${here_kernels}/cooperative.sh $<TARGET_FILE:test_nvrtc>
            $<TARGET_FILE:test_cusim_grid>)
hc_test(cusim.kernels.equal
    COMMAND sh ${here_kernels}/equal.sh $<TARGET_FILE:test_cusim_kernels>)

# Each case of progress.c is a test, once on many threads of the host and once on one.
file(STRINGS ${here_kernels}/progress.c lines REGEX "^    {\"[a-z_0-9]+\", [0-9]+, [0-9]+, 0,")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "^    {\"([a-z_0-9]+)\".*" "\\1" case "${line}")
    foreach(threads 1 4)
        hc_test(cusim.kernels.${case}_${threads} TIMEOUT 30
            COMMAND sh ${here_kernels}/progress.sh $<TARGET_FILE:test_cusim_progress> ${case}
                    ${threads})
    endforeach()
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${here_kernels}/progress.c)
