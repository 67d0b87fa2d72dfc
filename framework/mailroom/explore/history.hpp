#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mailroom::explore {

/// What one client asked of an object, what it was told, and when.
///
/// A call without an answer is one whose client crashed, gave up, or still waits: it may have taken
/// effect, may still do so, or never will.
template <class Input, class Output>
struct call {
  static constexpr auto never = std::numeric_limits<std::uint64_t>::max();

  int client = 0;
  Input input;
  std::optional<Output> answer;
  std::uint64_t begin = 0;   ///< before the object was reached
  std::uint64_t end = never; ///< after the answer was there; `never` without one
};

/// Records what clients ask of an object that they share: the input of `linearize()`.
///
/// Any thread may record for any client, also at the same time; what it costs is one atomic
/// addition and one mutex of that client before and after a call. It is no scheduling point of an
/// exploration. It synchronises: of two calls that do not overlap the second one sees what the
/// first one did, so it hides from ThreadSanitizer what is wrong between such calls.
///
/// Calls are put in order by a counter, not by a clock. Two readings of a clock can be equal, and
/// one of them may be taken before or after what stands next to it in the program, so a call could
/// seem to begin after another one ended although it did not. The counter never ties, and who sees
/// the higher number also sees all that was done before the lower one was drawn.
template <class Input, class Output>
class history {
public:
  using call_type = call<Input, Output>;

  /// Names a call that was begun.
  struct ticket {
    int client = 0;
    std::size_t index = 0;
  };

  /// @param clients their number. Throws `std::invalid_argument` if it is not positive.
  explicit history(int clients) : clients_(checked(clients)) {}

  /// Calls `f` and notes when, and what it returned; of a `void` function, `Output{}`. Returns what
  /// `f` does. If `f` throws, the call stays without an answer: nobody knows whether it took
  /// effect.
  template <class F>
  auto record(int client, Input input, F&& f) -> std::decay_t<std::invoke_result_t<F>> {
    auto mine = begin(client, std::move(input));
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      std::forward<F>(f)();
      end(mine, Output{});
    } else {
      auto result = std::forward<F>(f)();
      end(mine, Output(result));
      return result;
    }
  }

  /// Notes that `client` is about to call. It may have several calls under way. Throws
  /// `std::invalid_argument` if there is no such client.
  ticket begin(int client, Input input) {
    auto& mine = find(client);
    std::lock_guard lock{mine.mutex};
    auto& fresh = mine.calls.emplace_back(call_type{client, std::move(input), {}});
    fresh.begin = draw(); // last: what was done before is not part of the call
    return {client, mine.calls.size() - 1};
  }

  /// Notes the answer to a call, on whichever thread it arrived. Throws `std::invalid_argument` if
  /// the call has one, or was never begun.
  void end(ticket which, Output answer) {
    auto& mine = find(which.client);
    std::lock_guard lock{mine.mutex};
    auto now = draw();
    if (which.index >= mine.calls.size() || mine.calls[which.index].answer)
      throw std::invalid_argument("a call that was begun ends once");
    mine.calls[which.index].answer.emplace(std::move(answer));
    mine.calls[which.index].end = now;
  }

  /// Returns all calls in order of their begin. While others record, it is the history up to some
  /// moment during this call: what had no answer then has none.
  std::vector<call_type> calls() const {
    auto now = next_.load(std::memory_order_acquire);
    std::vector<call_type> all;
    for (auto& c : clients_) {
      std::lock_guard lock{c.mutex}; // numbers are drawn under it: what is below `now` is there
      std::copy_if(c.calls.begin(), c.calls.end(), std::back_inserter(all),
                   [&](auto& one) { return one.begin < now; });
    }
    for (auto& one : all)
      if (one.end >= now) {
        one.answer.reset();
        one.end = call_type::never;
      }
    std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
    return all;
  }

private:
  struct alignas(64) client_record {
    mutable std::mutex mutex;
    std::deque<call_type> calls; // guarded by mutex
  };

  static std::size_t checked(int clients) {
    if (clients < 1)
      throw std::invalid_argument("a history needs 1 or more clients");
    return static_cast<std::size_t>(clients);
  }

  client_record& find(int client) {
    if (client < 0 || static_cast<std::size_t>(client) >= clients_.size())
      throw std::invalid_argument("there is no client " + std::to_string(client));
    return clients_[static_cast<std::size_t>(client)];
  }

  std::uint64_t draw() { return next_.fetch_add(1, std::memory_order_acq_rel); }

  std::vector<client_record> clients_;
  std::atomic<std::uint64_t> next_{0};
};

} // namespace mailroom::explore
