#include <csignal>
#include <dirent.h>
#include <filesystem>
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailroom/process/process_pool_executor.hpp"
#include "process/tasks.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// Processes as workers: how many, for how long, called what, and what is left of them.

namespace {

std::size_t open_descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++n;
  return n;
}

} // namespace

TEST_CASE("#096 #139 processes: never more than allowed, however much there is to do") {
  process_pool_executor pool{{.max_workers = 3}};
  outside::file file;
  outside o{file};
  auto all = submit_waiting(pool, o, 15 * 3);
  o.await(0, 3);
  CHECK(pool.processes().size() == 3);
  o.add(1);
  std::set<int> processes;
  for (auto& f : all)
    processes.insert(f.get_for(limit));
  CHECK(processes.size() == 3);
}

TEST_CASE("#097 #142 processes: one task after the other needs one") {
  process_pool_executor pool{{.max_workers = 4}};
  std::set<int> processes;
  for (int i = 0; i < 4; ++i) {
    processes.insert(pool.submit(remote<own_process>).get_for(limit));
    pool.wait_idle();
  }
  CHECK(processes.size() == 1);
}

TEST_CASE("#098 processes: they are used again") {
  process_pool_executor pool{{.max_workers = 3}};
  std::set<int> processes;
  for (int i = 0; i < 3; ++i) {
    auto a = pool.submit(remote<own_process>);
    auto b = pool.submit(remote<own_process>);
    processes.insert(a.get_for(limit));
    processes.insert(b.get_for(limit));
  }
  CHECK(processes.size() <= 3);
}

TEST_CASE("#099 processes: one that has run its number of tasks is replaced") {
  process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 3}};
  std::vector<int> processes;
  for (int i = 0; i < 4; ++i)
    processes.push_back(pool.submit(remote<own_process>).get_for(limit));
  CHECK(processes[0] == processes[1]);
  CHECK(processes[1] == processes[2]);
  CHECK(processes[2] != processes[3]);
  CHECK(pool.worker_count() == 1);
  CHECK(kill(processes[0], 0) != 0); // nothing is left of it
}

TEST_CASE("#101 processes: a limit of tasks, and more of them waiting") {
  for (auto [workers, most, tasks] : {std::tuple{1, 2, 6}, {2, 2, 8}, {1, 1, 6}}) {
    process_pool_executor pool{{.max_workers = workers, .max_tasks_per_child = most}};
    std::vector<future<int>> all;
    for (int i = 0; i < tasks; ++i)
      all.push_back(pool.submit([](int n) { return n; }, i));
    for (int i = 0; i < tasks; ++i)
      CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == i);
  }
}

TEST_CASE("#102 #103 #106 processes: a limit of tasks, and the end meanwhile") {
  std::vector<future<int>> all;
  auto submit_all = [&](process_pool_executor& pool) {
    for (int i = 0; i < 6; ++i)
      all.push_back(pool.submit([](int n) { return n; }, i));
  };
  SUBCASE("shutdown") {
    process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 1}};
    submit_all(pool);
    pool.shutdown();
  }
  SUBCASE("shutdown without waiting") {
    process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 1}};
    submit_all(pool);
    pool.shutdown({.wait = false});
  }
  SUBCASE("the end of its scope") {
    process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 1}};
    submit_all(pool);
  }
  for (int i = 0; i < 6; ++i)
    CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == i);
}

TEST_CASE("#104 processes: none comes after the pool was forced down") {
  process_pool_executor pool{{.max_workers = 1, .max_tasks_per_child = 1}};
  outside::file file;
  outside o{file};
  auto all = submit_waiting(pool, o, 4);
  o.await(0, 1);
  pool.kill_workers();
  for (auto& f : all) {
    REQUIRE(ends(f));
    CHECK_THROWS_AS(f.get(), broken_process_pool);
  }
  CHECK_THROWS_WITH_AS(all.back().get(), doctest::Contains("forcefully shut down"),
                       broken_process_pool);
  pool.shutdown();
  CHECK(pool.processes().empty());
  CHECK(o.count(0) == 1);
}

TEST_CASE("#108 #109 #111 #114 processes: forced to end, whatever they do") {
  process_pool_executor pool{{.max_workers = 1}};
  outside::file file;
  outside o{file};
  auto f = pool.submit(
    [](const outside& there) {
      there.await(1, 1);
      there.add(2);
    },
    o);
  auto started = pool.processes();
  CHECK(eventually([&] { return !(started = pool.processes()).empty(); }));
  SUBCASE("terminated") {
    pool.terminate_workers();
  }
  SUBCASE("killed") {
    pool.kill_workers();
  }
  REQUIRE(ends(f));
  CHECK_THROWS_AS(f.get(), broken_process_pool);
  o.add(1);
  CHECK(eventually([&] { return kill(started[0], 0) != 0; }));
  CHECK(o.count(2) == 0);
  CHECK_THROWS_AS(pool.submit(remote<own_process>), broken_process_pool);
}

