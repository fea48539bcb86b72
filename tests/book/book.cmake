# SPDX-License-Identifier: MIT
# The book shows code and output of this build, and nothing else:
#   book.output.NAME  runs a command of outputs.txt and keeps what it printed
#   book.sync         compares the chapters with sources and outputs
#   book.checker      the comparison itself: each fault is found, then the clean tree passes
#   book.every_line   no line of a shown region can go without the comparison failing
#   book.doctor       the chapter on setting up has every remedy that ./cook doctor can give
#   book.commands     what chapter 8 says to type leads from a clone to a solved exercise
# They need Python 3 and nothing beyond its standard library.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(tool ${PROJECT_SOURCE_DIR}/common/tools/book)
set(trees --root ${PROJECT_SOURCE_DIR} --build ${CMAKE_BINARY_DIR})
find_program(BOOK_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(BOOK_PYTHON python3)

function(book_test name)
    if(BOOK_PYTHON)
        hc_test(${name} TIMEOUT 120 COMMAND ${BOOK_PYTHON} -B ${ARGN})
    else()
        hc_test(${name} COMMAND sh -c "echo 'skipped: no python3 on this machine'; exit 77")
    endif()
endfunction()

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${here}/outputs.txt)
file(STRINGS ${here}/outputs.txt sections REGEX "^\\[[a-z0-9_]+\\]$")
foreach(section IN LISTS sections)
    string(REGEX REPLACE "[][]" "" name ${section})
    book_test(book.output.${name} ${tool}/outputs.py ${name} ${trees})
    set_tests_properties(book.output.${name} PROPERTIES FIXTURES_SETUP book_outputs)
endforeach()
book_test(book.sync ${tool}/sync.py --check ${trees})
set_tests_properties(book.sync PROPERTIES FIXTURES_REQUIRED book_outputs)
book_test(book.checker ${here}/checker.py)
book_test(book.every_line ${here}/every_line.py)
book_test(book.doctor ${here}/doctor.py)
hc_test(book.commands SLOW TIMEOUT 600 COMMAND sh ${here}/commands.sh)
