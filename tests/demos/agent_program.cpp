#include <iostream>

#include "mailroom/mailroom.hpp"

using namespace mailroom;

int move_half(int& from, int& to) {
  int bottles = from / 2;
  from -= bottles;
  to += bottles;
  return bottles;
}

void with_locks() {
  locked<int> cellar{100};
  locked<int> shop{0};

  cellar.with([](int& wine) { wine += 20; });

  int moved = with(move_half, cellar, shop);
  std::cout << moved << " moved\n";
}

void with_agents() {
  agent<int> cellar{100};
  agent<int> shop{0};

  cellar.tell([](int& wine) { wine += 20; });

  auto moved = transact(cellar, shop, move_half);
  std::cout << moved.get() << " moved\n";
}

int main() {
  with_locks();
  with_agents();
}
