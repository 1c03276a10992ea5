# What a user may choose with -D. The presets in CMakePresets.json are the usual combinations.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "g++ ${CMAKE_CXX_COMPILER_VERSION} is too old for C++20 coroutines: use g++ 12 or later")
endif()

set(ESPALIER_CUDA AUTO CACHE STRING "CUDA kernels: AUTO (if a toolkit is found), ON (required), OFF")
set_property(CACHE ESPALIER_CUDA PROPERTY STRINGS AUTO ON OFF)
set(ESPALIER_SANITIZE "" CACHE STRING "Sanitizers for all targets, as -fsanitize= takes them: address,undefined or thread")
option(ESPALIER_WARNINGS_AS_ERRORS "Stop at compiler warnings" ON)

if(NOT ESPALIER_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "ESPALIER_CUDA is '${ESPALIER_CUDA}': use AUTO, ON or OFF")
endif()
if(NOT EXISTS ${PROJECT_SOURCE_DIR}/kernels/cuda/CMakeLists.txt)
  if(ESPALIER_CUDA STREQUAL "ON")
    message(FATAL_ERROR "ESPALIER_CUDA=ON, but this version of Espalier has no CUDA kernels: use AUTO or OFF")
  endif()
  message(STATUS "Device: CPU only; this version has no CUDA kernels")
endif()

if(ESPALIER_SANITIZE)
  # -Wmaybe-uninitialized misfires on instrumented code; the plain build stops at it.
  # A null pointer stops the program without -fsanitize=null, whose checks cost a fifth of the compile time.
  add_compile_options(-fsanitize=${ESPALIER_SANITIZE} -fno-sanitize=null,vptr -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${ESPALIER_SANITIZE})
endif()

# For coverage-guided fuzzing with clang's libFuzzer: see tests/fuzz/CMakeLists.txt.
option(ESPALIER_FUZZ "Build the fuzz targets for libFuzzer; needs clang" OFF)
if(ESPALIER_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "ESPALIER_FUZZ needs clang: use the preset 'fuzz', or -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(ESPALIER_CCACHE ccache)
if(ESPALIER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ESPALIER_CCACHE})
endif()
