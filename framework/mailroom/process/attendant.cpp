#include "mailroom/process/attendant.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "mailroom/process/process_pool.hpp"
#include "mailroom/process/remote_error.hpp"
#include "mailroom/process/worker_lost.hpp"

namespace mailroom::detail {

namespace {

/// How often in a row a process may fail to start, if nobody kills it meanwhile.
constexpr int most_starts = 5;

/// How long to wait before the second try; twice as long before each later one, up to a limit.
constexpr std::chrono::milliseconds first_pause{10};
constexpr std::chrono::milliseconds longest_pause{200};

/// It can be talked with, but is none of ours.
class stranger : public error {
public:
  using error::error;
};

[[noreturn]] void kill_and_lose(link& l, const std::string& why) {
  l.kill(SIGKILL);
  throw link_lost(why);
}

} // namespace

attendant& this_attendant() noexcept {
  return static_cast<attendant&>(*worker::current());
}

buffer run_remotely(buffer& message, const call_terms& terms, const std::stop_token& stop) {
  return this_attendant().run(message, terms, stop);
}

attendant::attendant(process_pool& pool, unsigned number, std::string name)
  : worker(pool, number, std::move(name)), pool_(pool) {}

attendant::~attendant() = default;

// -- tasks --------------------------------------------------------------------------------------------

buffer attendant::run(buffer& message, const call_terms& terms, const std::stop_token& stop) {
  int attempts = 0; // processes that were lost, and perhaps had begun it
  int in_vain = 0;  // processes that did not live to hear of it
  for (;;) {
    if (!link_)
      start_process();
    int process = link_->process();
    std::string why;
    std::span<const std::byte> unsent;
    try {
      auto answer = ask(message, terms, stop, unsent);
      auto most = pool_.settings().max_tasks_per_child;
      if (++tasks_ == most)
        let_go();
      if (answer.header.kind == frame_kind::value)
        return std::move(answer.body);
      wire::reader in{answer.body.bytes()};
      std::rethrow_exception(get_exception(in));
    } catch (const link_lost& e) {
      why = e.what();
    }
    auto how = end_process(clock::now() + pool_.settings().grace);
    auto text = fmt::format("the process of {} ({}) {} while it ran a task: {}", name(), process,
                            how.describe(), why);
    if (pool_.settings().on_loss == worker_loss::break_pool)
      pool_.collapse(text);
    bool again = (!unsent.empty() && ++in_vain < most_starts)
                 || (terms.idempotent && ++attempts < pool_.settings().most_attempts);
    bool in_time = clock::now() < terms.deadline && !stop.stop_requested();
    if (pool_.broken() || !again || !in_time)
      throw worker_lost(text, process, how.exit_code, how.signal);
  }
}

/// Sends a call, and waits for its answer. Throws `link_lost` if none will come; then `unsent` is
/// what could not even be sent.
frame attendant::ask(buffer& message, const call_terms& terms, const std::stop_token& stop,
                     std::span<const std::byte>& unsent) {
  auto number = ++calls_;
  std::memcpy(message.data() + offsetof(frame_header, number), &number, sizeof number);
  unsent = message.bytes();
  auto& l = *link_;
  std::stop_callback on_stop{stop, [&] { l.tell({.kind = frame_kind::stop, .number = number}); }};
  auto patience = pool_.settings().unresponsive_after;
  auto last_end = terms.deadline == never ? never : terms.deadline + pool_.settings().grace;
  bool pinged = false;
  auto next_look = clock::now() + patience / 2;
  for (;;) {
    if (auto f = l.talk(unsent, std::min(next_look, last_end))) {
      if (f->header.kind == frame_kind::pong)
        pinged = false;
      else if (f->header.number == number
               && (f->header.kind == frame_kind::value || f->header.kind == frame_kind::failure))
        return std::move(*f);
      else
        kill_and_lose(l, "it said what was not asked");
      continue;
    }
    auto now = clock::now();
    if (now >= last_end)
      kill_and_lose(l, "the task did not end after its deadline");
    if (pinged)
      kill_and_lose(l, fmt::format("it has not answered for {} ms", patience.count() / 2));
    l.tell({.kind = frame_kind::ping, .number = number});
    pinged = true;
    next_look = now + patience / 2;
  }
}

/// As above, for what is called before and after all tasks.
frame attendant::ask(const remote_call& call, clock::time_point deadline) {
  buffer message;
  message.append(call.message().data(), call.message().size());
  std::span<const std::byte> unsent;
  return ask(message, {.deadline = deadline}, {}, unsent);
}

// -- the process --------------------------------------------------------------------------------------

/// Starts a process, with several tries. Throws `broken_process_pool`. That somebody kills one is
/// not taken for its own failure: that may be over soon.
void attendant::start_process() {
  auto pause = first_pause;
  int failures = 0;
  auto last_start = clock::now() + pool_.settings().start_timeout;
  for (;;) {
    if (pool_.broken())
      pool_.throw_broken();
    try {
      auto fresh = pool_.place().open(name());
      {
        std::lock_guard lock{mutex_};
        link_ = std::move(fresh);
      }
      tasks_ = 0;
      greet(clock::now() + pool_.settings().start_timeout);
      return;
    } catch (const stranger& e) {
      end_process(clock::now());
      give_up(e.what());
    } catch (const std::exception& e) { // the system, the link, or what was said
      auto why = fmt::format("no process for {} could be started: {}", name(), e.what());
      bool was_killed = false;
      if (link_) {
        auto how = end_process(clock::now() + pool_.settings().grace);
        was_killed = how.signal == SIGKILL;
        why += "; it " + how.describe();
      }
      failures += was_killed ? 0 : 1;
      if (failures == most_starts || clock::now() >= last_start)
        give_up(why);
    }
    pool_.pause_before_another_try(pause);
    pause = std::min(2 * pause, longest_pause);
  }
}

/// The pool cannot go on.
void attendant::give_up(const std::string& why) {
  pool_.collapse(why);
  pool_.throw_broken();
}

/// Lets a new process say who it is, tells it its name, and has it initialize itself.
void attendant::greet(clock::time_point until) {
  std::span<const std::byte> nothing;
  auto hello = link_->talk(nothing, until);
  if (!hello)
    throw link_lost(
      fmt::format("it said nothing for {} ms", pool_.settings().start_timeout.count()));
  if (hello->header.kind != frame_kind::hello)
    throw link_lost("it did not say hello");
  if (wire::reader{hello->body.bytes()}.get<std::uint64_t>() != registry_hash())
    throw stranger(fmt::format("the process of {} is of another build of this program", name()));

  buffer welcome;
  begin_frame(welcome, {.kind = frame_kind::welcome});
  wire::writer{welcome}(name(), number());
  end_frame(welcome);
  auto unsent = welcome.bytes();
  while (!unsent.empty())
    if (link_->talk(unsent, clock::now()) || clock::now() > until)
      throw link_lost("it did not listen");

  if (!pool_.settings().initializer)
    return;
  auto answer = ask(pool_.settings().initializer, never);
  if (answer.header.kind == frame_kind::value)
    return;
  wire::reader in{answer.body.bytes()};
  auto error = get_exception(in);
  pool_.report("exception in the initializer of " + name(), error);
  throw stranger(fmt::format("a worker of {} failed to initialize: {}",
                             pool_.options().thread_name_prefix, describe(error)));
}

void attendant::let_go() noexcept {
  if (!link_)
    return;
  if (auto& f = pool_.settings().finalizer)
    try {
      auto answer = ask(f, clock::now() + pool_.settings().grace);
      if (answer.header.kind == frame_kind::failure) {
        wire::reader in{answer.body.bytes()};
        std::rethrow_exception(get_exception(in));
      }
    } catch (...) {
      pool_.report("exception in the finalizer of " + name(), std::current_exception());
    }
  int process = link_->process();
  auto how = end_process(clock::now() + pool_.settings().grace);
  if (how.exit_code != 0 && !pool_.broken())
    pool_.report(fmt::format("the end of the process of {} ({})", name(), process),
                 std::make_exception_ptr(error(how.describe())));
}

departure attendant::end_process(clock::time_point until) noexcept {
  auto how = link_->end(until);
  std::lock_guard lock{mutex_};
  link_.reset();
  return how;
}

void attendant::kill(int signal) noexcept {
  std::lock_guard lock{mutex_};
  if (link_)
    link_->kill(signal);
}

int attendant::process() const {
  std::lock_guard lock{mutex_};
  return link_ ? link_->process() : 0;
}

} // namespace mailroom::detail
