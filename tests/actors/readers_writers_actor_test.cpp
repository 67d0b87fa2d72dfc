#include <doctest/doctest.h>

#include "actors/by_hand.hpp"
#include "actors/readers_writers/actor.hpp"
#include "mailroom/messaging/ask.hpp"

using namespace mailroom;
using namespace mailroom::test;
using namespace std::chrono_literals;

// What the actor does beyond the lock version: an order, and leases that come back.

namespace {

using std::chrono::nanoseconds;

/// A book, and who reads or writes it.
struct library : by_hand {
  readers_writers_actor book = sys.spawn(readers_writers);

  caf::actor reads(const std::string& name) { return ask<bool>(name, book, read_atom_v); }
  caf::actor writes(const std::string& name) { return ask<bool>(name, book, write_atom_v); }

  void gives_back(const caf::actor& who) { ask<void>(who, "back", book, release_atom_v); }
};

} // namespace

// -- order ----------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(library, "readers_writers.actor: nobody overtakes, neighbours read together") {
  auto a = reads("a");
  auto b = reads("b");
  auto c = writes("C");
  auto d = reads("d");
  auto e = reads("e");
  auto f = writes("F");
  auto g = writes("G");
  reads("h");
  CHECK(taken() == lines{"a: yes", "b: yes"});
  gives_back(a);
  CHECK(taken() == lines{"back: done"}); // b still reads
  gives_back(b);
  CHECK(taken() == lines{"C: yes", "back: done"});
  gives_back(c);
  CHECK(taken() == lines{"d: yes", "e: yes", "back: done"});
  gives_back(e);
  gives_back(d);
  CHECK(taken() == lines{"back: done", "F: yes", "back: done"});
  gives_back(f);
  gives_back(g);
  CHECK(taken() == lines{"G: yes", "back: done", "h: yes", "back: done"});
}

TEST_CASE_FIXTURE(library, "readers_writers.actor: who does not get it in time is told") {
  reads("a");
  ask<bool>("B", book, write_atom_v, nanoseconds{1s});
  ask<bool>("c", book, read_atom_v, nanoseconds{2s});
  ask<bool>("D", book, write_atom_v, 0ns);
  CHECK(taken() == lines{"a: yes", "D: no"});
  sys.advance(1s);
  CHECK(taken() == lines{"B: no", "c: yes"}); // which waited only for B
  sys.advance(1s);
  CHECK(taken() == lines{});
}

// -- leases ---------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(library, "readers_writers.actor: who dies gives back what it has") {
  auto a = reads("a");
  auto b = reads("b");
  auto c = writes("C");
  writes("D");
  end(a);
  CHECK(taken() == lines{"a: yes", "b: yes"});
  end(b);
  CHECK(taken() == lines{"C: yes"});
  end(c);
  CHECK(taken() == lines{"D: yes"});
}

TEST_CASE_FIXTURE(library, "readers_writers.actor: who dies while it waits holds nobody up") {
  reads("a");
  auto b = writes("B");
  reads("c");
  end(b);
  CHECK(taken() == lines{"a: yes", "c: yes"});
}

TEST_CASE_FIXTURE(library, "readers_writers.actor: a lease that was waited for comes back, too") {
  auto a = writes("A");
  auto b = writes("B");
  reads("c");
  gives_back(a);
  end(b); // which is watched as a holder, not only while it waited
  CHECK(taken() == lines{"A: yes", "B: yes", "back: done", "c: yes"});
}

TEST_CASE("readers_writers.actor: the lease of an ask is over with its answer") {
  mailroom::system sys;
  auto book = sys.spawn(readers_writers);
  for (int i = 0; i < 2; ++i) // its client ends
    CHECK(ask<bool>(sys, book, 30s, write_atom_v, nanoseconds{20s}));
}

TEST_CASE_FIXTURE(library, "readers_writers.actor: refuses a second lease, and a wrong release") {
  auto a = reads("a");
  ask<bool>(a, "a again", book, read_atom_v);
  auto b = writes("B");
  ask<bool>(b, "B again", book, write_atom_v); // which waits
  gives_back(b);
  CHECK(taken()
        == lines{"a: yes", "a again: invalid_argument", "B again: invalid_argument",
                 "back: invalid_argument"});
  gives_back(a);
  gives_back(a); // which it has not
  CHECK(taken() == lines{"B: yes", "back: done", "back: invalid_argument"});
  tell(book, write_atom_v); // without a name
  tell(book, release_atom_v);
  gives_back(b);
  writes("C");
  CHECK(taken() == lines{"back: done", "C: yes"});
}
