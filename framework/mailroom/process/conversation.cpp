#include "mailroom/process/conversation.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "mailroom/process/process_pool.hpp"

namespace mailroom::detail {

namespace {

/// No message larger than that is sent ahead, in bytes: what is ahead fits into the socket.
constexpr std::size_t small = 2048;

/// So many tasks may be ahead, or as many as take that long: afterwards they are called back.
constexpr std::size_t most_ahead = 31;
constexpr std::chrono::milliseconds longest_ahead{1};

} // namespace

conversation::conversation(process_pool& pool, worker& owner, link& with)
  : pool_(pool), owner_(owner), link_(with) {}

// -- asking -------------------------------------------------------------------------------------------

frame conversation::ask(outgoing_call& call, const std::stop_token& stop) {
  current_ = std::exchange(next_, {});
  count_ahead();
  if (current_.number == 0)
    send(call);
  send_ahead();
  std::stop_callback on_stop{stop, [&, number = current_.number] {
                               link_.tell({.kind = frame_kind::stop, .number = number});
                             }};

  auto& settings = pool_.settings();
  auto last_end = call.terms.deadline == never ? never : call.terms.deadline + settings.grace;
  auto since = clock::now();
  auto next_look = since + settings.unresponsive_after / 2;
  auto next_recall = since + longest_ahead;
  bool pinged = false;
  for (;;) {
    bool others_wait = !ahead_.empty() && recall_ == 0;
    auto until = std::min({next_look, last_end, others_wait ? next_recall : never});
    if (auto f = link_.talk(unsent_, until)) {
      auto& said = f->header;
      if (said.kind == frame_kind::pong)
        pinged = false;
      else if (said.kind == frame_kind::recalled && recall_ != 0)
        recalled(said.number, call);
      else if (said.number != current_.number
               || (said.kind != frame_kind::value && said.kind != frame_kind::failure))
        kill_and_lose("it said what was not asked");
      else {
        came_after(clock::now() - since);
        return std::move(*f);
      }
      continue;
    }
    auto now = clock::now();
    if (now >= last_end)
      kill_and_lose("the task did not end after its deadline");
    if (others_wait && now >= next_recall) {
      next_recall = now + longest_ahead;
      if (unsent_.empty())
        recall();
    }
    if (now < next_look)
      continue;
    if (pool_.broken())
      kill_and_lose("it did not end with its pool");
    if (pinged)
      kill_and_lose(
        fmt::format("it has not answered for {} ms", settings.unresponsive_after.count() / 2));
    link_.tell({.kind = frame_kind::ping, .number = current_.number});
    pinged = true;
    next_look = now + settings.unresponsive_after / 2;
  }
}

/// Nothing else is on its way: what was sent before has been answered.
void conversation::send(outgoing_call& call) {
  outbox_.clear();
  if (call.message.size() <= small) {
    current_ = put(call.message);
    unsent_ = outbox_.bytes();
    return;
  }
  current_ = {.number = ++calls_, .end = put_ += call.message.size()};
  set_number(call.message, current_.number);
  unsent_ = call.message.bytes();
}

/// Adds a small message to the outbox.
conversation::sent conversation::put(buffer& message) {
  set_number(message, ++calls_);
  outbox_.append(message.data(), message.size());
  return {.number = calls_, .end = put_ += message.size()};
}

void conversation::kill_and_lose(const std::string& why) {
  link_.kill(SIGKILL);
  throw link_lost(why);
}

// -- sending ahead ------------------------------------------------------------------------------------

/// Fills the window, if it is half empty and everything else is sent, or still in the outbox.
void conversation::send_ahead() {
  bool in_outbox = unsent_.data() == outbox_.data();
  if (ahead_.size() > window_ / 2 || recall_ != 0 || !(unsent_.empty() || in_outbox))
    return;
  auto more = pool_.take_calls(window_ - ahead_.size());
  if (more.empty())
    return;
  if (unsent_.empty())
    outbox_.clear();
  auto before = outbox_.size() - unsent_.size();
  while (auto* task = more.pop_front()) {
    if (!task->begin(owner_))
      continue;                                // it was cancelled
    auto& message = task->outgoing()->message; // not to be looked at before
    if (message.size() > small) {
      task->postpone();
      job_list rest;
      rest.push_back(*task);
      rest.splice(more);
      pool_.put_back(std::move(rest));
      break;
    }
    ahead_.push_back({task, put(message)});
  }
  count_ahead();
  unsent_ = outbox_.bytes().subspan(before);
}

job* conversation::next_ahead() noexcept {
  if (ahead_.empty())
    return nullptr;
  auto next = ahead_.front();
  ahead_.pop_front();
  next_ = next.call;
  return next.task;
}

/// The next ones are sent ahead as far as they are worth no more than a certain time.
void conversation::came_after(clock::duration time) noexcept {
  auto so_many = longest_ahead / std::max<clock::duration>(time, std::chrono::microseconds{1});
  window_ = std::min(most_ahead, static_cast<std::size_t>(so_many));
  if (pool_.settings().max_tasks_per_child > 0)
    window_ = 0; // one of them may be the last
}

/// Lets the process begin none of those ahead, if it can still be reached in time.
void conversation::recall() {
  recall_ = calls_;
  link_.tell({.kind = frame_kind::recall, .number = recall_});
}

void conversation::recalled(std::uint64_t last_begun, outgoing_call& current) {
  auto up_to = std::exchange(recall_, 0);
  pool_.put_back(give_back_after(last_begun));
  if (current_.number > last_begun && current_.number <= up_to)
    send(current);
}

job_list conversation::give_back() noexcept {
  return give_back_after(0);
}

job_list conversation::give_back_after(std::uint64_t last_begun) noexcept {
  job_list back;
  while (!ahead_.empty() && ahead_.back().call.number > last_begun) {
    ahead_.back().task->postpone();
    back.push_back(*ahead_.back().task);
    ahead_.pop_back();
  }
  count_ahead();
  return back;
}

void conversation::count_ahead() noexcept {
  owner_.ahead.store(static_cast<unsigned>(ahead_.size()), std::memory_order_release);
}

} // namespace mailroom::detail
