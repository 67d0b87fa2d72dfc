// oneTBB's bounded queue, which has no bounds unless it is told.

#include <tbb/concurrent_queue.h>

#include "bench/mailbox_peers/pass_on.hpp"

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(const queue_options& options) {
    if (options.capacity > 0)
      queue_.set_capacity(static_cast<std::ptrdiff_t>(options.capacity));
  }

  void send(int message) { queue_.push(message); }
  void close() { queue_.push(last_message); }

  std::optional<int> receive() {
    int message;
    queue_.pop(message);
    if (message != last_message)
      return message;
    queue_.push(last_message);
    return std::nullopt;
  }

private:
  tbb::concurrent_bounded_queue<int> queue_;
};

} // namespace

mailbox_peer tbb_queue() {
  return {"tbb", [](const route& r) { return [r] { return pass_on<adapter>(r); }; }};
}

} // namespace mailroom::benches
