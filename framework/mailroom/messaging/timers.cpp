#include "mailroom/messaging/timers.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>

#include "mailroom/future/parker.hpp"

namespace mailroom {

namespace detail {

using std::chrono::nanoseconds;

/// What is to be called, and when: a list that an actor works off.
///
/// It is under a mutex, for a look-up at a time, and not the state of the actor: who cancels has to
/// know at once whether the function is out of the way, and an actor could only say so later. No
/// function of the user is called or destroyed under it.
class timer_queue {
public:
  using id = std::uint64_t;
  using function = std::function<void()>;

  timer_queue(const caf::actor_clock& clock, failure_handler on_failure)
    : clock_(clock), on_failure_(std::move(on_failure)) {}

  /// Returns the number of the timer, and whether the actor has to be woken. A period of 0 is none.
  std::pair<id, bool> add(nanoseconds delay, nanoseconds period, function f) {
    std::lock_guard lock{mutex_};
    auto number = ++last_;
    if (closed_)
      return {number, false};
    auto due = sum(clock_.now(), delay);
    functions_.emplace(key{due, number}, entry{std::move(f), period});
    times_.emplace(number, due);
    bool wake = !awake_ && functions_.begin()->first.second == number;
    awake_ = awake_ || wake;
    return {number, wake};
  }

  bool cancel(id number) {
    function forgotten; // destroyed outside of the lock
    std::lock_guard lock{mutex_};
    if (auto time = times_.find(number); time != times_.end()) {
      auto place = functions_.find({time->second, number});
      forgotten.swap(place->second.f);
      functions_.erase(place);
      times_.erase(time);
      return true;
    }
    if (running_ != number || !repeat_)
      return false;
    repeat_ = false;
    return runs_here();
  }

  bool pending(id number) const {
    std::lock_guard lock{mutex_};
    return running_ == number || times_.contains(number);
  }

  std::size_t size() const {
    std::lock_guard lock{mutex_};
    return times_.size();
  }

  /// Cancels all and takes no more. Waits until nothing runs.
  void close() {
    decltype(functions_) forgotten; // destroyed outside of the lock
    std::unique_lock lock{mutex_};
    closed_ = true;
    repeat_ = false;
    forgotten.swap(functions_);
    times_.clear();
    if (!runs_here())
      ended_.wait(lock, [this] { return running_ == nobody; });
  }

  /// Calls what is due, but not for so long that other actors starve. Returns how long the actor
  /// may sleep.
  nanoseconds work() {
    std::unique_lock lock{mutex_};
    for (int i = 0; i < 50 && time_left() <= nanoseconds::zero(); ++i)
      call_first(lock);
    auto left = std::max(time_left(), nanoseconds::zero());
    awake_ = left == nanoseconds::zero();
    return left;
  }

  static constexpr nanoseconds forever = nanoseconds::max();

private:
  using key = std::pair<clock::time_point, id>;
  static constexpr id nobody = 0;

  struct entry {
    function f;
    nanoseconds period;
  };

  static clock::time_point sum(clock::time_point t, nanoseconds d) {
    return d < never - t ? t + d : never;
  }

  /// Returns the time of the first tick after `due` that is not over by now.
  clock::time_point next_tick(clock::time_point due, nanoseconds period) const {
    auto late = clock_.now() - due;
    auto over = late > period ? (late - nanoseconds{1}) / period : 0;
    return sum(due + over * period, period);
  }

  nanoseconds time_left() const {
    if (functions_.empty() || functions_.begin()->first.first == never)
      return forever;
    return functions_.begin()->first.first - clock_.now();
  }

  bool runs_here() const { return running_ != nobody && runner_ == std::this_thread::get_id(); }

  void call_first(std::unique_lock<std::mutex>& lock) {
    auto node = functions_.extract(functions_.begin());
    auto& [due, number] = node.key();
    auto& [f, period] = node.mapped();
    times_.erase(number);
    running_ = number;
    runner_ = std::this_thread::get_id();
    repeat_ = period > nanoseconds::zero();
    lock.unlock();
    try {
      f();
    } catch (...) {
      report_failure(on_failure_, "a timer", std::current_exception());
    }
    lock.lock();
    if (repeat_) {
      due = next_tick(due, period);
      times_.emplace(number, due);
      functions_.insert(std::move(node));
    } else {
      lock.unlock();
      f = nullptr; // while it counts as running, so that nobody believes it is gone
      lock.lock();
    }
    running_ = nobody;
    ended_.notify_all();
  }

  const caf::actor_clock& clock_;
  const failure_handler on_failure_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<key, entry> functions_; // guarded by mutex_, as are those below
  std::unordered_map<id, clock::time_point> times_;
  id last_ = nobody;
  id running_ = nobody;
  std::thread::id runner_; // of running_
  bool repeat_ = false;    // running_ is to run again
  bool awake_ = false;     // the actor will look at the list before it sleeps
  bool closed_ = false;
};

namespace {

MAILROOM_ATOM(wake);

using queue_ptr = std::shared_ptr<timer_queue>;

/// CAF adds up times without looking for overflow. Who wakes too early sleeps on.
constexpr std::chrono::hours longest_sleep{24};

caf::behavior caller(caf::event_based_actor* self, const queue_ptr& queue, nanoseconds sleep);

void wake(caf::event_based_actor* self, const queue_ptr& queue) {
  auto sleep = queue->work();
  if (sleep == nanoseconds::zero())
    self->send(self, wake_atom_v);
  else
    self->become(caller(self, queue, sleep));
}

caf::behavior caller(caf::event_based_actor* self, const queue_ptr& queue, nanoseconds sleep) {
  auto on_wake = [=](wake_atom) { wake(self, queue); };
  auto on_done = [=](done_atom) { self->quit(); };
  if (sleep == timer_queue::forever)
    return {on_wake, on_done};
  return {on_wake, on_done,
          caf::after(std::min<nanoseconds>(sleep, longest_sleep)) >> [=] { wake(self, queue); }};
}

} // namespace

} // namespace detail

bool timer::cancel() const {
  return queue_ && queue_->cancel(id_);
}

bool timer::pending() const {
  return queue_ && queue_->pending(id_);
}

timers::timers(failure_handler on_failure) : timers(system::shared(), std::move(on_failure)) {}

timers::timers(std::shared_ptr<system> mine, failure_handler on_failure)
  : timers(*mine, std::move(on_failure)) {
  mine_ = std::move(mine);
}

timers::timers(system& sys, failure_handler on_failure)
  : queue_(std::make_shared<detail::timer_queue>(sys.caf().clock(), std::move(on_failure))),
    caller_(sys.spawn([queue = queue_](caf::event_based_actor* self) -> caf::behavior {
      return detail::caller(self, queue, detail::timer_queue::forever);
    })) {}

timers::~timers() {
  queue_->close();
  caf::anon_send(caller_, done_atom_v);
}

std::size_t timers::size() const {
  return queue_->size();
}

timer timers::again(nanoseconds period, function f) {
  if (period == nanoseconds::zero())
    throw std::invalid_argument("the period of a timer must be greater than 0");
  return set(period, period, std::move(f));
}

timer timers::set(nanoseconds delay, nanoseconds period, function f) {
  auto [id, wake] = queue_->add(delay, period, std::move(f));
  if (wake)
    caf::anon_send(caller_, detail::wake_atom_v);
  return {queue_, id};
}

} // namespace mailroom
