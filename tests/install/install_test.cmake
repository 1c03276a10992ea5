function(must_run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
must_run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${WORK}/prefix
         -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=${BUILD_TYPE})
must_run(${CMAKE_COMMAND} --build ${WORK}/build)

# No header of the build may leak in: everything comes from the prefix.
file(STRINGS ${WORK}/build/CMakeCache.txt found REGEX "^espalier_DIR:")
if(NOT found MATCHES "${WORK}/prefix")
  message(FATAL_ERROR "found another Espalier: ${found}")
endif()

must_run(${WRITE_TINY_MODEL} ${WORK}/tiny.gguf)
must_run(${WORK}/build/out_of_tree ${WORK}/tiny.gguf "How many coins does Ben have?")
if(NOT output MATCHES "answer: .* tokens in [0-9]+ branches")
  message(FATAL_ERROR "unexpected output: ${output}")
endif()
message(STATUS "${output}")

must_run(${WORK}/build/measure ${WORK}/tiny.gguf ${SOURCE}/../../benchmarks/data/sprout_test_300.jsonl ${WORK}/measured)
if(NOT output MATCHES "sc:n=4,max_tokens=24 +[0-9]+ of 5")
  message(FATAL_ERROR "unexpected output: ${output}")
endif()
