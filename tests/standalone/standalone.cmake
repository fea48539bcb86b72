# SPDX-License-Identifier: MIT
# Each recipe on its own, as README promises: built by CMake from another directory, by the one line
# of its README, and against an installed cookbook. The cookbook is installed once, as a fixture,
# from a copy of the tree that is removed before anything of it runs.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(prefix ${CMAKE_BINARY_DIR}/tests/installed)
foreach(recipe IN LISTS recipes)
    foreach(way cmake cc installed)
        set(speed SLOW)
        if(way STREQUAL "cmake" AND recipe STREQUAL "08_opencl_application")
            set(speed "") # one of them is part of the everyday run
        endif()
        hc_test(standalone.${recipe}.${way} ${speed} COMMAND sh ${here}/standalone.sh ${way} ${recipe} ${prefix})
    endforeach()
    set_tests_properties(standalone.${recipe}.installed PROPERTIES FIXTURES_REQUIRED installed_cookbook)
endforeach()
hc_test(install.tree SLOW COMMAND sh ${here}/standalone.sh install all ${prefix} ${recipes})
set_tests_properties(install.tree PROPERTIES FIXTURES_SETUP installed_cookbook)
