#include "mailroom/process/attendant.hpp"

#include <algorithm>
#include <csignal>
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

} // namespace

attendant& this_attendant() noexcept {
  return static_cast<attendant&>(*worker::current());
}

buffer run_remotely(outgoing_call& call, const std::stop_token& stop) {
  return this_attendant().run(call, stop);
}

attendant::attendant(process_pool& pool, unsigned number, std::string name)
  : worker(pool, number, std::move(name)), pool_(pool) {}

attendant::~attendant() = default;

// -- tasks --------------------------------------------------------------------------------------------

buffer attendant::run(outgoing_call& call, const std::stop_token& stop) {
  int attempts = 0; // processes that were lost, and perhaps had begun it
  int in_vain = 0;  // processes that did not live to hear of it
  for (;;) {
    if (!link_)
      start_process();
    int process = link_->process();
    std::string why;
    try {
      auto answer = talk_->ask(call, stop);
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
    bool may_have_begun = talk_->may_have_begun();
    auto how = end_process(clock::now() + pool_.settings().grace);
    auto text =
      fmt::format("the process of {} ({}) {} {} a task: {}", name(), process, how.describe(),
                  may_have_begun ? "while it ran" : "before it began", why);
    if (pool_.settings().on_loss == worker_loss::break_pool)
      pool_.collapse(text);
    bool again = (!may_have_begun && ++in_vain < most_starts)
                 || (call.terms.idempotent && ++attempts < pool_.settings().most_attempts);
    bool in_time = clock::now() < call.terms.deadline && !stop.stop_requested();
    if (pool_.broken() || !again || !in_time)
      throw worker_lost(text, process, how.exit_code, how.signal);
  }
}

void attendant::end_ahead() noexcept {
  while (auto* task = talk_ ? talk_->next_ahead() : nullptr)
    task->end(*this);
}

/// Has something called that is no task.
frame attendant::ask(const remote_call& call, clock::time_point deadline) {
  outgoing_call c{{}, {.deadline = deadline}};
  c.message.append(call.message().data(), call.message().size());
  return talk_->ask(c);
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
      talk_.emplace(pool_, *this, *link_);
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
  auto back = talk_->give_back();
  talk_.reset();
  if (!back.empty())
    pool_.put_back(std::move(back));
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
