// D8: a worker divides by zero. Who hears of it, and who goes on?

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <sys/wait.h>

#include "division.hpp"
#include "helper.hpp"
#include "mailroom/compare/story.hpp"
#include "mailroom/executor/actor_pool_executor.hpp"
#include "mailroom/messaging/supervisor.hpp"

namespace mailroom::stories {

using namespace std::chrono_literals;
using compare::context, compare::outcome, compare::verdict;

namespace {

MAILROOM_ATOM(divide);

constexpr int number = 10;
constexpr std::array divisors{5, 2, 0, 1};

/// Who has the numbers divided, and hears what comes of it.
class customer {
public:
  explicit customer(context& ctx) : ctx_(ctx) { ctx.cast({"customer", "worker", "supervisor"}); }

  void hears(int divisor, int quotient) {
    answers_ += quotient * divisor == number ? 1 : 0;
    ctx_.note("customer", fmt::format("10 / {} = {}", divisor, quotient));
  }

  void hears_failure(int divisor, const std::string& why) {
    ++failures_;
    ctx_.note("customer", fmt::format("10 / {}: {}", divisor, why));
  }

  outcome measured(const std::string& program) const {
    return {{"answers", answers_}, {"failures", failures_}, {"program", program}};
  }

private:
  context& ctx_;
  std::int64_t answers_ = 0;
  std::int64_t failures_ = 0;
};

// Nobody catches what the thread throws, and that ends its process: here a child of this one.
outcome threads(context& ctx) {
  customer c{ctx};
  auto command = fmt::format("exec '{}' {}", helper("failing_worker"), number);
  for (int by : divisors)
    command += fmt::format(" {}", by);
  std::unique_ptr<FILE, int (*)(FILE*)> answers{popen((command + " 2>/dev/null").c_str(), "re"),
                                                pclose};
  // What goes wrong here must not look like the crash that is expected.
  if (!answers)
    throw compare::stuck(verdict::deadlock, "no process can be started");
  std::size_t next = 0;
  for (int quotient = 0;
       next < divisors.size() && std::fscanf(answers.get(), "%d", &quotient) == 1;)
    c.hears(divisors[next++], quotient);
  int status = pclose(answers.release());
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
    throw compare::stuck(verdict::deadlock, "failing_worker is missing, or ended in another way");
  ctx.note("worker", "killed by SIGABRT");
  return c.measured("killed by SIGABRT");
}

// What a task throws waits in its future for who asks. The worker goes on with the next task.
outcome pool(context& ctx) {
  customer c{ctx};
  actor_pool_executor workers{ctx.actors(), {.max_workers = 1}};
  std::vector<future<int>> quotients;
  for (int by : divisors)
    quotients.push_back(workers.submit(divide, number, by));
  for (std::size_t i = 0; i < divisors.size(); ++i)
    try {
      c.hears(divisors[i], quotients[i].get());
    } catch (const std::domain_error& e) {
      c.hears_failure(divisors[i], e.what());
    }
  return c.measured("goes on");
}

using divider_actor = caf::typed_actor<accepts<int(divide_atom, int, int)>>;

divider_actor::behavior_type divider(divider_actor::pointer) {
  return {[](divide_atom, int n, int by) { return divide(n, by); }};
}

void ask_all(caf::event_based_actor* self, const divider_actor& worker, customer* c) {
  for (int by : divisors)
    self->request(worker, caf::infinite, divide_atom_v, number, by)
      .then(
        [=](int quotient) { c->hears(by, quotient); },
        [=](caf::error& e) { c->hears_failure(by, to_string(static_cast<caf::sec>(e.code()))); });
}

// Who asked is told that it failed, and its supervisor is told why. Nobody can vouch for the state
// of the worker any more; there is a new one, and the mail waits for it.
outcome supervised_actor(context& ctx) {
  customer c{ctx};
  std::int64_t restarts = 0;
  auto log = [&](const supervision_event& e) {
    if (e.what != supervision_event::kind::restarts)
      return;
    ++restarts;
    ctx.note("supervisor", e.reason);
    ctx.note("supervisor", "restarts it");
  };
  {
    supervisor boss{ctx.actors(), {.log = log}};
    auto worker = boss.spawn({.name = "worker", .delay = {.first = 1ms}}, divider);
    ctx.await({ctx.actors().spawn(ask_all, worker, &c)});
  }
  auto measured = c.measured("goes on");
  measured.set("restarts", restarts);
  return measured;
}

// The program goes on, the other answers are there, and who asked knows of the failure.
verdict judge(const outcome& o) {
  auto zeros = std::count(divisors.begin(), divisors.end(), 0);
  bool fine = o.text("program") == "goes on" && o.count("failures") == zeros
              && o.count("answers") == std::ssize(divisors) - zeros;
  return fine ? verdict::ok : verdict::crash;
}

} // namespace

extern const compare::story failures;
const compare::story failures{
  .name = "failures",
  .group = "D",
  .block = "",
  .summary = "a worker divides 10 by 5, 2, 0 and 1: who hears of the failure, and who goes on?",
  .next = "Try: failures --version supervised, and failures --json",
  .workers = 1,
  .most_workers = 1,
  .explorable = false,
  .parameters = {},
  .judge = judge,
  .versions = {{"threads", verdict::crash, threads},
               {"pool", verdict::ok, pool},
               {"supervised", verdict::ok, supervised_actor}},
};

} // namespace mailroom::stories
