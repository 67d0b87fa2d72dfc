# What "cmake --install" leaves behind for other projects: libraries, headers, a CMake package and a
# pkg-config file. All paths in them are relative, so the tree can be moved.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# A folder of its own, so that nobody else's "actors/" is in the way.
set(headers_folder "mailroom-${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/mailroom")

set_target_properties(mailroom_framework PROPERTIES EXPORT_NAME framework)
set_target_properties(mailroom_actors PROPERTIES EXPORT_NAME actors)
install(TARGETS mailroom_framework mailroom_actors EXPORT mailroom
  ARCHIVE FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${headers_folder}")
install(EXPORT mailroom NAMESPACE mailroom:: FILE mailroomTargets.cmake DESTINATION "${package}")

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/mailroomConfig.cmake.in" "${PROJECT_BINARY_DIR}/mailroomConfig.cmake"
  INSTALL_DESTINATION "${package}"
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/mailroomConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/mailroomConfig.cmake"
        "${PROJECT_BINARY_DIR}/mailroomConfigVersion.cmake"
        "${CMAKE_CURRENT_LIST_DIR}/FindCAF.cmake"
  DESTINATION "${package}")

# pkg-config knows where its file lies, and the file knows the way from there.
file(RELATIVE_PATH way_to_headers "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
  "${CMAKE_INSTALL_FULL_INCLUDEDIR}/${headers_folder}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/mailroom.pc.in" "${PROJECT_BINARY_DIR}/mailroom.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/mailroom.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
