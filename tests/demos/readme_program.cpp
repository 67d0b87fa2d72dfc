// The program of the README. A test builds and runs it.

#include <iostream>

#include "actors/account/actor.hpp"
#include "mailroom/mailroom.hpp"

using namespace std::chrono_literals;

int main() {
  mailroom::system sys;
  auto mine = sys.spawn(mailroom::account, 100);
  for (int customer : {1, 2})
    if (mailroom::ask<bool>(sys, mine, 10s, mailroom::withdraw_atom_v, std::int64_t{75}))
      std::cout << "customer " << customer << " has it\n";
}
