#include "mailroom/sync/thread.hpp"

#include <algorithm>
#include <thread>

#include <pthread.h>

#include "mailroom/sync/gate.hpp"
#include "mailroom/sync/watch.hpp"
#include "mailroom/sync/world.hpp"

namespace mailroom::sync {

/// A thread that was started: of the system, or of a world.
struct thread::running : object {
  explicit running() : object("the end of a thread") {}

  world* in = nullptr; // of an exploration
  int number = 0;      // in that world
  std::thread std;
  gate end;
  bool ended = false; // guarded by end
};

namespace {

void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

} // namespace

thread::thread() = default;

thread::thread(thread&& other) noexcept = default;

thread& thread::operator=(thread&& other) noexcept {
  if (this != &other) {
    request_stop();
    join();
    stop_ = std::move(other.stop_);
    running_ = std::move(other.running_);
  }
  return *this;
}

thread::~thread() {
  if (running_) {
    request_stop();
    join();
  }
}

void thread::start(std::string name, std::function<void()> run) {
  running_ = std::make_unique<running>();
  if (world* w = world::current()) {
    running_->in = w;
    running_->number = w->start(std::move(name), std::move(run));
    return;
  }
  std::shared_ptr<watch::place> place;
  if (watch* w = watch::current())
    place = std::make_shared<watch::place>(*w, name);
  auto body = [name = std::move(name), run = std::move(run), place = std::move(place),
               self = running_.get()]() mutable {
    name_this_thread(name);
    std::optional<watch::guard> guard;
    if (place)
      guard.emplace(*place);
    try {
      run();
    } catch (const abandoned&) {
      // The watch has the reason.
    }
    guard.reset();
    place.reset();
    self->end.open([&] { self->ended = true; });
  };
  running_->std = std::thread(std::move(body));
}

bool thread::joinable() const noexcept {
  return running_ != nullptr;
}

void thread::join() {
  if (!running_)
    return;
  if (running_->in) {
    running_->in->join(running_->number);
  } else {
    if (watch::current())
      running_->end.pass(operation::join, *running_, [&] { return running_->ended; });
    running_->std.join();
  }
  running_.reset();
}

void pause() {
  if (world::current())
    return;
  if (watch* w = watch::current())
    w->check();
  std::this_thread::yield();
}

void progress() {
  if (world* w = world::current())
    w->progressed();
}

void pause(std::chrono::nanoseconds time) {
  using namespace std::chrono;
  if (world::current() || time <= 0ns)
    return;
  auto end = watch::clock::now() + time;
  while (watch* w = watch::current()) { // in slices, to notice that the watch gave up
    w->check();
    auto left = end - watch::clock::now();
    if (left <= 0ns)
      return;
    std::this_thread::sleep_for(std::min<nanoseconds>(left, 10ms));
  }
  std::this_thread::sleep_until(end);
}

} // namespace mailroom::sync
