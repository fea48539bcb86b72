# SPDX-License-Identifier: MIT
# Each recipe on its own, as README promises: built by CMake from another directory, by the one line
# of its README, and against an installed cookbook. The cookbook is installed once, as a fixture,
# from a copy of the tree that is removed before anything of it runs.
set(here ${CMAKE_CURRENT_LIST_DIR})
set(prefix ${CMAKE_BINARY_DIR}/tests/installed)
foreach(recipe IN LISTS recipes)
    foreach(way cmake cc installed)
        set(options SLOW)
        if(way STREQUAL "cmake" AND recipe STREQUAL "08_opencl_application")
            set(options "") # one of them is part of the everyday run
        elseif(way STREQUAL "installed") # one of these spoils a kernel for a while
            list(APPEND options PROPERTIES FIXTURES_REQUIRED installed RESOURCE_LOCK installed)
        endif()
        hc_test(standalone.${recipe}.${way} ${options}
            COMMAND sh ${here}/standalone.sh ${way} ${recipe} ${prefix})
    endforeach()
endforeach()
hc_test(install.tree SLOW TIMEOUT 600 PROPERTIES FIXTURES_SETUP installed
    COMMAND sh ${here}/standalone.sh install all ${prefix} ${recipes})
