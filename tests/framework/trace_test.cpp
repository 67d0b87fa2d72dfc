#include <algorithm>

#include <doctest/doctest.h>

#include "mailroom/compare/context.hpp"
#include "mailroom/sync/event.hpp"
#include "mailroom/sync/thread.hpp"
#include "mailroom/trace/columns.hpp"
#include "mailroom/trace/threads.hpp"

using namespace mailroom;
using namespace std::chrono_literals;
using trace::columns, trace::event;

TEST_CASE("timeline: keeps everything, in order of time, from any number of threads") {
  for (int workers : {1, 2, 3, 7}) {
    trace::timeline timeline;
    {
      std::vector<sync::thread> threads;
      for (int i = 0; i < workers; ++i)
        threads.emplace_back("writer", [&, i] {
          for (int n = 0; n < 100; ++n)
            timeline.note(std::to_string(i), std::to_string(n));
        });
    }
    auto events = timeline.events();
    CHECK(events.size() == 100 * static_cast<std::size_t>(workers));
    CHECK(
      std::is_sorted(events.begin(), events.end(), [](auto& a, auto& b) { return a.at < b.at; }));
  }
}

TEST_CASE("columns: one per worker, time down the left") {
  std::vector<event> events{
    {1ms, "A", "reads 0"}, {1500us, "B", "reads 0"}, {12ms, "A", "writes 1"}};
  CHECK(columns(events, {.width = 40})
        == "          A              B\n"
           "   1.0ms  reads 0\n"
           "   1.5ms                 reads 0\n"
           "  12.0ms  writes 1\n");
}

TEST_CASE("columns: the order of workers can be given, for those who act") {
  std::vector<event> events{{0ms, "C", "c"}, {0ms, "A", "a"}};
  auto text = columns(events, {.width = 40, .workers = {"A", "B"}});
  CHECK(text.substr(0, text.find('\n')) == "          A              C");
}

TEST_CASE("columns: nothing happened, nothing is printed") {
  CHECK(columns({}).empty());
}

TEST_CASE("columns: what is too long is cut, and that is visible") {
  std::vector<event> events{{0ms, "A", "a rather long story"}, {0ms, "B", "b"}};
  auto text = columns(events, {.width = 30});
  CHECK(text.find("a rather~\n") != std::string::npos);
}

TEST_CASE("columns: too many rows leave out the middle and say how many") {
  std::vector<event> events;
  for (int i = 0; i < 100; ++i)
    events.push_back({0ms, "A", std::to_string(i)});
  CHECK(columns(events, {.max_rows = 4})
        == "          A\n"
           "   0.0ms  0\n"
           "   0.0ms  1\n"
           "      ... 96 more\n"
           "   0.0ms  98\n"
           "   0.0ms  99\n");
}

TEST_CASE("columns: colour only when asked for") {
  std::vector<event> events{{0ms, "A", "x"}};
  CHECK(columns(events).find('\x1b') == std::string::npos);
  CHECK(columns(events, {.colour = true}).find("\x1b[36m") != std::string::npos);
}

TEST_CASE("threads: each is listed by its name, with its state, as long as it lives") {
  sync::event begun;
  sync::event done;
  int id = 0;
  sync::thread odd{"odd) R (name", [&] {
                     id = trace::this_thread_id();
                     CHECK(trace::this_thread_name() == "odd) R (name");
                     begun.set();
                     done.wait();
                   }};
  begun.wait();
  auto all = trace::threads();
  auto mine = std::find_if(all.begin(), all.end(), [&](auto& t) { return t.id == id; });
  CHECK((mine != all.end() && mine->name == "odd) R (name"));
  compare::context ctx{{.limit = 10s}};
  CHECK(ctx.eventually([&] { // it is about to wait
    auto t = trace::find_thread(id);
    return t && t->state == 'S';
  }));
  done.set();
  odd.join();
  CHECK(
    ctx.eventually([&] { return !trace::find_thread(id); })); // the system takes a moment longer
}

TEST_CASE("threads: who looks is running, and who never was is not there") {
  auto me = trace::find_thread(trace::this_thread_id());
  REQUIRE(me);
  CHECK(me->state == 'R');
  CHECK(me->name == trace::this_thread_name());
  CHECK(!trace::find_thread(0));
}
