# Other people's pools, to be measured by "mailroom bench pool", and Go for "mailroom bench caf". None
# is required: those that are missing are named by the benchmark, with Debian's package.
#
# Defines mailroom_peers(TARGET FOLDER): adds those that are there to the library TARGET, from FOLDER,
# and writes a header that lists all of them, in the order of the rows.
#
# Defines mailroom_go_program(RESULT SOURCE): sets RESULT to the program that a file in Go becomes, or
# to nothing if there is no Go. Whoever wants it built lists it among its sources.

# Where "mailroom" looks for the programs it runs: in ../libexec/mailroom, as seen from itself.
set(MAILROOM_HELPERS "${PROJECT_BINARY_DIR}/libexec/mailroom")

find_program(GO go)
mark_as_advanced(GO)

function(mailroom_go_program result source)
  set(program "")
  if(GO AND NOT MAILROOM_SANITIZER)
    get_filename_component(name ${source} NAME_WE)
    set(program "${MAILROOM_HELPERS}/${name}_in_go")
    add_custom_command(OUTPUT "${program}"
      COMMAND ${CMAKE_COMMAND} -E env GO111MODULE=off GOFLAGS= GOPROXY=off
              "GOCACHE=${CMAKE_CURRENT_BINARY_DIR}/go/cache" "GOPATH=${CMAKE_CURRENT_BINARY_DIR}/go"
              ${GO} build -o "${program}" "${CMAKE_CURRENT_SOURCE_DIR}/${source}"
      DEPENDS ${source} VERBATIM)
  endif()
  set(${result} "${program}" PARENT_SCOPE)
endfunction()

function(mailroom_peers target folder)
  set(listed "")
  macro(peer function) # peer(FUNCTION...): is there, and made by these functions
    foreach(f IN ITEMS ${function} ${ARGN})
      string(APPEND listed "    ${f}(),\n")
    endforeach()
  endmacro()
  macro(missing name package)
    string(APPEND listed "    {\"${name}\", {}, \"${package}\"},\n")
  endmacro()

  target_sources(${target} PRIVATE ${folder}/child.cpp ${folder}/ours.cpp ${folder}/caf_actor_pool.cpp
    ${folder}/std_async.cpp)
  peer(timed_actor_pool thread_pool)
  if(NOT MAILROOM_SANITIZER) # which the others are built without
    find_package(TBB QUIET)
    if(TARGET TBB::tbb)
      target_sources(${target} PRIVATE ${folder}/tbb.cpp)
      target_link_libraries(${target} PRIVATE TBB::tbb)
      peer(tbb_pool)
    else()
      missing(tbb libtbb-dev)
    endif()

    find_path(ASIO_INCLUDE_DIR NAMES asio/thread_pool.hpp boost/asio/thread_pool.hpp)
    mark_as_advanced(ASIO_INCLUDE_DIR)
    if(ASIO_INCLUDE_DIR)
      target_sources(${target} PRIVATE ${folder}/asio.cpp)
      target_include_directories(${target} SYSTEM PRIVATE "${ASIO_INCLUDE_DIR}")
      peer(asio_pool)
    else()
      missing(asio libasio-dev)
    endif()

    find_package(PkgConfig QUIET)
    if(PKG_CONFIG_FOUND)
      pkg_check_modules(GLIB QUIET IMPORTED_TARGET glib-2.0)
    endif()
    if(TARGET PkgConfig::GLIB)
      target_sources(${target} PRIVATE ${folder}/glib.cpp)
      target_link_libraries(${target} PRIVATE PkgConfig::GLIB)
      peer(glib_pool)
    else()
      missing(glib libglib2.0-dev)
    endif()
  endif()
  peer(caf_actor_pool std_async)

  if(NOT MAILROOM_SANITIZER)
    mailroom_go_program(program ${folder}/pool.go)
    if(program)
      target_sources(${target} PRIVATE ${folder}/go.cpp "${program}")
      peer(go_routines go_workers)
    else()
      missing(go golang-go)
    endif()

    find_package(Python3 QUIET COMPONENTS Interpreter)
    if(Python3_Interpreter_FOUND)
      target_sources(${target} PRIVATE ${folder}/python.cpp)
      configure_file(${folder}/pool.py "${MAILROOM_HELPERS}/pool.py" COPYONLY)
      peer(python)
    else()
      missing(python python3)
    endif()
  endif()

  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/pool_peers.hpp" CONTENT
"#pragma once

// Made by cmake/peers.cmake from what is installed here.

#include <vector>

#include \"bench/pool_peers/peer.hpp\"

namespace mailroom::benches {

/// Returns everybody our actor pool is measured against, and who is missing.
inline std::vector<pool_peer> pool_peers() {
  return {
@listed@  };
}

} // namespace mailroom::benches
" @ONLY)
endfunction()
