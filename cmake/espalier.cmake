# The functions that every folder's CMakeLists.txt uses.

add_library(espalier_flags INTERFACE)
# -Wrestrict: false alarms of g++ 12 on std::string (GCC bug 105651).
target_compile_options(espalier_flags INTERFACE -Wall -Wextra $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -ffp-contract=off
                                                $<$<BOOL:${ESPALIER_WARNINGS_AS_ERRORS}>:-Werror>)

# espalier_library(NAME SOURCES ... DEPENDS ...): one static library per folder, alias espalier::NAME.
function(espalier_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(espalier_${name} STATIC ${ARG_SOURCES})
  add_library(espalier::${name} ALIAS espalier_${name})
  set_target_properties(espalier_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(espalier_${name} PUBLIC cxx_std_20)
  target_include_directories(espalier_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                     $<INSTALL_INTERFACE:include/espalier>)
  target_link_libraries(espalier_${name} PUBLIC ${ARG_DEPENDS} PRIVATE $<BUILD_INTERFACE:espalier_flags>
                                                                       ${ARG_PRIVATE_DEPENDS})
endfunction()

# Built and run again under the sanitizers by ./test: the target core_tests, the ctest label core.
set(ESPALIER_CORE_TESTS base kernels radix_cache engine scheduler reward reasoning)

# espalier_test(NAME [ONE_THREAD] SOURCES ... DEPENDS ...): one GoogleTest binary, one ctest entry. ONE_THREAD: there is
# nothing for ThreadSanitizer to see.
function(espalier_test name)
  cmake_parse_arguments(ARG "ONE_THREAD" "" "SOURCES;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} espalier_flags GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(core FALSE)
  if(folder IN_LIST ESPALIER_CORE_TESTS AND NOT (ARG_ONE_THREAD AND ESPALIER_SANITIZE STREQUAL "thread"))
    set(core TRUE)
  endif()
  if(core)
    list(APPEND ARG_LABELS core)
    add_dependencies(core_tests ${name})
  endif()
  set(timeout 300)
  if(ESPALIER_SANITIZE)
    set(timeout 1200)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout} LABELS "${ARG_LABELS}")
endfunction()
