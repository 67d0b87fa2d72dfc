#include "mailroom/process/remote_error.hpp"

#include <new>
#include <stdexcept>
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
const remote_exception<std::runtime_error> a_runtime_error;
const remote_exception<std::logic_error> a_logic_error;
const remote_exception<std::invalid_argument> an_invalid_argument;
const remote_exception<std::domain_error> a_domain_error;
const remote_exception<std::length_error> a_length_error;
const remote_exception<std::out_of_range> an_out_of_range;
const remote_exception<std::range_error> a_range_error;
const remote_exception<std::overflow_error> an_overflow_error;
const remote_exception<std::underflow_error> an_underflow_error;
const remote_exception<error> an_error;
const remote_exception<timeout_error> a_timeout_error;
const remote_exception<system_error> a_system_error;
const remote_exception<circuit_open> a_circuit_open;
const remote_exception<supervision_failed> a_supervision_failed;
const remote_exception<cancelled_error> a_cancelled_error;
const remote_exception<invalid_state_error> an_invalid_state_error;
const remote_exception<broken_promise> a_broken_promise;
const remote_exception<broken_executor> a_broken_executor;
const remote_exception<shutdown_error> a_shutdown_error;
const remote_exception<rejected> a_rejected;
const remote_exception<would_deadlock> a_would_deadlock;
const remote_exception<serialization_error> a_serialization_error;

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
