#include <system_error>

#include <doctest/doctest.h>

#include "mailroom/process/link.hpp"
#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Processes that do not start, or are none of ours.

namespace {

/// Processes that cannot be started.
class nowhere final : public mailroom::detail::workplace {
public:
  std::unique_ptr<mailroom::detail::link> open(const std::string&) override {
    throw std::system_error(EAGAIN, std::system_category(), "no more processes");
  }
};

/// One that says what it was made to say, and no more.
class parrot final : public mailroom::detail::link {
public:
  explicit parrot(mailroom::detail::frame first) : first_(std::move(first)) {}
  std::optional<mailroom::detail::frame> talk(std::span<const std::byte>& unsent,
                                              mailroom::detail::clock::time_point) override {
    unsent = {};
    if (!first_)
      throw mailroom::detail::link_lost("it has nothing else to say");
    return std::exchange(first_, std::nullopt);
  }
  void tell(const mailroom::detail::frame_header&) noexcept override {}
  void kill(int) noexcept override {}
  mailroom::detail::departure end(mailroom::detail::clock::time_point) noexcept override {
    return {};
  }
  int process() const noexcept override { return 1; }

private:
  std::optional<mailroom::detail::frame> first_;
};

/// Processes of another program: their registry is another one.
class abroad final : public mailroom::detail::workplace {
public:
  std::unique_ptr<mailroom::detail::link> open(const std::string&) override {
    mailroom::detail::frame hello{{.kind = mailroom::detail::frame_kind::hello}, {}};
    wire::writer{hello.body}.put(mailroom::detail::registry_hash() + 1);
    return std::make_unique<parrot>(std::move(hello));
  }
};

} // namespace

TEST_CASE("#105 #107 start: without any process, the pool is broken, and nothing hangs") {
  process_pool_executor pool{{.max_workers = 2}, std::make_unique<nowhere>()};
  std::vector<future<int>> all;
  pool.pause();
  for (int i = 0; i < 5; ++i)
    all.push_back(pool.submit(remote<own_process>));
  pool.resume();
  for (auto& f : all) {
    CHECK(contains(text_of(f), "could be started"));
    CHECK(contains(text_of(f), "no more processes"));
  }
  CHECK_THROWS_AS(pool.submit(remote<own_process>), broken_process_pool);
}

TEST_CASE("start: a process of another build is refused") {
  process_pool_executor pool{{.max_workers = 1}, std::make_unique<abroad>()};
  CHECK(contains(text_of(pool.submit(remote<own_process>)), "another build"));
}

TEST_CASE("start: one that crashes in its initializer every time") {
  process_pool_executor pool{{.max_workers = 1, .initializer = remote_call{[] { _exit(4); }}}};
  auto text = text_of(pool.submit(remote<own_process>));
  CHECK(contains(text, "could be started"));
  CHECK(contains(text, "exited with code 4"));
}
