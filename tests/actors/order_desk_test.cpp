#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "actors/order_desk/order_desk.hpp"
#include "mailroom/messaging/ask.hpp"

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

order of(std::uint64_t number, int pieces, std::string customer = "fox") {
  return {number, std::move(customer), "carrots", pieces, pieces * 10};
}

void quiet(const supervision_event&) {}

} // namespace

TEST_CASE("stock: takes all pieces of an order or none") {
  stock s{{{"carrots", 3}}};
  CHECK(s.take("carrots", 2));
  CHECK_FALSE(s.take("carrots", 2));
  CHECK_FALSE(s.take("grapes", 1));
  s.put_back("carrots", 1);
  CHECK(s.take("carrots", 2));
  CHECK(s.pieces().at("carrots") == 0);
}

TEST_CASE("ledger: an order is paid once, however often it is charged, and not after its refund") {
  mailroom::system sys;
  auto books = sys.spawn(ledger, std::map<std::string, std::int64_t>{{"fox", 100}});
  auto charge = [&](order o) { return ask<bool>(sys, books, 10s, charge_atom_v, o); };
  auto balance = [&] { return ask<std::int64_t>(sys, books, 10s, get_atom_v, std::string("fox")); };
  CHECK(charge(of(1, 4)));
  CHECK(charge(of(1, 4)));
  CHECK(balance() == 60);
  CHECK_FALSE(charge(of(2, 7)));
  for (int twice = 0; twice < 2; ++twice)
    caf::anon_send(books, refund_atom_v, of(1, 4));
  CHECK(balance() == 100);
  CHECK_FALSE(charge(of(1, 4)));
  caf::anon_send(books, refund_atom_v, of(3, 1)); // overtakes the charge
  CHECK_FALSE(charge(of(3, 1)));
  CHECK(balance() == 100);
}

TEST_CASE("order desk: sells what there is to those who can pay") {
  order_desk desk{{.pieces = {{"carrots", 5}}, .balances = {{"fox", 30}, {"bunny", 1000}}}};
  CHECK(desk.take(of(1, 2)).get() == outcome::sent);
  CHECK(desk.take(of(2, 2)).get() == outcome::not_paid);
  CHECK(desk.pieces().at("carrots") == 3);
  CHECK(desk.take(of(3, 4, "bunny")).get() == outcome::sold_out);
  CHECK(desk.take(of(4, 3, "bunny")).get() == outcome::sent);
  CHECK(desk.balance("fox") == 10);
  CHECK(desk.balance("bunny") == 970);
}

TEST_CASE("order desk: a terminal that jams is started anew, and nothing is paid twice") {
  std::atomic<int> jams{0};
  order_desk desk{{.pieces = {{"carrots", 1000}},
                   .balances = {{"fox", 100'000}},
                   .paper = 3,
                   .log = [&](const supervision_event&) { ++jams; }}};
  std::vector<future<outcome>> orders;
  for (std::uint64_t n = 0; n < 40; ++n)
    orders.push_back(desk.take(of(n, 1)));
  int sent = 0;
  for (auto& o : orders)
    sent += o.get() == outcome::sent ? 1 : 0; // one with much bad luck may have failed
  CHECK(sent > 30);
  CHECK(jams >= sent / 4);
  CHECK(desk.pieces().at("carrots") == 1000 - sent);
  CHECK(desk.balance("fox") == 100'000 - sent * 10);
}

TEST_CASE("order desk: a terminal that always jams sells nothing, and keeps no money") {
  order_desk desk{
    {.pieces = {{"carrots", 10}}, .balances = {{"fox", 100}}, .paper = 0, .log = quiet}};
  CHECK(desk.take(of(1, 1)).get() == outcome::failed);
  CHECK(desk.pieces().at("carrots") == 10);
  CHECK(desk.balance("fox") == 100);
}
