#include "mailroom/explore/actors.hpp"

#include <sstream>

#include <doctest/doctest.h>

// The example of framework/mailroom/explore/actors.md.

namespace ex = mailroom::explore;
using namespace mailroom;

namespace {

caf::behavior counter(caf::event_based_actor*, int* n) {
  return {
    [n](get_atom) { return *n; },
    [n](put_atom, int value) { *n = value; },
  };
}

void client(caf::event_based_actor* self, const caf::actor& counter) {
  self->request(counter, caf::infinite, get_atom_v).then([=](int seen) {
    self->send(counter, put_atom_v, seen + 1);
  });
}

void two_clients(ex::stage& s) {
  auto& n = s.observe<int>(0);
  auto c = s.spawn("counter", counter, &n);
  s.spawn("alice", client, c);
  s.spawn("bob", client, c);
  s.finally("an update was lost", [&n] { return n == 2; });
}

} // namespace

TEST_CASE("explore actors: the example of the guide") {
  std::ostringstream out;
  ex::result r = ex::actors(two_clients);
  r.print(out);

  ex::run lost = ex::replay(two_clients, "BACABC");
  CHECK(lost.why == "an update was lost");
  CHECK(ex::replay(two_clients, "BABCAC").end == ex::ending::fine);

  CHECK(out.str() == R"(14 schedules: 12 fail
  12 x violated: an update was lost
simplest: BACABC
step  counter               alice                 bob
   1  get from alice
   2                        reply 0 from counter
   3  get from bob
   4                                              reply 0 from counter
   5  put 1 from alice
   6  put 1 from bob
      => violated: an update was lost
)");
}
