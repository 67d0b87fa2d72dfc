#include "mailroom/system.hpp"

#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "mailroom/error.hpp"
#include "mailroom/processors.hpp"
#include "mailroom/scheduler/parking.hpp"

namespace mailroom {

namespace {

constexpr int most_threads = 1024;

/// Enough for a turn to cost little per message, few enough for others not to wait for long.
constexpr std::size_t messages_at_once = 300;

void set_scheduler(caf::actor_system_config& config, scheduling s) {
  switch (s) {
    case scheduling::sharing: detail::set_scheduler(config, "sharing"); break;
    case scheduling::stealing: detail::set_scheduler(config, "stealing"); break;
    case scheduling::parking: detail::use_parking_scheduler(config); break;
    case scheduling::manual: detail::set_scheduler(config, "testing"); break;
  }
}

/// CAF's configuration, made here so that no file and no command line has a say.
struct configuration : caf::actor_system_config {
  explicit configuration(const system_options& options) {
    if (options.threads < 0 || options.threads > most_threads)
      throw std::invalid_argument("an actor system has 0 (one per processor) to "
                                  + std::to_string(most_threads) + " threads, not "
                                  + std::to_string(options.threads));
    int threads = options.threads > 0 ? options.threads : usable_processors();
    set_scheduler(*this, options.scheduler);
    detail::set_threads(*this, static_cast<std::size_t>(threads));
    detail::set_messages_at_once(*this, messages_at_once);
  }
};

/// The living actors a system has to end. Outlives the system in the hooks of its actors.
class census {
public:
  void enter(const caf::actor_addr& address) {
    std::lock_guard lock{mutex_};
    living_.emplace(address.id(), address);
  }

  void leave(caf::actor_id id) {
    std::lock_guard lock{mutex_};
    living_.erase(id);
  }

  std::map<caf::actor_id, caf::actor_addr> living() const {
    std::lock_guard lock{mutex_};
    return living_;
  }

private:
  mutable std::mutex mutex_;
  std::map<caf::actor_id, caf::actor_addr> living_; // guarded by mutex_
};

} // namespace

struct system::parts {
  explicit parts(const system_options& options)
    : patience(options.patience), by_hand(options.scheduler == scheduling::manual), config(options),
      actors(config) {}

  std::chrono::milliseconds patience;
  bool by_hand;
  std::shared_ptr<census> born = std::make_shared<census>();
  configuration config;
  caf::actor_system actors;
};

system::system(system_options options) {
  detail::visit visit;
  parts_ = std::make_unique<parts>(options);
}

system::~system() {
  detail::visit visit;
  for (auto& [id, address] : parts_->born->living())
    if (auto actor = caf::actor_cast<caf::actor>(address))
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  if (parts_->by_hand) {
    run_all();
    manual().trigger_timeouts(); // who awaits an answer hears of its end only after the timeout
    run_all();
  }
  // CAF's destructor waits for ever. It may do so on a thread that can be left behind.
  struct farewell {
    std::mutex mutex;
    std::condition_variable changed;
    bool said = false;
  };
  auto bye = std::make_shared<farewell>();
  auto patience = parts_->patience;
  auto* leaving = parts_.release();
  std::thread last{[bye, leaving] {
    delete leaving;
    {
      std::lock_guard lock{bye->mutex};
      bye->said = true;
    }
    bye->changed.notify_all();
  }};
  std::unique_lock lock{bye->mutex};
  if (bye->changed.wait_for(lock, patience, [&] { return bye->said; })) {
    lock.unlock();
    last.join();
  } else {
    std::fprintf(stderr,
                 "mailroom: actors still run %lld ms after their system was told to stop; "
                 "it is abandoned\n",
                 static_cast<long long>(patience.count()));
    last.detach();
  }
}

std::shared_ptr<system> system::shared() {
  static std::mutex mutex;
  static std::weak_ptr<system> current; // guarded by mutex
  std::lock_guard lock{mutex};
  auto sys = current.lock();
  if (!sys)
    current = sys = std::make_shared<system>();
  return sys;
}

caf::actor_system& system::caf() noexcept {
  return parts_->actors;
}

bool system::by_hand() const noexcept {
  return parts_->by_hand;
}

std::size_t system::running() const {
  return parts_->actors.registry().running();
}

void system::adopt_address(caf::actor_addr address) {
  parts_->born->enter(address);
  if (auto actor = caf::actor_cast<caf::strong_actor_ptr>(address))
    actor->get()->attach_functor([born = parts_->born, id = address.id()] { born->leave(id); });
  else
    parts_->born->leave(address.id());
}

caf::scheduler::test_coordinator& system::manual() {
  if (!parts_->by_hand)
    throw system_error("only a system with scheduling::manual runs by hand");
  return dynamic_cast<caf::scheduler::test_coordinator&>(parts_->actors.scheduler());
}

bool system::run_one() {
  detail::visit visit;
  return manual().try_run_once();
}

std::size_t system::run_all() {
  detail::visit visit;
  return manual().run();
}

std::size_t system::advance(std::chrono::nanoseconds time) {
  detail::visit visit;
  auto& clock = manual().clock();
  auto go_on_to = [&](caf::actor_clock::time_point t) {
    if (t > clock.now())
      clock.current_time = t;
    clock.trigger_expired_timeouts();
  };
  auto end = clock.now() + time;
  auto handled = run_all();
  for (auto& due = clock.schedule(); !due.empty() && due.begin()->first <= end;) {
    go_on_to(due.begin()->first);
    handled += run_all();
  }
  go_on_to(end);
  return handled;
}

} // namespace mailroom
