#include "mailroom/process/wire.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include <doctest/doctest.h>

using namespace mailroom;
using namespace std::chrono_literals;

namespace {

template <class T>
T there_and_back(const T& x) {
  detail::buffer bytes;
  wire::writer{bytes}.put(x);
  wire::reader in{bytes.bytes()};
  auto y = in.get<T>();
  in.expect_end();
  return y;
}

enum class colour { red, green };

struct point {
  int x = 0;
  double y = 0;
  std::vector<std::string> names;
  bool operator==(const point&) const = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, point& p) {
  return f(caf::meta::type_name("point"), p.x, p.y, p.names);
}

/// A number that is checked when it arrives.
struct even {
  int n = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, even& e) {
  return f(e.n, caf::meta::load_callback([&]() -> caf::error {
             return e.n % 2 == 0 ? caf::error{} : caf::make_error(caf::sec::invalid_argument);
           }));
}

struct closed {
  int n = 0;
};

} // namespace

TEST_CASE("wire: numbers, bit by bit") {
  CHECK(there_and_back(-7) == -7);
  CHECK(there_and_back(true));
  CHECK(there_and_back(std::numeric_limits<std::uint64_t>::max())
        == std::numeric_limits<std::uint64_t>::max());
  for (double d : {0.1, -0.0, std::numeric_limits<double>::infinity(),
                   -std::numeric_limits<double>::infinity(),
                   std::numeric_limits<double>::denorm_min(), std::nan("7")})
    CHECK(std::bit_cast<std::uint64_t>(there_and_back(d)) == std::bit_cast<std::uint64_t>(d));
  CHECK(std::bit_cast<std::uint32_t>(there_and_back(std::nanf("3")))
        == std::bit_cast<std::uint32_t>(std::nanf("3")));
}

TEST_CASE("wire: the types of the standard library") {
  auto same = [](const auto& x) { return there_and_back(x) == x; };
  CHECK(same(colour::green));
  CHECK(same(std::string{"with\0zero", 9}));
  CHECK(same(std::vector<int>{}));
  CHECK(same(std::vector<std::byte>{std::byte{1}, std::byte{255}}));
  CHECK(same(std::vector<bool>{true, false, true}));
  CHECK(same(std::vector<std::string>{"a", "", "b"}));
  CHECK(same(std::list<std::pair<int, std::string>>{{1, "one"}, {2, "two"}}));
  CHECK(same(std::map<std::string, std::vector<double>>{{"x", {1.5}}, {"y", {}}}));
  CHECK(same(std::set<int>{3, 1}));
  CHECK(same(std::unordered_map<int, int>{{1, 2}, {3, 4}}));
  CHECK(same(std::array<short, 3>{1, 2, 3}));
  CHECK(same(std::array<std::string, 2>{"a", "b"}));
  CHECK(same(std::tuple<int, char, std::string>{1, 'c', "s"}));
  CHECK(same(std::optional<std::string>{}));
  CHECK(same(std::optional<std::string>{"x"}));
  CHECK(same(std::variant<int, std::string>{"x"}));
  CHECK(same(std::vector<std::monostate>(3)));
  CHECK(same(std::chrono::nanoseconds{42}));
  CHECK(same(std::chrono::system_clock::time_point{5s}));
  CHECK(same(std::chrono::duration<double>{0.25}));
}

TEST_CASE("wire: types with an inspect as for CAF's messages") {
  point p{1, -0.0, {"a", "b"}};
  CHECK(there_and_back(p) == p);
  CHECK(std::signbit(there_and_back(p).y));
  CHECK(there_and_back(std::vector<point>{p, p}).size() == 2);
  CHECK(there_and_back(even{4}).n == 4);
  CHECK_THROWS_AS(there_and_back(even{3}), serialization_error);
}

TEST_CASE("wire: what cannot travel is known") {
  static_assert(wire::portable<point> && wire::portable<std::vector<std::optional<point>>>);
  static_assert(!wire::portable<closed> && !wire::portable<std::vector<closed>>);
  static_assert(!wire::portable<int*> && !wire::portable<const char*>);
  static_assert(!wire::portable<std::unique_ptr<int>> && !wire::portable<std::string_view>);
  static_assert(!wire::portable<std::variant<int, closed>>);
  static_assert(!wire::portable<std::tuple<int, closed>>);
}

TEST_CASE("wire: fewer bytes than there should be, or more") {
  detail::buffer bytes;
  wire::writer{bytes}.put(std::vector<std::string>{"abc", "defg"});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    wire::reader in{bytes.bytes().first(n)};
    CHECK_THROWS_AS(in.get<std::vector<std::string>>(), serialization_error);
  }
  wire::reader in{bytes.bytes()};
  in.get<std::uint64_t>();
  CHECK_THROWS_AS(in.expect_end(), serialization_error);
}

TEST_CASE("wire: no size makes it ask for memory that is not needed") {
  detail::buffer bytes;
  wire::writer{bytes}.put(std::uint64_t{1} << 60);
  auto read = [&]<class T>(std::type_identity<T>) {
    wire::reader in{bytes.bytes()};
    in.get<T>();
  };
  CHECK_THROWS_AS(read(std::type_identity<std::vector<double>>{}), serialization_error);
  CHECK_THROWS_AS(read(std::type_identity<std::string>{}), serialization_error);
  CHECK_THROWS_AS((read(std::type_identity<std::map<int, int>>{})), serialization_error);
  CHECK_THROWS_AS((read(std::type_identity<std::variant<int, char>>{})), serialization_error);
}
