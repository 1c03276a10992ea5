# cmake --install, and what find_package(espalier) then finds: espalier::reasoning with the layers below it, and the
# math harness, espalier::math_harness and espalier::math_statistics.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(layers base kernels radix_cache engine scheduler reward reasoning models)
foreach(layer ${layers})
  install(TARGETS espalier_${layer} EXPORT espalierTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${layer}/ DESTINATION include/espalier/${layer} FILES_MATCHING PATTERN "*.h")
endforeach()

foreach(library problems pages measurements math_records math_harness math_statistics)
  install(TARGETS espalier_${library} EXPORT espalierTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
install(DIRECTORY benchmarks/ DESTINATION include/espalier/benchmarks FILES_MATCHING PATTERN "*.h")

install(DIRECTORY models/sprout DESTINATION ${CMAKE_INSTALL_DATADIR}/espalier/models FILES_MATCHING PATTERN "*.gguf")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/espalier)
install(EXPORT espalierTargets NAMESPACE espalier:: DESTINATION ${package_dir})
configure_package_config_file(cmake/espalierConfig.cmake.in ${PROJECT_BINARY_DIR}/espalierConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/espalierConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/espalierConfig.cmake ${PROJECT_BINARY_DIR}/espalierConfigVersion.cmake
              cmake/FindFLINT.cmake
        DESTINATION ${package_dir})
