#pragma once

#include <concepts>
#include <functional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "mailroom/process/frame.hpp"
#include "mailroom/process/registry.hpp"
#include "mailroom/process/wire.hpp"

namespace mailroom {

/// A function that exists in every process of the program, as an object without content.
template <auto function>
struct remote_function {
  template <class... Arguments>
  requires std::invocable<decltype(function), Arguments...>
  decltype(auto) operator()(Arguments&&... arguments) const {
    return std::invoke(function, std::forward<Arguments>(arguments)...);
  }
};

/// What to give to a pool of processes instead of a pointer, which means nothing there:
/// `pool.submit(remote<is_prime>, n)`.
template <auto function>
inline constexpr remote_function<function> remote{};

namespace detail {

// -- what a function takes -------------------------------------------------------------------------------

/// Copies of what a function takes: `type` is a tuple of them, `stops` whether it takes a token
/// first.
template <class... Parameters>
struct parameter_list {
  using type = std::tuple<std::decay_t<Parameters>...>;
  static constexpr bool stops = false;
};
template <class Token, class... Parameters>
requires std::same_as<std::decay_t<Token>, std::stop_token>
struct parameter_list<Token, Parameters...> : parameter_list<Parameters...> {
  static constexpr bool stops = true;
};

/// Parameters of a pointer to a function or member function.
template <class Pointer>
struct parameters_of_pointer;
template <class R, class... P>
struct parameters_of_pointer<R (*)(P...)> : parameter_list<P...> {};
template <class R, class... P>
struct parameters_of_pointer<R (*)(P...) noexcept> : parameter_list<P...> {};
template <class R, class C, class... P>
struct parameters_of_pointer<R (C::*)(P...)> : parameter_list<C, P...> {};
template <class R, class C, class... P>
struct parameters_of_pointer<R (C::*)(P...) noexcept> : parameter_list<C, P...> {};
template <class R, class C, class... P>
struct parameters_of_pointer<R (C::*)(P...) const> : parameter_list<C, P...> {};
template <class R, class C, class... P>
struct parameters_of_pointer<R (C::*)(P...) const noexcept> : parameter_list<C, P...> {};

/// Parameters of a call operator, without the object.
template <class Pointer>
struct parameters_of_operator;
template <class R, class C, class... P>
struct parameters_of_operator<R (C::*)(P...)> : parameter_list<P...> {};
template <class R, class C, class... P>
struct parameters_of_operator<R (C::*)(P...) noexcept> : parameter_list<P...> {};
template <class R, class C, class... P>
struct parameters_of_operator<R (C::*)(P...) const> : parameter_list<P...> {};
template <class R, class C, class... P>
struct parameters_of_operator<R (C::*)(P...) const noexcept> : parameter_list<P...> {};

/// Parameters of `F`, called with `Arguments`. Of those that are templates: copies of the
/// arguments.
template <class F, class... Arguments>
struct parameters_of : parameter_list<Arguments...> {
  static constexpr bool stops = std::invocable<F, std::stop_token, std::decay_t<Arguments>...>;
};
template <auto function, class... Arguments>
struct parameters_of<remote_function<function>, Arguments...>
  : parameters_of_pointer<std::remove_const_t<decltype(function)>> {};
template <class F, class... Arguments>
requires requires {
  &F::operator();
}
struct parameters_of<F, Arguments...> : parameters_of_operator<decltype(&F::operator())> {};

// -- what can be called from another process ---------------------------------------------------------------

/// Whether `F` means the same in all processes: it is its type, and has no content.
template <class F>
concept placeless = std::is_empty_v<F> && std::default_initializable<F>;

template <class>
inline constexpr bool all_portable = false;
template <class... T>
inline constexpr bool all_portable<std::tuple<T...>> = (wire::portable<T> && ...);

/// Calls `f` with the elements of a tuple, and with a token before them if it takes one.
template <bool stops, class F, class Arguments>
decltype(auto) call_with(F& f, const std::stop_token& stop, Arguments& arguments) {
  return std::apply(
    [&](auto&... a) -> decltype(auto) {
      if constexpr (stops)
        return std::invoke(f, stop, std::move(a)...);
      else
        return std::invoke(f, std::move(a)...);
    },
    arguments);
}

/// The call of a function with arguments of certain types, known to all processes of the program.
template <class F, class Arguments, bool stops>
struct remote_entry {
  using result = std::remove_cvref_t<decltype(call_with<stops>(
    std::declval<F&>(), std::declval<const std::stop_token&>(), std::declval<Arguments&>()))>;

  static void run(wire::reader& in, wire::writer& out, const std::stop_token& stop) {
    F f;
    auto arguments = in.get<Arguments>();
    in.expect_end();
    if constexpr (std::is_void_v<result>)
      call_with<stops>(f, stop, arguments);
    else
      out.put<result>(call_with<stops>(f, stop, arguments));
  }

  static inline const registered_function function{typeid(remote_entry).name(), &run, stops};
};

template <class F, class... Arguments>
struct remote_signature {
  static_assert(
    placeless<F>,
    "a pool of processes calls what exists in all of them: a lambda that captures "
    "nothing, or mailroom::remote<function>. What a lambda captures, or a pointer points "
    "to, stays in this process: pass it as an argument");
  using parameters = parameters_of<F, Arguments...>;
  using arguments = typename parameters::type;
  static_assert(all_portable<arguments>,
                "an argument cannot travel to another process: it is none of the types of "
                "mailroom/process/wire.hpp, and has no inspect() as for CAF's messages, or no "
                "default constructor");
  using entry = remote_entry<F, arguments, parameters::stops>;
  static_assert(std::is_void_v<typename entry::result> || wire::portable<typename entry::result>,
                "the result cannot travel to another process: it is none of the types of "
                "mailroom/process/wire.hpp, and has no inspect() as for CAF's messages, or no "
                "default constructor");
};

/// Puts an argument as what the function takes; without a copy if it is that already.
template <class Parameter, class Argument>
void put_as(wire::writer& out, Argument&& argument) {
  if constexpr (std::same_as<std::remove_cvref_t<Argument>, Parameter>)
    out.put<Parameter>(argument);
  else
    out.put<Parameter>(Parameter(std::forward<Argument>(argument)));
}

/// Makes the frame that asks a worker to call `F` with `arguments`.
template <class F, class... Arguments>
buffer call_message(Arguments&&... arguments) {
  using signature = remote_signature<std::decay_t<F>, Arguments...>;
  static_assert(sizeof...(Arguments) == std::tuple_size_v<typename signature::arguments>,
                "the function takes more arguments, or fewer");
  buffer out;
  begin_frame(out, {.kind = frame_kind::call, .function = signature::entry::function.number()});
  wire::writer writer{out};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (put_as<std::tuple_element_t<I, typename signature::arguments>>(
       writer, std::forward<Arguments>(arguments)),
     ...);
  }
  (std::index_sequence_for<Arguments...>{});
  end_frame(out);
  return out;
}

} // namespace detail

} // namespace mailroom
