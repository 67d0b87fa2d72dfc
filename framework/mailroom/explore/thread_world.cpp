#include "mailroom/explore/thread_world.hpp"

#include <optional>
#include <utility>

#include "mailroom/error.hpp"

namespace mailroom::explore {

namespace {

/// Unwinds a thread whose run is over.
struct unwound {};

/// Hands the only permission to move back and forth between the world and one thread.
class baton {
public:
  void pass_to_worker() { pass(true); }
  void pass_to_world() { pass(false); }
  void wait_for_worker() { wait(false); }
  void wait_for_world() { wait(true); }

private:
  void pass(bool to_worker) {
    {
      std::lock_guard lock{mutex_};
      worker_has_it_ = to_worker;
    }
    moved_.notify_one();
  }

  void wait(bool as_worker) {
    std::unique_lock lock{mutex_};
    moved_.wait(lock, [&] { return worker_has_it_ == as_worker; });
  }

  std::mutex mutex_;
  std::condition_variable moved_;
  bool worker_has_it_ = false;
};

} // namespace

struct thread_world::worker {
  std::string name;
  std::function<void()> body;
  baton turn;
  std::optional<sync::step> next; // announced; empty while joining, or once ended
  int joining = -1;
  int alternative = 0;
  bool ended = false;
  std::thread thread;
};

// -- the run ------------------------------------------------------------------------------------------

thread_world::thread_world(std::function<void()> scenario) {
  start("main", std::move(scenario));
  settle();
}

thread_world::~thread_world() {
  unwind();
  for (auto& w : workers_)
    w.thread.join();
}

int thread_world::start(std::string name, std::function<void()> body) {
  int number = static_cast<int>(workers_.size());
  auto& w = workers_.emplace_back();
  w.name = std::move(name);
  w.body = std::move(body);
  if (unwinding_) {
    w.ended = true;
    return number;
  }
  w.thread = std::thread([this, &w] {
    enter(this);
    w.turn.wait_for_world();
    try {
      w.body();
    } catch (const unwound&) {
      // Asked for.
    } catch (...) {
      if (!failure_)
        failure_ = std::current_exception();
    }
    w.body = nullptr;
    w.next.reset();
    w.ended = true;
    enter(nullptr);
    w.turn.pass_to_world();
  });
  move(number, 0); // up to its first step: local code only
  return number;
}

void thread_world::move(int number, int alternative) {
  auto& w = workers_[static_cast<std::size_t>(number)];
  int before = std::exchange(moving_, number);
  w.alternative = alternative;
  w.turn.pass_to_worker();
  w.turn.wait_for_worker();
  moving_ = before;
}

void thread_world::settle() {
  for (bool again = true; again && !failure_;) {
    again = false;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      auto& w = workers_[i];
      if (w.joining >= 0 && workers_[static_cast<std::size_t>(w.joining)].ended) {
        w.joining = -1;
        move(static_cast<int>(i), 0);
        again = true;
      }
    }
  }
}

// Last created first: a thread's parent owns what the thread refers to.
void thread_world::unwind() {
  unwinding_ = true;
  for (std::size_t i = workers_.size(); i-- > 0;)
    while (!workers_[i].ended)
      move(static_cast<int>(i), 0);
}

// -- choices ------------------------------------------------------------------------------------------

bool thread_world::can_move(int number, int alternative) const {
  auto& next = workers_[static_cast<std::size_t>(number)].next;
  return next && (!next->on || next->on->ready(next->what, number, alternative));
}

std::vector<choice> thread_world::choices() const {
  std::vector<choice> found;
  if (failure_)
    return found;
  int number = 0;
  for (auto& w : workers_) {
    for (int a = 0; w.next && a < w.next->alternatives; ++a)
      if (can_move(number, a))
        found.push_back({number, a});
    ++number;
  }
  return found;
}

void thread_world::take(const choice& c) {
  auto& w = workers_[static_cast<std::size_t>(c.thread)];
  if (!can_move(c.thread, c.alternative))
    throw error(w.name + " cannot move now");
  std::string what{to_string(w.next->what)};
  if (w.next->on)
    what += std::string(" ") + w.next->on->name();
  history_.push_back({c.thread, w.name, std::move(what), ""});
  w.next.reset();
  move(c.thread, c.alternative);
  settle();
}

// -- how it ended -------------------------------------------------------------------------------------

bool thread_world::all_ended() const {
  for (auto& w : workers_)
    if (!w.ended)
      return false;
  return true;
}

std::string thread_world::who_waits() const {
  std::string text;
  for (auto& w : workers_)
    if (w.next)
      text += (text.empty() ? "" : "; ") + w.name + " waits to "
              + std::string(to_string(w.next->what)) + " " + (w.next->on ? w.next->on->name() : "");
  return text;
}

std::vector<std::string> thread_world::workers() const {
  std::vector<std::string> names;
  for (auto& w : workers_)
    names.push_back(w.name);
  return names;
}

// -- what the primitives call -------------------------------------------------------------------------

int thread_world::reach(const sync::step& next) {
  bool over = unwinding_ || failure_;
  auto& me = workers_[static_cast<std::size_t>(moving_)];
  if (!over) {
    me.next = next;
    me.turn.pass_to_world();
    me.turn.wait_for_world();
  }
  if (unwinding_) {
    me.next.reset();
    if (may_unwind(next.what) && std::uncaught_exceptions() == 0)
      throw unwound{};
    return 0;
  }
  return me.alternative;
}

void thread_world::join(int number) {
  auto& other = workers_[static_cast<std::size_t>(number)];
  auto& me = workers_[static_cast<std::size_t>(moving_)];
  while (!other.ended && !unwinding_) {
    me.joining = number;
    me.turn.pass_to_world();
    me.turn.wait_for_world();
  }
}

void thread_world::note(std::string text) {
  if (!history_.empty())
    history_.back().outcome = std::move(text);
}

std::uint32_t thread_world::enroll(const sync::object&) {
  return ++objects_;
}

void thread_world::dismiss(const sync::object&) noexcept {}

} // namespace mailroom::explore