TEST_CASE("processes: one that ignores that it is to end is killed") {
  process_pool_executor pool{{.max_workers = 1, .unresponsive_after = 400ms}};
  outside::file file;
  outside o{file};
  auto f = pool.submit(
    [](const outside& there) {
      std::signal(SIGTERM, SIG_IGN);
      there.add(0);
      there.await(1, 1);
    },
    o);
  o.await(0, 1);
  pool.terminate_workers();
  CHECK(contains(text_of(f), "it did not end with its pool"));
}

TEST_CASE("#112 #113 processes: forced to end, and there are none") {
  process_pool_executor pool{{.max_workers = 1}};
  CHECK(pool.processes().empty());
  SUBCASE("not yet") {
    pool.terminate_workers();
  }
  SUBCASE("no longer") {
    auto f = pool.submit([] { _exit(1); });
    CHECK(ends(f));
    pool.kill_workers();
    pool.kill_workers();
  }
  CHECK(pool.is_broken());
}

TEST_CASE("#140 #141 processes: tasks that block, and are let go one by one") {
  for (int workers : {4, 10}) {
    process_pool_executor pool{{.max_workers = workers}};
    outside::file file;
    outside o{file};
    auto wait_for_own = [](const outside& there, int own) {
      there.add(0);
      there.await(10 + own, 1);
      return own;
    };
    std::vector<future<int>> all;
    for (int i = 0; i < 10; ++i)
      all.push_back(pool.submit(wait_for_own, o, i));
    for (int i = 0; i < 10; ++i) {
      o.add(10 + i); // in the order in which they begin
      CHECK(all[static_cast<std::size_t>(i)].get_for(limit) == i);
    }
  }
}

TEST_CASE("#145 #146 processes: their names") {
  auto shown = [] {
    std::ifstream file{"/proc/self/comm"};
    std::string name;
    std::getline(file, name);
    return this_worker::name() + " " + std::to_string(this_worker::index()) + " " + name;
  };
  process_pool_executor named{{.max_workers = 1, .name_prefix = "bakers"}};
  CHECK(named.submit(shown).get_for(limit) == "bakers_0 0 bakers_0");
  process_pool_executor unnamed{{.max_workers = 1}};
  CHECK(unnamed.submit(shown).get_for(limit).starts_with("process_pool-"));
}

TEST_CASE("processes: one that had nothing to do for a while goes, another one comes") {
  process_pool_executor pool{{.max_workers = 1, .idle_timeout = 20ms}};
  auto first = pool.submit(remote<own_process>).get_for(limit);
  CHECK(eventually([&] { return pool.processes().empty(); }));
  CHECK(kill(first, 0) != 0);
  CHECK(pool.submit(remote<own_process>).get_for(limit) != first);
}

TEST_CASE("processes: the finalizer is called in each, after its last task") {
  outside::file file;
  outside o{file};
  {
    process_pool_executor pool{
      {.max_workers = 1,
       .finalizer =
         remote_call{[](const outside& there) { there.add(there.count(1) == 1 ? 2 : 3); }, o}}};
    CHECK(pool.submit([](const outside& there) { return there.add(1); }, o).get_for(limit) == 0);
    CHECK(o.count(2) == 0);
  }
  CHECK(o.count(2) == 1);
  CHECK(o.count(3) == 0);
}

TEST_CASE("processes: nothing is left of them: no zombies, no descriptors") {
  { process_pool_executor{{.max_workers = 1}}.submit(remote<own_process>).get_for(limit); }
  auto before = open_descriptors();
  for (int round = 0; round < 5; ++round) {
    process_pool_executor pool{{.max_workers = 3}};
    std::vector<future<int>> all;
    for (int i = 0; i < 6; ++i)
      all.push_back(pool.submit(remote<own_process>));
    auto crashing = pool.submit([] { std::raise(SIGKILL); });
    CHECK(ends(crashing));
    for (auto& f : all)
      CHECK(ends(f));
  }
  CHECK(open_descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1); // no children
}

TEST_CASE("processes: they inherit nothing but what they need") {
  process_pool_executor pool{{.max_workers = 2}};
  auto descriptors = [] {
    std::vector<std::string> all;
    for (auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
      all.push_back(entry.path().filename());
    std::ranges::sort(all);
    all.pop_back(); // the directory that is being read
    return all;
  };
  CHECK(ends(pool.submit([] {})));
  int inherited = dup(1); // without CLOEXEC
  auto seen = pool.submit(descriptors).get_for(limit);
  close(inherited);
  CHECK(seen == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK_FALSE(pool.submit([] { return std::getenv("MAILROOM_WORKER") != nullptr; }).get_for(limit));
}
