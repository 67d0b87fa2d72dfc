#include "mailroom/explore/thread_world.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <execinfo.h>

#include "mailroom/explore/ensure.hpp"

namespace mailroom::explore {

namespace {

/// Unwinds a thread whose run is over.
struct unwound {};

constexpr int most_threads = 26; // letters

/// Mixes a number into another one (FNV-1a).
std::uint64_t mixed(std::uint64_t hash, std::uint64_t number) {
  return (hash ^ number) * 1099511628211ull;
}

/// Where the calling thread is in its program: the calls it is in, as a number.
std::uint64_t program_point() {
  std::array<void*, 64> calls{};
  auto n = static_cast<std::size_t>(backtrace(calls.data(), static_cast<int>(calls.size())));
  std::uint64_t hash = n;
  for (std::size_t i = 0; i < n; ++i)
    hash = mixed(hash, reinterpret_cast<std::uintptr_t>(calls[i]));
  return hash;
}

} // namespace

// -- the run --------------------------------------------------------------------------------------

thread_world::thread_world(std::function<void()> scenario, std::shared_ptr<runners> threads,
                           const options& o, const recording& keep)
  : scenario_(std::move(scenario)), threads_(std::move(threads)), options_(o), keep_(keep) {
  if (keep_.states)
    program_point(); // its first call loads a library
}

thread_world::~thread_world() = default;

void thread_world::run(const chooser& next) {
  next_ = &next;
  start("main", std::move(scenario_));
  await_the_end();
  conclude();
  unwind();
  if (is_refused_) {
    std::lock_guard lock{refusal_mutex_};
    throw refused(refusal_);
  }
  if (chooser_failure_)
    std::rethrow_exception(chooser_failure_);
}

void thread_world::await_the_end() {
  auto seen = steps_.load();
  while (!threads_->home().wait_until(std::chrono::steady_clock::now() + options_.patience)) {
    auto now = steps_.load();
    if (now != std::exchange(seen, now))
      continue;
    // There is no way to take the baton away. What the thread uses has to stay, for ever.
    static auto& lost = *new std::vector<std::shared_ptr<thread_world>>;
    lost.push_back(shared_from_this());
    refuse("a thread did not come to its next step: it loops, sleeps, or waits for something "
           "that is not of mailroom::sync");
    throw refused(refusal_);
  }
}

int thread_world::start(std::string name, std::function<void()> body) {
  int number = static_cast<int>(workers_.size());
  if (number > most_threads)
    refuse("more than 26 threads");
  auto& w = workers_.emplace_back();
  w.name = std::move(name);
  if (unwinding_ || number > most_threads) {
    w.ended = true;
    return number;
  }
  w.thread = &threads_->take();
  w.thread->body = [this, number, body = std::move(body)]() mutable {
    enter(this);
    try {
      body();
    } catch (const unwound&) {
      // Asked for.
    } catch (...) {
      if (!failure_)
        failure_ = std::current_exception();
    }
    body = nullptr; // what it holds is of this world
    end(number);    // which may be gone now
    enter(nullptr);
  };
  if (number == 0) { // by the one who explores
    hand_to(number);
    return number;
  }
  w.starter = moving_;
  auto& turn = at(moving_).thread->turn;
  hand_to(number); // up to its first step: local code only
  turn.wait();
  return number;
}

void thread_world::end(int number) {
  auto& w = at(number);
  w.next.reset();
  w.ended = true;
  threads_->give_back(*w.thread);
  pass_on(next_to_move());
}

/// Stops the calling thread until it is its turn again.
void thread_world::stop(int number) {
  int next = next_to_move();
  if (next == number)
    return;
  auto& turn = at(number).thread->turn;
  pass_on(next);
  turn.wait();
}

void thread_world::pass_on(int next) {
  if (next == nobody)
    threads_->home().pass();
  else
    hand_to(next);
}

void thread_world::hand_to(int number) {
  moving_ = number;
  at(number).thread->turn.pass();
}

// Last created first: a thread's parent owns what the thread refers to.
void thread_world::unwind() {
  unwinding_ = true;
  for (int i = static_cast<int>(workers_.size()); i-- > 0;)
    while (!at(i).ended) {
      hand_to(i);
      threads_->home().wait();
    }
  for (auto* o : objects_)
    if (o) {
      refuse(std::string("'") + o->name() + "' outlives the scenario: is it static?");
      release(*o);
    }
}

// -- choices --------------------------------------------------------------------------------------

/// Returns who moves next, and takes its step; nobody if the run is over.
int thread_world::next_to_move() {
  if (unwinding_)
    return nobody;
  if (int starter = std::exchange(at(moving_).starter, nobody); starter != nobody)
    return starter;
  if (failure_ || is_refused_)
    return nobody;
  for (int i = 0; i < static_cast<int>(workers_.size()); ++i) // as soon as they can
    if (auto& w = at(i); w.joining != nobody && at(w.joining).ended) {
      w.joining = nobody;
      return i;
    }
  auto possible = open();
  if (possible.empty())
    return nobody;
  std::optional<choice> chosen;
  try {
    chosen = (*next_)(possible);
  } catch (...) {
    chooser_failure_ = std::current_exception();
  }
  if (!chosen) {
    stopped_ = true;
    return nobody;
  }
  take(*chosen);
  return chosen->who;
}

std::vector<choice> thread_world::open() const {
  std::vector<choice> found;
  int number = 0;
  for (auto& w : workers_) {
    if (w.next) {
      auto& [what, on, with] = *w.next;
      int outcomes = on ? on->outcomes(what) : 1;
      bool once_more = w.resent && (!with || with->ready(sync::operation::lock, number, 0));
      for (int o = 0; o < outcomes; ++o)
        if (!on || on->ready(what, number, o) || once_more)
          found.push_back(
            {number, o, on ? on->id() : 0, with ? with->id() : 0, what == sync::operation::read});
    }
    ++number;
  }
  return found;
}

void thread_world::take(const choice& c) {
  auto& w = at(c.who);
  steps_.fetch_add(1, std::memory_order_relaxed);
  if (keep_.history)
    history_.push_back({w.name, std::string(to_string(w.next->what)),
                        w.next->on ? w.next->on->name() : "", "", false});
  w.next.reset();
  w.resent = false;
  w.outcome = c.alternative;
}

// -- the end --------------------------------------------------------------------------------------

void thread_world::conclude() {
  if (failure_) {
    try {
      std::rethrow_exception(failure_);
    } catch (const violated& e) {
      end_ = ending::violated;
      why_ = e.what();
    } catch (const std::exception& e) {
      end_ = ending::threw;
      why_ = e.what();
    } catch (...) {
      end_ = ending::threw;
      why_ = "something that is not a std::exception";
    }
  } else if (stopped_) {
    end_ = ending::cut;
  } else if (std::all_of(workers_.begin(), workers_.end(), [](auto& w) { return w.ended; })) {
    end_ = ending::fine;
  } else {
    why_ = who_waits();
    end_ = a_signal_helps() ? ending::lost_wakeup : ending::deadlock;
  }
}

/// Gives the signals that came when nobody waited again, and looks whether one of those that wait
/// now gets to its end.
bool thread_world::a_signal_helps() {
  std::vector<const worker*> woken;
  for (auto& w : workers_)
    if (w.next && w.next->what == sync::operation::wake && w.next->on->signal_lost()) {
      w.resent = true;
      woken.push_back(&w);
    }
  if (woken.empty())
    return false;
  auto told = history_.size();
  int steps = 0;
  chooser any = [&](const std::vector<choice>& open) -> std::optional<choice> {
    if (++steps > options_.max_steps)
      return std::nullopt;
    return open.front();
  };
  next_ = &any;
  enter(this);
  int first = next_to_move();
  enter(nullptr);
  if (first != nobody) {
    hand_to(first);
    await_the_end();
  }
  history_.resize(told);
  return std::any_of(woken.begin(), woken.end(), [](auto* w) { return w->ended; });
}

std::string thread_world::who_waits() const {
  std::string text;
  auto add = [&](const worker& w, const std::string& what) {
    text += (text.empty() ? "" : "; ") + w.name + " waits to " + what;
  };
  for (auto& w : workers_)
    if (w.next)
      add(w, std::string(to_string(w.next->what)) + " " + (w.next->on ? w.next->on->name() : ""));
  if (text.empty())
    for (auto& w : workers_)
      if (!w.ended)
        add(w, "join " + at(w.joining).name);
  return text;
}

void thread_world::refuse(std::string why) noexcept {
  std::lock_guard lock{refusal_mutex_};
  if (refusal_.empty())
    refusal_ = std::move(why);
  is_refused_ = true;
}

// -- for those who look -----------------------------------------------------------------------------

std::vector<std::string> thread_world::cast() const {
  std::vector<std::string> names;
  for (auto& w : workers_)
    names.push_back(w.name);
  return names;
}

std::string thread_world::letters(const choice& c) const {
  std::string text(1, c.who == 0 ? 'm' : static_cast<char>('A' + c.who - 1));
  return c.alternative == 0 ? text : text + std::to_string(c.alternative);
}

std::uint64_t thread_world::state() const {
  std::uint64_t hash = 14695981039346656037ull;
  auto mix = [&](std::uint64_t number) { hash = mixed(hash, number); };
  for (auto* o : objects_)
    mix(o ? o->state() + 1 : 0);
  for (auto& w : workers_) {
    mix(w.ended ? 1 : 0);
    mix(static_cast<std::uint64_t>(w.joining));
    mix(w.next ? static_cast<std::uint64_t>(w.next->what) : 99);
    mix(w.next && w.next->on ? w.next->on->id() : 0);
    mix(w.point);
  }
  return hash;
}

// -- what the primitives call -----------------------------------------------------------------------

int thread_world::reach(const sync::step& next) {
  int number = moving_;
  auto& me = at(number);
  if (!unwinding_) {
    me.next = next;
    if (keep_.states)
      me.point = program_point();
    stop(number);
  }
  if (!unwinding_)
    return me.outcome;
  me.next.reset();
  if (may_unwind(next.what) && std::uncaught_exceptions() == 0)
    throw unwound{};
  return 0;
}

void thread_world::join(int number) {
  auto& me = at(moving_);
  auto& other = at(number);
  if (keep_.states)
    me.point = program_point();
  while (!other.ended && !unwinding_) {
    me.joining = number;
    stop(moving_);
  }
}

void thread_world::note(std::string text) {
  if (!history_.empty())
    history_.back().outcome = std::move(text);
}

std::uint32_t thread_world::enroll(sync::object& fresh) {
  objects_.push_back(&fresh);
  return static_cast<std::uint32_t>(objects_.size());
}

void thread_world::dismiss(const sync::object& gone) noexcept {
  objects_[gone.id() - 1] = nullptr;
}

void thread_world::outsider(const sync::object& used) noexcept {
  refuse(std::string("the scenario uses '") + used.name() + "', which was made outside of it");
}

void thread_world::intruder(const sync::object& used) noexcept {
  refuse(std::string("a thread that is not a sync::thread of the scenario uses '") + used.name()
         + "'");
}

} // namespace mailroom::explore
