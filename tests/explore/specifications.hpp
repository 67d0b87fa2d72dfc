#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mailroom/explore/linearizability.hpp"

/// What some types do when nobody else is there.
namespace mailroom::test {

template <class Specification>
using calls_of =
  std::vector<explore::call<typename Specification::input, typename Specification::output>>;

inline constexpr std::monostate done{};
inline constexpr std::nullopt_t no_answer = std::nullopt;

/// A variable: read and write.
struct register_spec {
  using state = int;
  using output = std::variant<std::monostate, int>;
  struct input {
    std::optional<int> write;
  };

  static input write(int value) { return {value}; }
  static input read() { return {}; }

  state initial() const { return 0; }

  output apply(state& value, const input& in) const {
    if (!in.write)
      return value;
    value = *in.write;
    return done;
  }

  std::string show(const input& in) const {
    return in.write ? "write " + std::to_string(*in.write) : "read";
  }
};

/// Adds, and tells the sum.
struct counter_spec {
  using state = std::int64_t;
  using output = std::variant<std::monostate, std::int64_t>;
  struct input {
    std::optional<std::int64_t> add;
  };

  static input add(std::int64_t amount) { return {amount}; }
  static input value() { return {}; }

  state initial() const { return 0; }

  output apply(state& sum, const input& in) const {
    if (!in.add)
      return sum;
    sum += *in.add;
    return done;
  }

  std::string show(const input& in) const {
    return in.add ? "add " + std::to_string(*in.add) : "value";
  }
};

/// An account of many in a bank: looks, then takes.
struct account_spec {
  using state = std::int64_t;
  using output = std::variant<std::monostate, bool, std::int64_t>;
  enum class kind { withdraw, deposit, balance };
  struct input {
    kind what;
    std::int64_t amount = 0;
    int account = 0;
  };

  std::int64_t opened_with = 100;

  static input withdraw(std::int64_t amount, int account = 0) {
    return {kind::withdraw, amount, account};
  }
  static input deposit(std::int64_t amount, int account = 0) {
    return {kind::deposit, amount, account};
  }
  static input balance(int account = 0) { return {kind::balance, 0, account}; }

  state initial() const { return opened_with; }
  int key(const input& in) const { return in.account; }

  output apply(state& balance, const input& in) const {
    switch (in.what) {
      case kind::withdraw:
        if (balance < in.amount)
          return false;
        balance -= in.amount;
        return true;
      case kind::deposit: balance += in.amount; return done;
      default: return balance;
    }
  }

  std::string show(const input& in) const {
    switch (in.what) {
      case kind::withdraw: return "withdraw " + std::to_string(in.amount);
      case kind::deposit: return "deposit " + std::to_string(in.amount);
      default: return "balance";
    }
  }
};

/// What maps are asked.
struct map_input {
  enum class kind { put, get, erase };
  kind what;
  int key;
  int value = 0;

  static map_input put(int key, int value) { return {kind::put, key, value}; }
  static map_input get(int key) { return {kind::get, key}; }
  static map_input erase(int key) { return {kind::erase, key}; }

  std::string text() const {
    switch (what) {
      case kind::put: return "put " + std::to_string(key) + " " + std::to_string(value);
      case kind::get: return "get " + std::to_string(key);
      default: return "erase " + std::to_string(key);
    }
  }
};

/// A map, key by key. Each call tells what was there before it.
struct map_spec {
  using state = std::optional<int>;
  using input = map_input;
  using output = std::optional<int>;

  state initial() const { return {}; }
  int key(const input& in) const { return in.key; }

  output apply(state& value, const input& in) const {
    auto before = value;
    if (in.what == input::kind::put)
      value = in.value;
    else if (in.what == input::kind::erase)
      value.reset();
    return before;
  }

  std::string show(const input& in) const { return in.text(); }
};

/// The same as one object: for tests that what is done key by key is right.
struct whole_map_spec {
  using state = std::map<int, int>;
  using input = map_input;
  using output = std::optional<int>;

  state initial() const { return {}; }

  output apply(state& all, const input& in) const {
    auto found = all.find(in.key);
    auto before = found == all.end() ? std::nullopt : std::optional{found->second};
    if (in.what == input::kind::put)
      all[in.key] = in.value;
    else if (in.what == input::kind::erase)
      all.erase(in.key);
    return before;
  }

  std::string show(const input& in) const { return in.text(); }
};

/// What an empty queue answers.
struct empty {
  friend bool operator==(const empty&, const empty&) = default;
};

/// First in, first out.
struct queue_spec {
  using state = std::deque<int>;
  using output = std::variant<std::monostate, int, empty>;
  struct input {
    std::optional<int> push;
  };

  static input push(int value) { return {value}; }
  static input pop() { return {}; }

  state initial() const { return {}; }

  output apply(state& line, const input& in) const {
    if (in.push) {
      line.push_back(*in.push);
      return done;
    }
    if (line.empty())
      return empty{};
    int first = line.front();
    line.pop_front();
    return first;
  }

  std::string show(const input& in) const {
    return in.push ? "push " + std::to_string(*in.push) : "pop";
  }

  std::string show(const output& out) const {
    auto value = std::get_if<int>(&out);
    return value ? std::to_string(*value) : out.index() == 0 ? "done" : "empty";
  }
};

} // namespace mailroom::test
