// CAF's own actor_pool, with the scheduler it comes with: tasks are messages to actors that run
// them, dealt out in turn.

#include <functional>
#include <future>
#include <memory>

#include "bench/pool_peers/cases.hpp"
#include "mailroom/system.hpp"

namespace mailroom::benches {

namespace {

/// Messages have to be copyable, and std::promise is not.
struct errand {
  std::shared_ptr<std::function<void()>> run;
};

} // namespace

} // namespace mailroom::benches

MAILROOM_LOCAL_MESSAGE(mailroom::benches::errand)

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(int workers) : system_({.threads = workers, .scheduler = scheduling::stealing}) {
    caf::scoped_execution_unit here{&system_.caf()};
    auto spawn_worker = [this] {
      return system_.spawn([]() -> caf::behavior { return {[](const errand& e) { (*e.run)(); }}; });
    };
    pool_ = caf::actor_pool::make(&here, static_cast<std::size_t>(workers), spawn_worker,
                                  caf::actor_pool::round_robin());
  }

  ~adapter() { caf::anon_send_exit(pool_, caf::exit_reason::user_shutdown); }
  adapter(const adapter&) = delete;
  adapter& operator=(const adapter&) = delete;

  template <class F>
  auto submit(F f) {
    auto result = std::make_shared<std::promise<int>>();
    auto future = result->get_future();
    send([result, f] { result->set_value(f()); });
    return future;
  }

  template <class F>
  void post(F f) {
    ++posted_;
    send([this, f] {
      f();
      if (--posted_ == 0)
        posted_.notify_all();
    });
  }

  void wait_idle() {
    for (auto left = posted_.load(); left != 0; left = posted_.load())
      posted_.wait(left);
  }

private:
  template <class F>
  void send(F f) {
    caf::anon_send(pool_, errand{std::make_shared<std::function<void()>>(std::move(f))});
  }

  std::atomic<int> posted_ = 0; // and not done
  mailroom::system system_;
  caf::actor pool_;
};

} // namespace

pool_peer caf_actor_pool() {
  return {"caf::actor_pool", costs_of<adapter>(4)};
}

} // namespace mailroom::benches
