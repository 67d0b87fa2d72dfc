#include "mailroom/process/remote_error.hpp"

#include <new>
#include <stdexcept>
#include <tuple>
#include <typeinfo>
#include <utility>

#include <fmt/format.h>

#include "mailroom/future/failure.hpp"

namespace mailroom {

remote_error::remote_error(std::string type, const std::string& text, std::string worker)
  : error(fmt::format("{}: {} (thrown in {})", type, text, worker)), type_(std::move(type)),
    worker_(std::move(worker)) {}

namespace detail {

namespace {

constinit const exception_type* newest = nullptr; // others are linked from it

const exception_type* find(std::string_view name) noexcept {
  for (auto* t = newest; t; t = t->next())
    if (t->type().name() == name)
      return t;
  return nullptr;
}

/// It takes no text.
class travelling_bad_alloc final : public exception_type {
public:
  travelling_bad_alloc() noexcept : exception_type(typeid(std::bad_alloc)) {}
  void put(const std::exception&, wire::writer&) const override {}
  [[noreturn]] void rethrow(wire::reader&) const override {
    std::throw_with_nested(std::bad_alloc{});
  }
};

const travelling_bad_alloc bad_alloc;

template <class... E>
using all_of = std::tuple<remote_exception<E>...>;

const all_of<std::runtime_error, std::logic_error, std::invalid_argument, std::domain_error,
             std::length_error, std::out_of_range, std::range_error, std::overflow_error,
             std::underflow_error, error, timeout_error, system_error, circuit_open,
             supervision_failed, cancelled_error, invalid_state_error, broken_promise,
             broken_executor, shutdown_error, rejected, would_deadlock, serialization_error>
  known_from_the_beginning;

std::string text_of(const std::exception_ptr& e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& x) {
    return x.what();
  } catch (...) {
    return "no std::exception";
  }
}

/// Puts `e` if its type is known: its name, and what is in it; else an empty name.
void put_known(const std::exception_ptr& e, wire::writer& out) {
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& x) {
    if (auto* t = find(typeid(x).name())) {
      out.put(std::string{t->type().name()});
      t->put(x, out);
      return;
    }
  } catch (...) { // of no type that travels
  }
  out.put(std::string{});
}

} // namespace

exception_type::exception_type(const std::type_info& type) noexcept
  : type_(type), next_(std::exchange(newest, this)) {}

void put_exception(const std::exception_ptr& e, std::string_view worker, wire::writer& out) {
  out.put(type_name(e));
  out.put(text_of(e));
  out.put(std::string{worker});
  put_known(e, out);
}

std::exception_ptr get_exception(wire::reader& in) {
  auto type = in.get<std::string>();
  auto text = in.get<std::string>();
  auto worker = in.get<std::string>();
  auto known = in.get<std::string>();
  try {
    try {
      throw remote_error(type, text, worker);
    } catch (const remote_error&) {
      if (auto* t = find(known))
        t->rethrow(in);
      throw;
    }
  } catch (...) {
    return std::current_exception();
  }
}

} // namespace detail

} // namespace mailroom
