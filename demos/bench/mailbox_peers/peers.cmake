# Other people's queues, to be measured by "mailroom bench mailbox". None is required: those that are
# missing are named by the benchmark, with Debian's package.
#
# Defines mailroom_mailbox_peers(TARGET FOLDER): adds those that are there to TARGET, from FOLDER, and
# writes a header that lists all of them, in the order of the rows.

function(mailroom_mailbox_peers target folder)
  set(listed "")
  if(NOT MAILROOM_SANITIZER) # which they are built without
    find_package(TBB QUIET)
    if(TARGET TBB::tbb)
      target_sources(${target} PRIVATE ${folder}/tbb.cpp)
      target_link_libraries(${target} PRIVATE TBB::tbb)
      string(APPEND listed "    tbb_queue(),\n")
    else()
      string(APPEND listed "    {\"tbb\", {}, \"libtbb-dev\"},\n")
    endif()

    # Debian has it in one folder, its author in another one.
    find_path(CONCURRENTQUEUE_INCLUDE_DIR NAMES blockingconcurrentqueue.h
      PATH_SUFFIXES concurrentqueue concurrentqueue/moodycamel)
    mark_as_advanced(CONCURRENTQUEUE_INCLUDE_DIR)
    if(CONCURRENTQUEUE_INCLUDE_DIR)
      target_sources(${target} PRIVATE ${folder}/moodycamel.cpp)
      target_include_directories(${target} SYSTEM PRIVATE "${CONCURRENTQUEUE_INCLUDE_DIR}")
      string(APPEND listed "    moodycamel_bounded(),\n    moodycamel_unbounded(),\n")
    else()
      string(APPEND listed "    {\"moodycamel\", {}, \"libconcurrentqueue-dev\"},\n")
    endif()

    mailroom_go_program(program ${folder}/mailbox.go)
    if(program)
      target_sources(${target} PRIVATE ${folder}/go.cpp "${program}")
      string(APPEND listed "    go_channel(),\n")
    else()
      string(APPEND listed "    {\"go\", {}, \"golang-go\"},\n")
    endif()
  endif()

  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/mailbox_peers.hpp" CONTENT
"#pragma once

// Made by bench/mailbox_peers/peers.cmake from what is installed here.

#include <vector>

#include \"bench/mailbox_peers/peer.hpp\"

namespace mailroom::benches {

/// Returns everybody our mailbox is measured against but our own, and who is missing.
inline std::vector<mailbox_peer> mailbox_peers() {
  return {
@listed@  };
}

} // namespace mailroom::benches
" @ONLY)
endfunction()
