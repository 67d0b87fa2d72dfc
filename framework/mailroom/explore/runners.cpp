#include "mailroom/explore/runners.hpp"

namespace mailroom::explore {

void baton::pass() {
  {
    std::lock_guard lock{mutex_};
    here_ = true;
  }
  passed_.notify_one();
}

void baton::wait() {
  std::unique_lock lock{mutex_};
  passed_.wait(lock, [this] { return here_; });
  here_ = false;
}

bool baton::wait_until(std::chrono::steady_clock::time_point limit) {
  std::unique_lock lock{mutex_};
  bool passed = passed_.wait_until(lock, limit, [this] { return here_; });
  if (passed)
    here_ = false;
  return passed;
}

runners::~runners() {
  for (auto& r : all_) {
    r->body = nullptr;
    r->turn.pass();
  }
  for (auto& r : all_)
    r->thread.join();
}

runners::runner& runners::take() {
  if (free_.empty()) {
    auto& r = *all_.emplace_back(std::make_unique<runner>());
    r.thread = std::thread([&r] {
      for (;;) {
        r.turn.wait();
        if (!r.body)
          return;
        auto body = std::move(r.body);
        body();
      }
    });
    return r;
  }
  auto* r = free_.back();
  free_.pop_back();
  return *r;
}

} // namespace mailroom::explore
