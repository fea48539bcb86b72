# SPDX-License-Identifier: MIT
# The tests that every recipe gets by being there:
#   .pocl       a small run on the CPU must verify
#   .gpu        the same on a GPU, skipped where there is none
#   .oclgrind   the same in the simulator, in three passes, without a word from its checkers
#   .sim        on cusim, the software CUDA device
#   .check      the same, watched by cusim's checks, without a word from them
#   .gpu        the same on an NVIDIA GPU, skipped where there is none; .gpu_cuda for a recipe that
#               has OpenCL, too
#   .c          by the host alone, for a recipe that has no OpenCL to be the CPU and does compute
#   .leaks      in the AddressSanitizer build: the same releases all that it took
#   .schema     --json is valid for success and for errors
#   .units      its parts by themselves: tests/recipes/NN_units.c
#   .behaviour  its own script tests/recipes/NAME.sh, called with the program and the layer that
#               was made of tests/recipes/NN_layer.c, if there is one
set(here ${CMAKE_CURRENT_LIST_DIR})
if(TARGET hc::hc_cl)
    hc_test_program(find_gpu ${here}/find_gpu.c)
    target_link_libraries(find_gpu PRIVATE hc::hc_cl)
endif()

# What a simulator, a thousand times slower, is spared, beyond a small size.
set(less_12_work_sharing --radius 1 --limit 50)

foreach(recipe IN LISTS recipes)
    get_property(apis GLOBAL PROPERTY HC_RECIPE_APIS_${recipe})
    hc_test(recipe.${recipe}.schema COMMAND sh ${here}/schema.sh ${recipe})
    if("OpenCL" IN_LIST apis)
        hc_test(recipe.${recipe}.pocl COMMAND sh ${here}/verified.sh ${recipe} cpu)
        if(sanitizer STREQUAL "address")
            hc_test(recipe.${recipe}.leaks COMMAND sh ${here}/verified.sh ${recipe} leaks)
        endif()
        hc_test(recipe.${recipe}.gpu ALL_DEVICES LABELS gpu
            COMMAND sh ${here}/verified.sh ${recipe} gpu $<TARGET_FILE:find_gpu>)
        hc_test(recipe.${recipe}.oclgrind
            COMMAND sh ${here}/oclgrind.sh ${bin}/${recipe} --repeat 1 --device opencl ${less_${recipe}})
    endif()
    if("CUDA" IN_LIST apis)
        hc_test(recipe.${recipe}.sim COMMAND sh ${here}/verified.sh ${recipe} sim)
        hc_test(recipe.${recipe}.check COMMAND sh ${here}/verified.sh ${recipe} check)
        set(gpu gpu)
        if("OpenCL" IN_LIST apis)
            set(gpu gpu_cuda)
        endif()
        hc_test(recipe.${recipe}.${gpu} ALL_DEVICES LABELS gpu
            COMMAND sh ${here}/verified.sh ${recipe} cuda)
    endif()
    if(apis AND NOT "OpenCL" IN_LIST apis)
        hc_test(recipe.${recipe}.c COMMAND sh ${here}/verified.sh ${recipe} host)
    endif()
    set(layer "")
    string(SUBSTRING ${recipe} 0 2 number)
    if(EXISTS ${here}/${number}_layer.c AND TARGET hc::hc_cl)
        hc_test_layer(test_${number}_layer ${here}/${number}_layer.c)
        set(layer $<TARGET_FILE:test_${number}_layer>)
    endif()
    if(EXISTS ${here}/${number}_units.c AND TARGET hc::hc_cu)
        file(GLOB parts ${cookbook}/recipes/${recipe}/*.c)
        list(FILTER parts EXCLUDE REGEX "/main\\.c$|/kinds\\.c$")
        hc_test_program(test_${number}_units ${here}/${number}_units.c ${parts})
        target_link_libraries(test_${number}_units PRIVATE hc::hc_cu)
        if(number STREQUAL "09")
            file(GLOB examples ${cookbook}/recipes/${recipe}/examples/*.c)
            target_sources(test_09_units PRIVATE ${examples})
            target_link_libraries(test_09_units PRIVATE hc_elementwise m)
        endif()
        hc_test(recipe.${recipe}.units ENVIRONMENT CUSIM_MEMORY=set:8M
            COMMAND test_${number}_units --device sim)
    endif()
    if(EXISTS ${here}/${recipe}.sh)
        hc_test(recipe.${recipe}.behaviour TIMEOUT 240 COMMAND sh ${here}/${recipe}.sh ${bin}/${recipe} ${layer})
    endif()
endforeach()

# Recipe 1's picture is read back by a program that knows the Mandelbrot set on its own.
find_package(PNG QUIET)
if(PNG_FOUND AND "01_heterogeneous_computing" IN_LIST recipes)
    hc_test_program(test_01_picture ${here}/01_picture.c)
    target_compile_options(test_01_picture PRIVATE -ffp-contract=off)
    target_link_libraries(test_01_picture PRIVATE PNG::PNG)
endif()

# Recipe 12's filter, by a program that computes it from its definition.
if(PNG_FOUND AND "12_work_sharing" IN_LIST recipes)
    hc_test_program(test_12_picture ${here}/12_picture.c)
    target_link_libraries(test_12_picture PRIVATE PNG::PNG m)
endif()

# The runner of the simulator must itself report what it is for, and be silent about correct
# kernels.
if("08_opencl_application" IN_LIST recipes)
    foreach(case bounds race uninitialised usage fixed)
        hc_test(oclgrind.selftest.${case} COMMAND sh ${here}/oclgrind_selftest.sh ${case})
    endforeach()
endif()

# The runtime API's version of recipe 5, by nvcc: compiled, and run on a GPU.
if("05_cuda_program" IN_LIST recipes)
    hc_test(recipe.05_runtime_api.compiles COMMAND sh ${here}/05_runtime_api.sh compiles)
    hc_test(recipe.05_runtime_api.gpu ALL_DEVICES LABELS gpu COMMAND sh ${here}/05_runtime_api.sh runs)
endif()

# Parts of recipe 10 by themselves: what it reads out of times, and its vector loops.
if("10_evaluation" IN_LIST recipes AND CMOCKA_INCLUDE AND CMOCKA_LIBRARY)
    set(parts measure.c threads.c simd.c serial.c)
    list(TRANSFORM parts PREPEND ${cookbook}/recipes/10_evaluation/)
    hc_test_program(test_10_parts ${here}/10_parts.c ${parts})
    target_include_directories(test_10_parts SYSTEM PRIVATE ${CMOCKA_INCLUDE})
    target_link_libraries(test_10_parts PRIVATE ${CMOCKA_LIBRARY} m)
    hc_test(recipe.10_evaluation.parts COMMAND test_10_parts)
endif()
