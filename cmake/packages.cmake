# The packages mailroom stands on. Debian names: libcaf-dev libfmt-dev doctest-dev libcli11-dev
# nlohmann-json3-dev libssl-dev pkg-config libcpp-httplib-dev.

find_package(Threads REQUIRED)

# ThreadSanitizer sees only what was compiled with it: over Debian's CAF it reports races that are
# none. So this build gets a CAF of its own, made once and kept in the user's cache directory.
if(MAILROOM_SANITIZER STREQUAL "thread" AND NOT CAF_ROOT)
  execute_process(
    COMMAND "${PROJECT_SOURCE_DIR}/cmake/instrumented_caf.sh" "${CMAKE_CXX_COMPILER}"
    OUTPUT_VARIABLE instrumented_caf OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(CAF_ROOT "${instrumented_caf}" CACHE PATH "CAF built with ThreadSanitizer" FORCE)
endif()

set(MAILROOM_CAF_VERSIONS 0.17.6...<0.18)
find_package(CAF ${MAILROOM_CAF_VERSIONS} REQUIRED COMPONENTS core)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
if(MAILROOM_DEMOS)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
endif()
if(MAILROOM_TESTS)
  find_package(doctest REQUIRED)
endif()
