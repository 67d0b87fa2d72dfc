#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace mailroom::benches {

/// Which way messages go in a case of "bench mailbox".
struct route {
  int senders;
  int receivers;
  std::size_t capacity; ///< of the queue; 0: as many as there is memory
  int messages;         ///< altogether: the same for everybody
};

/// One of the queues that a mailbox is measured against.
struct mailbox_peer {
  std::string name;
  /// Returns a function that does it once over and returns nanoseconds per message. Empty if this
  /// queue cannot do it.
  std::function<std::function<double()>(const route&)> passing = {};
  std::string package = {}; ///< what to install, if it is not there
};

// -- one file each; which of them are there, CMake knows ---------------------------------------------

mailbox_peer tbb_queue();
mailbox_peer moodycamel_bounded();
mailbox_peer moodycamel_unbounded();
mailbox_peer go_channel();

} // namespace mailroom::benches
