// Go, in a process of its own: mailbox.go.

#include <filesystem>

#include "bench/mailbox_peers/peer.hpp"
#include "bench/pool_peers/child.hpp"

namespace mailroom::benches {

mailbox_peer go_channel() {
  std::string program = MAILROOM_MAILBOX_GO;
  if (!std::filesystem::exists(program)) // installed, and the build is gone
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
