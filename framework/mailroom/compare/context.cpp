#include "mailroom/compare/context.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include <fmt/format.h>

#include "mailroom/messaging/ask.hpp"
#include "mailroom/sync/latch.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/sync/world.hpp"
#include "mailroom/system.hpp"

namespace mailroom::compare {

using clock = sync::watch::clock;

context::context(settings s, explore::stage* stage)
  : settings_(std::move(s)), stage_(stage), limit_(clock::now() + settings_.limit) {}

context::~context() = default;

std::int64_t context::number(std::string_view name) const {
  auto it = settings_.numbers.find(name);
  if (it == settings_.numbers.end())
    throw std::out_of_range(fmt::format("the story has no number '{}'", name));
  return it->second;
}

std::chrono::nanoseconds context::scaled(std::chrono::duration<double> story_time) const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(story_time * settings_.scale);
}

std::chrono::nanoseconds context::hesitation(std::chrono::duration<double> story_time) const {
  return stage_ ? std::chrono::nanoseconds{} : scaled(story_time);
}

double context::story_seconds(std::chrono::nanoseconds real_time) const {
  return std::chrono::duration<double>(real_time).count() / settings_.scale;
}

// -- workers ------------------------------------------------------------------------------------------

void context::together(std::vector<worker> workers) {
  constexpr std::chrono::seconds grace{10};
  auto count = workers.size();
  std::vector<std::exception_ptr> failures(count);
  if (cast_.empty())
    for (auto& w : workers)
      cast_.push_back(w.name);
  if (sync::world::current()) { // which sees everything by itself
    std::vector<sync::thread> threads;
    for (auto& w : workers)
      threads.emplace_back(w.name, std::move(w.run));
    return;
  }
  std::optional<sync::watch::finding> finding;
  {
    sync::watch watch;
    sync::latch start{static_cast<int>(count), "the start"};
    std::vector<std::unique_ptr<sync::watch::place>> places;
    for (auto& w : workers)
      places.push_back(std::make_unique<sync::watch::place>(watch, w.name));
    auto take_part = [&](std::size_t i, std::unique_ptr<sync::watch::place> place) {
      sync::watch::guard watched{*place};
      try {
        start.arrive_and_wait();
        workers[i].run();
      } catch (const sync::abandoned&) {
        throw;
      } catch (...) {
        failures[i] = std::current_exception();
      }
    };
    std::vector<sync::thread> threads;
    try {
      for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back(workers[i].name, [&, i, place = std::move(places[i])]() mutable {
          take_part(i, std::move(place));
        });
    } catch (...) {
      // No more threads to be had: those that wait for the start must not wait for ever.
      watch.give_up({false, "not everybody could start"});
      throw;
    }
    finding = watch.wait(limit_);
    if (finding && !watch.wait_for_the_last(clock::now() + grace)) {
      fmt::print(stderr, "mailroom: a worker neither ends nor lets itself be stopped; giving up\n");
      std::_Exit(EXIT_FAILURE);
    }
  }
  if (finding)
    throw stuck(finding->deadlock ? verdict::deadlock : verdict::livelock, finding->what);
  for (auto& failure : failures)
    if (failure)
      std::rethrow_exception(failure);
}

system& context::actors() {
  if (!system_)
    system_ = std::make_unique<system>();
  return *system_;
}

void context::await(const std::vector<caf::actor>& actors) {
  if (auto alive = await_end(this->actors(), actors, limit_); alive > 0)
    throw stuck(verdict::deadlock,
                fmt::format("{} of {} actors have not ended in time", alive, actors.size()));
}

bool context::eventually(const std::function<bool()>& holds) const {
  constexpr std::chrono::milliseconds between_looks{1};
  while (!holds()) {
    if (clock::now() >= limit_)
      return false;
    sync::pause(between_looks);
  }
  return true;
}

} // namespace mailroom::compare
