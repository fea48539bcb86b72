# SPDX-License-Identifier: MIT
# The compiler of recipe 11:
#   jit.corpus.FILE   functions of corpus/FILE.py return what real Numba returned: types and values
#   jit.operators     each operator has, for each pair of types, the type that Numba gives it
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
foreach(file arithmetic control arrays mathematics calls)
    hc_test(jit.corpus.${file} TIMEOUT 240 COMMAND jit_corpus ${here}/corpus ${file})
endforeach()
hc_test(jit.operators COMMAND jit_corpus ${here}/corpus operators)

jit_test_program(jit_refused ${here}/refused.c)
hc_test(jit.refused COMMAND jit_refused ${here}/refused.txt)
