// GLib's GThreadPool: one function for all tasks, which differ in the pointer it gets.

#include <glib.h>

#include <future>
#include <memory>

#include "bench/pool_peers/cases.hpp"

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(int workers) : pool_(g_thread_pool_new(run, nullptr, workers, TRUE, nullptr)) {}
  ~adapter() { wait_idle(); }
  adapter(const adapter&) = delete;
  adapter& operator=(const adapter&) = delete;

  template <class F>
  auto submit(F f) {
    auto work = std::packaged_task<int()>{f};
    auto future = work.get_future();
    post(std::move(work));
    return future;
  }

  template <class F>
  void post(F f) {
    g_thread_pool_push(pool_, new task_of<F>{std::move(f)}, nullptr);
  }

  /// Ends it, too: it has no other way.
  void wait_idle() {
    if (auto* p = std::exchange(pool_, nullptr))
      g_thread_pool_free(p, FALSE, TRUE);
  }

private:
  struct task {
    virtual ~task() = default;
    virtual void run() = 0;
  };

  template <class F>
  struct task_of final : task {
    explicit task_of(F function) : f(std::move(function)) {}
    void run() override { f(); }
    F f;
  };

  static void run(gpointer data, gpointer) {
    std::unique_ptr<task> t{static_cast<task*>(data)};
    t->run();
  }

  GThreadPool* pool_;
};

} // namespace

pool_peer glib_pool() {
  return {"glib", costs_of<adapter>(4)};
}

} // namespace mailroom::benches
