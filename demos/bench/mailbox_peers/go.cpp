// Go, in a process of its own: mailbox.go.

#include "bench/mailbox_peers/peer.hpp"
#include "bench/pool_peers/child.hpp"

namespace mailroom::benches {

mailbox_peer go_channel() {
  auto program = helper("mailbox_in_go");
  if (program.empty()) // it is not installed
    return {"go", {}, "the build directory"};
  return {"go", [program](const route& r) -> std::function<double()> {
            if (r.capacity == 0) // every channel has bounds
              return {};
            return [=] {
              return number_from({program, std::to_string(r.senders), std::to_string(r.receivers),
                                  std::to_string(r.capacity), std::to_string(r.messages)});
            };
          }};
}

} // namespace mailroom::benches
