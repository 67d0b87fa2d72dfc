// E4: 64 pages, each of which the server needs 50 ms for. Waiting is work for many hands.

#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/executor/thread_pool_executor.hpp"
#include "mailroom/sync/shared.hpp" // knows whether ThreadSanitizer watches

#ifdef MAILROOM_THREAD_SANITIZER
/// The library was not compiled for ThreadSanitizer, which sees what it reads and writes with
/// functions of the C library, but not how it orders that.
extern "C" const char* __tsan_default_suppressions() { // NOLINT: the sanitizer's name
  return "called_from_lib:libcpp-httplib.so\n";
}
#endif

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

constexpr int pages = 64;
constexpr int most_workers = 64;

/// A slow server on loopback, with a port the system chooses.
class slow_server {
public:
  explicit slow_server(std::chrono::nanoseconds delay) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(most_workers); };
    server_.set_keep_alive_max_count(1);
    server_.Get(R"(/page/(\d+))",
                [delay](const httplib::Request& request, httplib::Response& page) {
                  std::this_thread::sleep_for(delay);
                  page.set_content(fmt::format("page {}", request.matches[1].str()), "text/plain");
                });
    server_.set_socket_options([this](socket_t s) { socket_ = s; });
    port_ = server_.bind_to_any_port("127.0.0.1");
    // The library lets five connections wait; the next one would try again after a second.
    if (port_ < 0 || ::listen(socket_, most_workers) != 0)
      throw error("no port to listen on");
    thread_ = std::thread{[this] { server_.listen_after_bind(); }};
  }
  ~slow_server() {
    while (!server_.is_running())
      std::this_thread::yield(); // to stop what has not begun has no effect
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }

private:
  httplib::Server server_;
  socket_t socket_ = INVALID_SOCKET;
  int port_ = -1;
  std::thread thread_;
};

std::string fetch(int port, int page) {
  httplib::Client client{"127.0.0.1", port};
  client.set_keep_alive(false);
  auto answer = client.Get(fmt::format("/page/{}", page));
  if (!answer)
    throw error("no answer: " + to_string(answer.error()));
  if (answer->status != 200)
    throw error(fmt::format("status {}", answer->status));
  return answer->body;
}

/// Counts the pages that `fetch_all(port)` hands over in the right order, and takes the time.
template <class FetchAll>
outcome measured(context& ctx, FetchAll fetch_all) {
  slow_server server{ctx.scaled(50ms)};
  auto start = std::chrono::steady_clock::now();
  std::int64_t right = 0;
  int number = 0;
  fetch_all(server.port(), [&](const std::string& body) {
    right += body == fmt::format("page {}", number++) ? 1 : 0;
  });
  return {{"pages", right},
          {"story_seconds", ctx.story_seconds(std::chrono::steady_clock::now() - start)}};
}

outcome sequential(context& ctx) {
  return measured(ctx, [](int port, auto take) {
    for (int i = 0; i < pages; ++i)
      take(fetch(port, i));
  });
}

outcome on(context& ctx, executor auto& pool) {
  return measured(ctx, [&](int port, auto take) {
    auto fetch_page = [port](int page) { return fetch(port, page); };
    for (auto body : pool.map(fetch_page, std::views::iota(0, pages), map_options{.timeout = 60s}))
      take(body);
  });
}

outcome thread_pool(context& ctx) {
  thread_pool_executor pool{{.max_workers = ctx.workers(), .thread_name_prefix = "fetcher"}};
  return on(ctx, pool);
}

outcome actor_pool(context& ctx) {
  actor_pool_executor pool{ctx.actors(),
                           {.max_workers = ctx.workers(), .thread_name_prefix = "fetcher"}};
  return on(ctx, pool);
}

// All pages, in order. How fast is for the reader.
verdict judge(const outcome& o) {
  return o.count("pages") == pages ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story web_fetch;
const compare::story web_fetch{
  .name = "web_fetch",
  .group = "E",
  .block = "",
  .summary =
    "64 pages of a server that takes 50 ms for each: 3.2 s one by one, 0.2 s on 16 workers",
  .next = "Try: web_fetch --scale 1, and web_fetch --workers 64",
  .workers = 16,
  .most_workers = most_workers,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"sequential", verdict::ok, sequential},
               {"thread_pool", verdict::ok, thread_pool},
               {"actor_pool", verdict::ok, actor_pool}},
};

} // namespace mailroom::stories
