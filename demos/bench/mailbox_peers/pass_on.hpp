#pragma once

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "bench/benches.hpp"
#include "bench/mailbox_peers/peer.hpp"
#include "mailroom/queue_options.hpp"

namespace mailroom::benches {

/// Returns the cost of a message from one of some threads to one of some others, for every queue
/// that is C++. It is made from `queue_options`, and has send(int), close(), and receive(), which
/// returns nothing when the queue is closed and empty.
template <class Queue>
double pass_on(const route& r) {
  Queue queue{{.capacity = r.capacity}};
  std::atomic<int> received = 0;
  auto send = [&] {
    for (int i = 0; i < r.messages / r.senders; ++i)
      queue.send(i);
  };
  auto receive = [&] {
    int n = 0;
    while (queue.receive())
      ++n;
    received += n;
  };
  auto all = [&] {
    std::vector<std::jthread> receivers;
    for (int i = 0; i < r.receivers; ++i)
      receivers.emplace_back(receive);
    {
      std::vector<std::jthread> senders;
      for (int i = 0; i < r.senders; ++i)
        senders.emplace_back(send);
    } // all sent
    queue.close();
  };
  auto time = nanoseconds(all);
  must(received == r.messages);
  return time / r.messages;
}

/// What says "closed" in queues that cannot be: the last message. Who receives it puts it back for
/// the next.
inline constexpr int last_message = -1;

} // namespace mailroom::benches
