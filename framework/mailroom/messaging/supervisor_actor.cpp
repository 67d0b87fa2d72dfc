#include "mailroom/messaging/supervisor_actor.hpp"

#include <algorithm>
#include <ranges>

#include "mailroom/error.hpp"
#include "mailroom/future/failure.hpp"

namespace mailroom::detail {

using command = supervisor_actor::command;

// -- reports ------------------------------------------------------------------------------------------

void child_report::failed(std::exception_ptr what, std::string reason) const {
  caf::anon_send(supervisor_,
                 command{[id = child_, what = std::move(what), reason = std::move(reason)](
                           supervisor_actor& s) { s.failed(id, what, reason); }});
}

void child_report::halted() const {
  caf::anon_send(supervisor_, command{[id = child_](supervisor_actor& s) { s.halted(id); }});
}

void child_report::ended() const {
  caf::anon_send(supervisor_, command{[id = child_](supervisor_actor& s) { s.ended(id); }});
}

// -- the actor ----------------------------------------------------------------------------------------

supervisor_actor::supervisor_actor(caf::actor_config& config, std::shared_ptr<supervision> shared,
                                   supervisor_options options)
  : event_based_actor(config), shared_(std::move(shared)), options_(std::move(options)),
    random_(options_.seed) {}

caf::behavior supervisor_actor::make_behavior() {
  return {[this](const command& what) {
    shared_->thread = std::this_thread::get_id();
    what(*this);
    progress();
    shared_->thread = std::thread::id{};
  }};
}

// -- commands -----------------------------------------------------------------------------------------

void supervisor_actor::add(id number, child& c, child_options options) {
  children_.emplace(number, entry{&c, std::move(options)});
}

void supervisor_actor::stop() {
  if (std::exchange(stopping_, true))
    return;
  {
    std::lock_guard lock{shared_->mutex};
    shared_->closed = true;
  }
  // Children that were added before come before this.
  send(this, command{[](supervisor_actor& s) { s.flushed_ = true; }});
}

void supervisor_actor::restart_all() {
  held_ = false;
  answering_ = false;
  for (auto& [number, e] : children_) {
    e.to_start = true;
    e.not_before = {};
    e.failures.clear();
  }
}

void supervisor_actor::halt_all() {
  answering_ = !std::exchange(held_, true); // else it has just failed, and said so
}

// -- reports of children ------------------------------------------------------------------------------

void supervisor_actor::failed(id number, const std::exception_ptr& what,
                              const std::string& reason) {
  auto found = children_.find(number);
  if (found == children_.end() || found->second.now == phase::ending)
    return;
  auto& e = found->second;
  bool by_itself = e.now == phase::running && !held_ && !stopping_;
  e.now = phase::down;
  show(number, e);
  if (!by_itself)
    return; // it was told to stop anyway
  child_failure f{e.options.name, reason, what, count_failure(e)};
  switch (decide(e, f)) {
    case directive::restart: return restart(number, f);
    case directive::stop: return stop_those_concerned(number, f);
    case directive::escalate: return escalate(e, f);
  }
}

void supervisor_actor::halted(id number) {
  if (auto found = children_.find(number); found != children_.end()) {
    found->second.now = phase::down;
    show(number, found->second);
  }
}

void supervisor_actor::ended(id number) {
  auto node = children_.extract(number);
  if (!node)
    return;
  auto& e = node.mapped();
  if (e.now != phase::ending)
    log(kind::ends, e);
  std::unique_ptr<child> gone; // destroyed outside of the lock
  std::lock_guard lock{shared_->mutex};
  shared_->statuses.erase(number);
  if (!e.what->in_use()) {
    gone = std::move(shared_->children.at(number));
    shared_->children.erase(number);
  }
}

// -- decisions ----------------------------------------------------------------------------------------

/// Returns how many failures there were lately.
int supervisor_actor::count_failure(entry& e) {
  auto t = now();
  e.failures.push_back(t);
  while (t - e.failures.front() > e.options.within)
    e.failures.pop_front();
  return static_cast<int>(e.failures.size());
}

directive supervisor_actor::decide(const entry& e, const child_failure& f) {
  try {
    auto d = e.options.on_failure ? e.options.on_failure(f) : directive::restart;
    return d == directive::restart && f.failures > e.options.restarts ? e.options.when_spent : d;
  } catch (...) {
    report_failure("deciding what to do about " + f.child, std::current_exception());
    return directive::escalate;
  }
}

bool supervisor_actor::concerns(id failed, id other) const noexcept {
  switch (options_.strategy) {
    case restart_strategy::one_for_one: return other == failed;
    case restart_strategy::one_for_all: return true;
    case restart_strategy::rest_for_one: return other >= failed;
  }
  return true;
}

void supervisor_actor::restart(id number, const child_failure& f) {
  auto& options = children_.at(number).options;
  auto chance = std::uniform_real_distribution<>(0, 1)(random_);
  auto delay = options.delay.delay(f.failures, chance);
  for (auto& [other, e] : children_) {
    if (!concerns(number, other) || e.now == phase::ending)
      continue;
    if (other == number)
      log(kind::restarts, e, f.reason, f.failures, delay);
    else if (!e.to_start) // else it starts over already
      log(kind::restarts, e, f.child + " has failed", 0, delay);
    e.to_start = true;
    e.not_before = std::max(e.not_before, now() + delay);
    if (e.now == phase::running)
      halt(other, e);
  }
  delayed_send(this, delay, command{[](supervisor_actor&) {}}); // to look again
}

void supervisor_actor::stop_those_concerned(id number, const child_failure& f) {
  for (auto& [other, e] : std::views::reverse(children_))
    if (concerns(number, other) && e.now != phase::ending) {
      if (other == number)
        log(kind::stops, e, f.reason, f.failures);
      else
        log(kind::stops, e, f.child + " has failed");
      end(other, e);
    }
}

void supervisor_actor::escalate(const entry& e, const child_failure& f) {
  log(kind::escalates, e, f.reason, f.failures);
  if (above_) {
    held_ = true;
    return above_->failed(f.exception, f.child + ": " + f.reason);
  }
  auto text = options_.name + " has given up: " + f.child + " has failed: " + f.reason;
  try {
    if (f.exception)
      std::rethrow_exception(f.exception);
    throw supervision_failed(text);
  } catch (const supervision_failed&) {
    why_ = std::current_exception();
  } catch (...) {
    try {
      std::throw_with_nested(supervision_failed(text));
    } catch (...) {
      why_ = std::current_exception();
    }
  }
  stop();
}

// -- what follows from them ---------------------------------------------------------------------------

void supervisor_actor::progress() {
  start_those_ready();
  if (stopping_)
    end_last();
  else if (held_)
    halt_rest();
}

void supervisor_actor::start_those_ready() {
  for (auto it = children_.begin(); it != children_.end() && !stopping_ && !held_;) {
    auto& [number, e] = *it;
    if (!may_start(e) || start(number, e))
      ++it;
    else
      it = children_.begin(); // it has failed, which may concern those before it
  }
}

bool supervisor_actor::may_start(const entry& e) const {
  auto ready = [t = now()](const entry& x) {
    return !x.to_start || (x.now == phase::down && x.not_before <= t);
  };
  if (!e.to_start || !ready(e))
    return false;
  return options_.strategy == restart_strategy::one_for_one
         || std::all_of(children_.begin(), children_.end(),
                        [&](auto& c) { return ready(c.second); });
}

bool supervisor_actor::start(id number, entry& e) {
  e.to_start = false;
  e.now = phase::running;
  ++e.starts;
  show(number, e); // before it can answer anybody
  try {
    e.what->start();
    return true;
  } catch (...) {
    auto what = std::current_exception();
    failed(number, what, describe(what));
    return false;
  }
}

void supervisor_actor::halt_rest() {
  bool all_down = true;
  for (auto& [number, e] : children_) {
    if (e.now == phase::running)
      halt(number, e);
    all_down = all_down && e.now != phase::halting;
  }
  if (all_down && std::exchange(answering_, false))
    above_->halted();
}

void supervisor_actor::end_last() {
  if (children_.empty())
    return flushed_ ? finish() : void();
  auto& [number, e] = *children_.rbegin();
  if (e.now != phase::ending)
    end(number, e);
}

void supervisor_actor::finish() {
  if (above_)
    above_->ended();
  quit();
  if (why_)
    shared_->end.set_exception(why_);
  else
    shared_->end.set_value();
}

// -- one child ----------------------------------------------------------------------------------------

void supervisor_actor::halt(id number, entry& e) {
  e.now = phase::halting;
  show(number, e);
  e.what->halt();
  lose_patience_later(number, e);
}

void supervisor_actor::end(id number, entry& e) {
  e.now = phase::ending;
  show(number, e);
  e.what->end();
  lose_patience_later(number, e);
}

void supervisor_actor::lose_patience_later(id number, entry& e) {
  delayed_send(this, options_.patience, command{[number, told = ++e.told](supervisor_actor& s) {
                 s.lose_patience(number, told);
               }});
}

void supervisor_actor::lose_patience(id number, int told) {
  auto found = children_.find(number);
  if (found == children_.end() || found->second.told != told)
    return;
  auto& e = found->second;
  if (e.now != phase::halting && e.now != phase::ending)
    return;
  log(kind::waits, e);
  e.what->abandon();
}

void supervisor_actor::show(id number, const entry& e) {
  using state = child_status::state;
  auto now = e.now == phase::running  ? state::running
             : e.now == phase::ending ? state::stopping
                                      : state::restarting;
  std::lock_guard lock{shared_->mutex};
  auto& s = shared_->statuses.at(number);
  s.now = now;
  s.restarts = std::max(0, e.starts - 1);
}

void supervisor_actor::log(kind what, const entry& e, std::string reason, int failures,
                           duration delay) {
  supervision_event event{what, options_.name, e.options.name, std::move(reason), failures, delay};
  try {
    options_.log(event);
  } catch (...) {
    report_failure("writing to the log of " + options_.name, std::current_exception());
  }
}

} // namespace mailroom::detail
