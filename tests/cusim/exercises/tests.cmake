# SPDX-License-Identifier: MIT
# The PTX exercises prove themselves: the starter fails for the stated reason, the solution passes,
# each wrong solution fails as stated. They are found, not listed.
file(GLOB ptx_exercises CONFIGURE_DEPENDS ${cookbook}/common/cusim/exercises/*/exercise.json)
foreach(file IN LISTS ptx_exercises)
    get_filename_component(folder ${file} DIRECTORY)
    get_filename_component(name ${folder} NAME)
    hc_cusim_program(check_${name} ${folder}/check/check.c)
    file(GLOB versions CONFIGURE_DEPENDS ${folder}/starter ${folder}/solution ${folder}/wrong/*)
    foreach(version IN LISTS versions)
        get_filename_component(which ${version} NAME)
        hc_test(cusim.exercise.${name}_${which}
            COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/prove.sh ${folder} ${which})
    endforeach()
endforeach()
