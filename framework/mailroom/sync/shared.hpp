#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "mailroom/sync/object.hpp"
#include "mailroom/sync/world.hpp"

#if defined(__SANITIZE_THREAD__)
#  define MAILROOM_THREAD_SANITIZER 1
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer)
#    define MAILROOM_THREAD_SANITIZER 1
#  endif
#endif

namespace mailroom::sync {

/// What a processor reads and writes as a whole.
template <class T>
concept word = std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t);

namespace detail {

/// A value as a schedule shows it.
template <class T>
std::string shown(const T& value) {
  if constexpr (std::same_as<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_arithmetic_v<T>)
    return std::to_string(value);
  else if constexpr (std::is_enum_v<T>)
    return std::to_string(static_cast<std::underlying_type_t<T>>(value));
  else
    return "a value";
}

/// A value as a number that tells states apart.
template <class T>
std::uint64_t numbered(const T& value) {
  std::uint64_t number = 0;
  if constexpr (std::integral<T>)
    number = static_cast<std::uint64_t>(value);
  else if constexpr (word<T>)
    std::memcpy(&number, &value, sizeof value);
  return number;
}

#ifdef MAILROOM_THREAD_SANITIZER
/// A plain variable that looks like an atomic one.
template <class T>
class unprotected {
public:
  explicit unprotected(T value) : value_(value) {}
  T load(std::memory_order) const { return value_; }
  void store(T value, std::memory_order) { value_ = value; }

private:
  T value_;
};
#else
template <class T>
using unprotected = std::atomic<T>;
#endif

} // namespace detail

/// A variable that threads share *without* protection: the subject of every racy version.
///
/// Reading and writing are separate steps, so updates get lost as they do with a plain variable.
/// But it is no undefined behaviour: each step by itself is a relaxed atomic access. Built with
/// ThreadSanitizer it is a plain variable, and the sanitizer reports the race.
///
/// There is no `++` on purpose: what looks like one step would be two. Use `atomic` for a variable
/// whose updates are indivisible.
template <word T>
class shared : public object {
public:
  explicit(false) shared(T initial = {}, const char* name = "shared variable")
    : object(name), value_(initial) {}

  T load() const {
    if (world* w = explored()) [[unlikely]] {
      w->reach({operation::read, this});
      w->note("= " + detail::shown(get()));
    }
    return get();
  }

  void store(T value) {
    if (world* w = explored()) [[unlikely]] {
      w->reach({operation::write, this});
      w->note(detail::shown(value));
    }
    set(value);
  }

  /// Reads like a variable.
  operator T() const { return load(); } // NOLINT(google-explicit-constructor)

  shared& operator=(T value) {
    store(value);
    return *this;
  }

  std::uint64_t state() const override { return detail::numbered(get()); }

private:
  T get() const { return value_.load(std::memory_order_relaxed); }
  void set(T value) { value_.store(value, std::memory_order_relaxed); }

  detail::unprotected<T> value_;
};

/// A variable whose reads, writes and updates are each one indivisible step: `std::atomic` in
/// production. Explored as sequentially consistent, whatever order is asked for.
///
/// Two operations in a row are still two steps: `if (n.load() > 0) n.fetch_sub(1);` is a race.
template <class T>
class atomic : public object {
  static constexpr auto in_one_order = std::memory_order_seq_cst;

public:
  explicit(false) atomic(T initial = {}, const char* name = "atomic variable")
    : object(name), value_(initial) {}

  T load(std::memory_order order = in_one_order) const {
    world* w = step(operation::read);
    return noted(w, "= ", value_.load(order));
  }

  void store(T value, std::memory_order order = in_one_order) {
    world* w = step(operation::write);
    value_.store(noted(w, "", value), order);
  }

  T exchange(T value, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "was ", value_.exchange(value, order));
  }

  T fetch_add(T amount, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "was ", value_.fetch_add(amount, order));
  }

  T fetch_sub(T amount, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "was ", value_.fetch_sub(amount, order));
  }

  T fetch_or(T bits, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "was ", value_.fetch_or(bits, order));
  }

  T fetch_and(T bits, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "was ", value_.fetch_and(bits, order));
  }

  /// Replaces `expected` by `desired`. If the value was another one, puts it into `expected` and
  /// returns false.
  bool compare_exchange(T& expected, T desired, std::memory_order order = in_one_order) {
    world* w = step(operation::update);
    return noted(w, "replaced: ", value_.compare_exchange_strong(expected, desired, order));
  }

  /// The same, but may fail for no reason, on some processors; never inside an exploration.
  bool compare_exchange_weak(T& expected, T desired, std::memory_order order = in_one_order) {
    return explored() ? compare_exchange(expected, desired, order)
                      : value_.compare_exchange_weak(expected, desired, order);
  }

  std::uint64_t state() const override { return detail::numbered(value_.load()); }

private:
  world* step(operation what) const {
    world* w = explored();
    if (w) [[unlikely]]
      w->reach({what, this});
    return w;
  }

  template <class Value>
  static Value noted(world* w, const char* how, Value value) {
    if (w) [[unlikely]]
      w->note(how + detail::shown(value));
    return value;
  }

  std::atomic<T> value_;
};

} // namespace mailroom::sync
