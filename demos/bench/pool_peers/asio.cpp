// Asio's thread pool: a task that has a result is a std::packaged_task.

#if __has_include(<asio/thread_pool.hpp>)
#  include <asio/post.hpp>
#  include <asio/thread_pool.hpp>
#else
#  include <boost/asio/post.hpp>
#  include <boost/asio/thread_pool.hpp>
namespace asio = boost::asio;
#endif

#include <future>

#include "bench/pool_peers/cases.hpp"

namespace mailroom::benches {

namespace {

class adapter {
public:
  explicit adapter(int workers) : pool_(static_cast<std::size_t>(workers)) {}

  template <class F>
  auto submit(F f) {
    std::packaged_task<int()> task{f};
    auto future = task.get_future();
    asio::post(pool_, std::move(task));
    return future;
  }

  template <class F>
  void post(F f) {
    asio::post(pool_, f);
  }

  /// Ends it, too: it has no other way.
  void wait_idle() { pool_.join(); }

private:
  asio::thread_pool pool_;
};

} // namespace

pool_peer asio_pool() {
  return {"asio", costs_of<adapter>(4)};
}

} // namespace mailroom::benches
