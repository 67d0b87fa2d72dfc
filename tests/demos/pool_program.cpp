// The same program as pool_program.py: what is shown in the README is compared by a test.

#include <iostream>
#include <string>
#include <unordered_map>

#include "mailroom/mailroom.hpp"

using namespace mailroom;

int price(const std::string& shop) {
  if (shop == "kiosk")
    throw std::runtime_error("closed");
  return 40 * static_cast<int>(shop.size());
}

int main() {
  std::vector<std::string> shops{"baker", "mill", "kiosk"};

  actor_pool_executor pool{{.max_workers = 3}};
  std::unordered_map<future<int>, std::string> shop_of;
  for (auto& s : shops)
    shop_of[pool.submit(price, s)] = s;

  for (auto f : as_completed(std::views::keys(shop_of)))
    try {
      auto cents = f.get();
      std::cout << shop_of[f] << " " << cents << "\n";
    } catch (const std::runtime_error& e) {
      std::cout << shop_of[f] << " " << e.what() << "\n";
    }

  for (auto n : pool.map(&std::string::size, shops))
    std::cout << n << "\n";
}
