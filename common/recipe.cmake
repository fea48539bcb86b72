# SPDX-License-Identifier: MIT
# hc_add_recipe: what the CMakeLists.txt of every recipe calls, in the cookbook's tree and, installed,
# through find_package(hc). The keywords stand one to a line because ./cook list reads them too.
#
#   hc_add_recipe(08_opencl_application    # the folder's name, the program's name
#       TITLE "..."                        # for lists and tables
#       APIS OpenCL                        # which of OpenCL, CUDA, host it uses
#       DIFFICULTY 1                       # 1 to 4 stars
#       MINUTES 30                         # to read and try
#       LIBRARIES hc::hc_png               # of the cookbook's, beyond those of its APIs; may be left out
#       SOURCES main.c)
# ONE_API_WILL_DO, after APIS: the recipe is built if one of them is there, with HC_NO_OPENCL or
# HC_NO_CUDA defined for the other.
include_guard(GLOBAL)
include(GNUInstallDirs)
if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()

# The language and the warnings of this cookbook, for one target.
function(hc_compile_options target)
    set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
                                               POSITION_INDEPENDENT_CODE ON)
    # Messages name files from the cookbook's root, wherever it lies.
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
        $<$<BOOL:${HC_WERROR}>:-Werror>
        -fmacro-prefix-map=${HC_ROOT}/=)
endfunction()

function(hc_add_recipe name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "ONE_API_WILL_DO" "TITLE;DIFFICULTY;MINUTES"
                          "APIS;LIBRARIES;SOURCES")
    foreach(key TITLE APIS DIFFICULTY MINUTES SOURCES)
        if(NOT DEFINED arg_${key})
            message(FATAL_ERROR "hc_add_recipe(${name}): ${key} is missing")
        endif()
    endforeach()
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "hc_add_recipe(${name}): unknown words: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    list(JOIN arg_APIS ", " apis)
    set(without "")
    if(arg_ONE_API_WILL_DO AND (TARGET hc::hc_cl OR TARGET hc::hc_cu))
        foreach(api IN ITEMS OpenCL|hc::hc_cl|HC_NO_OPENCL CUDA|hc::hc_cu|HC_NO_CUDA)
            string(REPLACE "|" ";" api ${api})
            list(GET api 0 word)
            list(GET api 1 library)
            if(NOT TARGET ${library})
                list(REMOVE_ITEM arg_APIS ${word})
                list(GET api 2 without)
                string(APPEND apis " (here without ${word})") # no semicolon: CMake would split it
            endif()
        endforeach()
    endif()
    if("OpenCL" IN_LIST arg_APIS AND NOT TARGET hc::hc_cl)
        set_property(GLOBAL APPEND PROPERTY HC_SUMMARY "recipe ${name}|not built: no OpenCL (HC_OPENCL)")
        return()
    endif()
    if("CUDA" IN_LIST arg_APIS AND NOT TARGET hc::hc_cu)
        set_property(GLOBAL APPEND PROPERTY HC_SUMMARY "recipe ${name}|not built: HC_CUDA=OFF")
        return()
    endif()
    foreach(library IN LISTS arg_LIBRARIES)
        if(NOT TARGET ${library})
            set_property(GLOBAL APPEND PROPERTY HC_SUMMARY "recipe ${name}|not built: no ${library}")
            return()
        endif()
    endforeach()
    add_executable(${name} ${arg_SOURCES})
    hc_compile_options(${name})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} hc::hc)
    target_compile_definitions(${name} PRIVATE ${without})
    if("OpenCL" IN_LIST arg_APIS)
        target_link_libraries(${name} PRIVATE hc::hc_cl)
    endif()
    if("CUDA" IN_LIST arg_APIS)
        target_link_libraries(${name} PRIVATE hc::hc_cu)
    endif()
    install(TARGETS ${name} RUNTIME)
    set_property(GLOBAL APPEND PROPERTY HC_RECIPES ${name})
    set_property(GLOBAL PROPERTY HC_RECIPE_APIS_${name} "${arg_APIS}")
    set_property(GLOBAL APPEND PROPERTY HC_SUMMARY "recipe ${name}|${apis}")
endfunction()

# The root that messages leave out: the cookbook's, or the one that holds a copied recipe.
get_filename_component(HC_ROOT ${CMAKE_CURRENT_SOURCE_DIR}/../.. ABSOLUTE)
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/hc/hc.h)
    get_filename_component(HC_ROOT ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
    if(NOT TARGET hc::hc AND NOT CMAKE_CURRENT_SOURCE_DIR STREQUAL CMAKE_CURRENT_LIST_DIR)
        add_subdirectory(${CMAKE_CURRENT_LIST_DIR} ${CMAKE_BINARY_DIR}/common)
    endif()
endif()
