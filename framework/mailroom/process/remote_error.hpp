#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "mailroom/error.hpp"
#include "mailroom/process/wire.hpp"

namespace mailroom {

/// What a task has thrown in another process, as text. If the type of that is known (see
/// `remote_exception`), an exception of that type is thrown again, and this is nested in it.
class remote_error : public error {
public:
  remote_error(std::string type, const std::string& text, std::string worker);

  /// The name of the type, as the source has it.
  const std::string& type() const noexcept { return type_; }
  /// The name of the worker.
  const std::string& worker() const noexcept { return worker_; }

private:
  std::string type_;
  std::string worker_;
};

namespace detail {

/// Exceptions of one type, as they travel. Objects have static storage: whoever makes one makes the
/// type known.
class exception_type {
public:
  explicit exception_type(const std::type_info& type) noexcept;
  exception_type(const exception_type&) = delete;
  exception_type& operator=(const exception_type&) = delete;

  virtual void put(const std::exception& e, wire::writer& out) const = 0;
  /// Throws what it reads, with the exception that is being handled nested in it.
  [[noreturn]] virtual void rethrow(wire::reader& in) const = 0;

  const std::type_info& type() const noexcept { return type_; }
  const exception_type* next() const noexcept { return next_; }

protected:
  ~exception_type() = default;

private:
  const std::type_info& type_;
  const exception_type* next_; // of all there are
};

/// Puts what was thrown on a worker of that name.
void put_exception(const std::exception_ptr& e, std::string_view worker, wire::writer& out);

/// Makes it again.
std::exception_ptr get_exception(wire::reader& in);

} // namespace detail

/// Lets exceptions of type `E` come back from other processes as what they are: all of them if
/// there is an `inspect`, else their text, which the constructor takes. At namespace scope: `const
/// mailroom::remote_exception<out_of_stock> out_of_stock_travels;`. Known from the beginning: those
/// of `<stdexcept>`, `std::bad_alloc`, and the `mailroom::error`s.
template <class E>
requires std::derived_from<E, std::exception> &&(!std::is_final_v<E>)&&(
  wire::portable<E> || std::constructible_from<E, std::string>)class remote_exception final
  : public detail::exception_type {
public:
  remote_exception() noexcept : exception_type(typeid(E)) {}

  void put(const std::exception& e, wire::writer& out) const override {
    if constexpr (wire::portable<E>)
      out.put(dynamic_cast<const E&>(e));
    else
      out.put(std::string{e.what()});
  }

  [[noreturn]] void rethrow(wire::reader& in) const override {
    if constexpr (wire::portable<E>)
      std::throw_with_nested(in.get<E>());
    else
      std::throw_with_nested(E{in.get<std::string>()});
  }
};

} // namespace mailroom
