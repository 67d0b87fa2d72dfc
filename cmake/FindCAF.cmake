# Finds CAF 0.17 as Debian's libcaf-dev lays it out (headers and libraries, no CMake package) and
# defines CAF::core, and CAF::io if asked for it. CAF_ROOT names another installation to use.

if(NOT CAF_FIND_COMPONENTS)
  set(CAF_FIND_COMPONENTS core)
  set(CAF_FIND_REQUIRED_core TRUE)
endif()

# Whoever names an installation wants that one or an error, not the system's as a fallback.
set(_caf_only)
if(CAF_ROOT OR DEFINED ENV{CAF_ROOT})
  set(_caf_only NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH NO_SYSTEM_ENVIRONMENT_PATH
                NO_CMAKE_SYSTEM_PATH)
endif()

find_package(Threads QUIET)
find_path(CAF_INCLUDE_DIR caf/config.hpp ${_caf_only})
find_library(CAF_core_LIBRARY caf_core ${_caf_only})
find_library(CAF_io_LIBRARY caf_io ${_caf_only})
mark_as_advanced(CAF_INCLUDE_DIR CAF_core_LIBRARY CAF_io_LIBRARY)

# "#define CAF_VERSION 1706" is 0.17.6: two digits each for major, minor and patch.
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_line REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX REPLACE "[^0-9]" "" _caf_number "${_caf_line}")
  math(EXPR _caf_major "${_caf_number} / 10000")
  math(EXPR _caf_minor "${_caf_number} / 100 % 100")
  math(EXPR _caf_patch "${_caf_number} % 100")
  set(CAF_VERSION ${_caf_major}.${_caf_minor}.${_caf_patch})
endif()

foreach(_caf_component core io)
  if(CAF_${_caf_component}_LIBRARY)
    set(CAF_${_caf_component}_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_core_LIBRARY CAF_INCLUDE_DIR Threads_FOUND
  VERSION_VAR CAF_VERSION
  HANDLE_COMPONENTS
  HANDLE_VERSION_RANGE
  REASON_FAILURE_MESSAGE
    "install Debian's package libcaf-dev, or set CAF_ROOT to where CAF is installed")

# Imported targets hand on their include directories as SYSTEM, so CAF's headers do not warn.
if(CAF_FOUND)
  foreach(_caf_component IN LISTS CAF_FIND_COMPONENTS ITEMS core)
    if(CAF_${_caf_component}_FOUND AND NOT TARGET CAF::${_caf_component})
      add_library(CAF::${_caf_component} SHARED IMPORTED)
      set_target_properties(
        CAF::${_caf_component}
        PROPERTIES IMPORTED_LOCATION "${CAF_${_caf_component}_LIBRARY}"
                   INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
                   INTERFACE_LINK_LIBRARIES Threads::Threads)
    endif()
  endforeach()
  if(TARGET CAF::io)
    target_link_libraries(CAF::io INTERFACE CAF::core)
  endif()
endif()
