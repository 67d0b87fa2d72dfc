// moodycamel's queue whose receivers can wait. Its senders cannot: a semaphore that comes with it
// counts the room.

#include <blockingconcurrentqueue.h>
#include <lightweightsemaphore.h>

#include "bench/mailbox_peers/pass_on.hpp"

namespace mailroom::benches {

namespace {

/// As it comes: there is always room.
class unbounded {
public:
  explicit unbounded(const queue_options&) {}

  void send(int message) { queue_.enqueue(message); }
  void close() { queue_.enqueue(last_message); }

  std::optional<int> receive() {
    int message;
    queue_.wait_dequeue(message);
    if (message != last_message)
      return message;
    // It keeps the order of each sender only: the last message may have overtaken others.
    bool another = queue_.try_dequeue(message);
    queue_.enqueue(last_message);
    return another ? std::optional{message} : std::nullopt;
  }

private:
  moodycamel::BlockingConcurrentQueue<int> queue_;
};

class bounded {
public:
  explicit bounded(const queue_options& options)
    : queue_(options),
      room_(static_cast<moodycamel::LightweightSemaphore::ssize_t>(options.capacity)) {}

  void send(int message) {
    while (!room_.wait()) { // a signal of the system may interrupt it
    }
    queue_.send(message);
  }

  void close() { queue_.close(); } // needs no room

  std::optional<int> receive() {
    auto message = queue_.receive();
    if (message)
      room_.signal();
    return message;
  }

private:
  unbounded queue_;
  moodycamel::LightweightSemaphore room_;
};

} // namespace

mailbox_peer moodycamel_bounded() {
  return {"moodycamel, semaphore", [](const route& r) -> std::function<double()> {
            if (r.capacity == 0)
              return {};
            return [r] { return pass_on<bounded>(r); };
          }};
}

mailbox_peer moodycamel_unbounded() {
  return {"moodycamel, unbounded", [](const route& r) -> std::function<double()> {
            if (r.capacity == 1) // to wait for room is what that is about
              return {};
            return [r] { return pass_on<unbounded>(r); };
          }};
}

} // namespace mailroom::benches
