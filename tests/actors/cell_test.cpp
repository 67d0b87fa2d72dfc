#include <doctest/doctest.h>

#include "actors/cell/actor.hpp"
#include "mailroom/messaging/ask.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

TEST_CASE("cell: tells what was put last") {
  mailroom::system sys;
  auto value = sys.spawn(cell, 100);
  CHECK(ask<std::int64_t>(sys, value, 10s, get_atom_v) == 100);
  ask<void>(sys, value, 10s, put_atom_v, std::int64_t{25});
  CHECK(ask<std::int64_t>(sys, value, 10s, get_atom_v) == 25);
}
