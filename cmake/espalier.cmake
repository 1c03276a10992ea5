# The two functions that every folder's CMakeLists.txt uses.

add_library(espalier_flags INTERFACE)
target_compile_options(espalier_flags INTERFACE -Wall -Wextra -Werror -ffp-contract=off)

# espalier_library(NAME SOURCES ... DEPENDS ...): one static library per folder, alias espalier::NAME.
function(espalier_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(espalier_${name} STATIC ${ARG_SOURCES})
  add_library(espalier::${name} ALIAS espalier_${name})
  target_include_directories(espalier_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(espalier_${name} PUBLIC ${ARG_DEPENDS} PRIVATE $<BUILD_INTERFACE:espalier_flags>
                                                                       ${ARG_PRIVATE_DEPENDS})
endfunction()

# espalier_test(NAME SOURCES ... DEPENDS ...): one GoogleTest binary, one ctest entry.
function(espalier_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} espalier_flags GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()
