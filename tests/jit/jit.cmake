# SPDX-License-Identifier: MIT
# The compiler of recipe 11:
#   jit.corpus.FILE   functions of corpus/FILE.py return what real Numba returned: types and values
#   jit.corpus.FILE.cuda  the same on the CUDA device; jit.corpus.FILE.parallel: on all cores
#   jit.cuda          kernels against plain C; jit.cuda.checked: cusim's memory check has nothing to say
#   jit.math          the device's mathematics is what its text is now
#   jit.vector        vector mathematics is used, and as exact as is stated; jit.vector.cuda: the device's,
#                     and jit.vector.libdevice: NVIDIA's
#   jit.operators     each operator has, for each pair of types, the type that Numba gives it
#   jit.random        random programs give what CPython gives
#   jit.selftest      the comparison itself finds a wrong value, type, exception and array
#   jit.api           the library from C: pointers, calls, exceptions, inspection, misuse
#   jit.generalised   guvectorized functions from C, on every target
#   jit.cache         cache=True: what a second process takes from the first, and what it does not;
#                     jit.cache.cuda: the same for kernels
#   jit.refused       what is not in the language is refused, with reason, line and caret
#   jit.fuzz          spoilt files are refused or compiled, and nothing else happens
#   jit.loops         the shape of loops that their speed rests on
#   jit.soak          ten thousand modules, compiled one after the other, leave nothing behind
#   jit.opencl.ORDER  with PoCL, and its LLVM, in one process
set(here ${CMAKE_CURRENT_LIST_DIR})
set(engine ${PROJECT_SOURCE_DIR}/recipes/11_numba_style_jit/engine)
function(jit_test_program name)
    hc_test_program(${name} ${ARGN} ${engine}/open.c)
    target_include_directories(${name} PRIVATE ${engine})
    target_include_directories(${name} SYSTEM PRIVATE ${CJSON_INCLUDE})
    target_link_libraries(${name} PRIVATE ${CMAKE_DL_LIBS} m)
    add_dependencies(${name} 11_numba_style_jit)
endfunction()

jit_test_program(jit_corpus ${here}/corpus.c)
set(files arithmetic control arrays mathematics calls parallel corners signatures vectorize
    guvectorize ufuncs each)
foreach(file IN LISTS files)
    hc_test(jit.corpus.${file} TIMEOUT 240 COMMAND jit_corpus ${here}/corpus ${file})
    set(slow "")
    if(file MATCHES "arithmetic|mathematics|ufuncs") # hundreds of kernels
        set(slow SLOW)
    endif()
    if(TARGET hc::hc_cu AND TARGET cusim)
        hc_test(jit.corpus.${file}.cuda ${slow} TIMEOUT 240 COMMAND jit_corpus ${here}/corpus ${file} cuda)
    endif()
endforeach()
foreach(file vectorize guvectorize)
    hc_test(jit.corpus.${file}.parallel COMMAND jit_corpus ${here}/corpus ${file} parallel)
endforeach()
hc_test(jit.operators COMMAND jit_corpus ${here}/corpus operators)
hc_test(jit.selftest COMMAND sh ${here}/selftest.sh $<TARGET_FILE:jit_corpus>)

hc_test(jit.random TIMEOUT 120
        COMMAND sh ${here}/random.sh $<TARGET_FILE:jit_corpus> ${here}/random_programs.py)

hc_test(jit.loops COMMAND sh ${here}/loops.sh $<TARGET_FILE:11_numba_style_jit>)

jit_test_program(jit_refused ${here}/refused.c)
hc_test(jit.refused COMMAND jit_refused ${here}/refused.txt)

jit_test_program(jit_fuzz ${here}/fuzz.c)
list(TRANSFORM files REPLACE "(.+)" "${here}/corpus/\\1.py")
list(APPEND files ${here}/cuda.py)
hc_test(jit.fuzz.short TIMEOUT 120 COMMAND jit_fuzz 300 ${files})
hc_test(jit.fuzz.long REPORT COMMAND jit_fuzz 5000 ${files})

# A sanitizer keeps what was freed, which looks like growth; the leak check looks for the same.
jit_test_program(jit_soak ${here}/soak.c)
if(sanitizer STREQUAL "none")
    hc_test(jit.soak.short TIMEOUT 120 COMMAND jit_soak 100)
    hc_test(jit.soak.long REPORT TIMEOUT 900 COMMAND jit_soak 10000)
endif()

if(TARGET hc::hc_cl)
    jit_test_program(jit_opencl ${here}/opencl.c)
    target_link_libraries(jit_opencl PRIVATE hc::hc_cl)
    foreach(order opencl jit)
        hc_test(jit.opencl.${order} ENVIRONMENT ASAN_OPTIONS=set:detect_leaks=0 # PoCL's compiler leaks
            COMMAND jit_opencl ${order})
    endforeach()
endif()

jit_test_program(jit_api ${here}/api.c)
hc_test(jit.api COMMAND jit_api)
jit_test_program(jit_generalised ${here}/generalised.c)
hc_test(jit.generalised COMMAND jit_generalised)

hc_test(jit.cache TIMEOUT 120 COMMAND sh ${here}/cache.sh ${bin}/11_numba_style_jit cpu)
if(TARGET hc::hc_cu AND TARGET cusim)
    hc_test(jit.cache.cuda TIMEOUT 120 COMMAND sh ${here}/cache.sh ${bin}/11_numba_style_jit cuda)
endif()

hc_test(jit.math COMMAND sh ${engine}/device/math.sh --check)
if(TARGET hc::hc_cu AND TARGET cusim)
    jit_test_program(jit_cuda ${here}/cuda.c)
    hc_test(jit.cuda COMMAND jit_cuda ${here}/cuda.py)
    hc_test(jit.cuda.checked COMMAND sh ${here}/checked.sh $<TARGET_FILE:jit_cuda> ${here}/cuda.py)
endif()

jit_test_program(jit_vector ${here}/vector.c)
hc_test(jit.vector COMMAND jit_vector)
if(TARGET hc::hc_cu AND TARGET cusim)
    hc_test(jit.vector.cuda COMMAND jit_vector cuda)
    hc_test(jit.vector.libdevice SLOW COMMAND jit_vector libdevice)
endif()
