// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error, for everything that can happen on a good day (not found, offline,
// disk full). Exceptions never cross a room; what cannot happen is an ensure(). C++20 has no
// std::expected, so this is the small part of it that we use.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "core/base/ensure.hpp"
#include "core/base/error.hpp"

namespace daybook {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    ensure(ok());
    return std::get<0>(held_);
  }
  const T& value() const& {
    ensure(ok());
    return std::get<0>(held_);
  }
  T&& value() && {
    ensure(ok());
    return std::get<0>(std::move(held_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& error() const& {
    ensure(!ok());
    return std::get<1>(held_);
  }
  Error&& error() && {
    ensure(!ok());
    return std::get<1>(std::move(held_));
  }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    ensure(!ok());
    return *error_;
  }
  Error&& error() && {
    ensure(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

inline Result<void> success() { return {}; }

inline Error failure(Errc code, std::string field = {}, std::string detail = {}) {
  return Error{code, std::move(field), std::move(detail)};
}

}  // namespace daybook

// Hands an error up: `DAYBOOK_TRY(store.put(row));` and, with a value, `DAYBOOK_ASSIGN(auto row,
// store.load(ref));`.
#define DAYBOOK_JOIN_(a, b) a##b
#define DAYBOOK_JOIN(a, b) DAYBOOK_JOIN_(a, b)
#define DAYBOOK_TRY(expression)                                       \
  do {                                                                \
    auto daybook_tried = (expression);                                \
    if (!daybook_tried.ok()) return std::move(daybook_tried).error(); \
  } while (false)
#define DAYBOOK_ASSIGN_(name, declaration, expression) \
  auto name = (expression);                            \
  if (!name.ok()) return std::move(name).error();      \
  declaration = std::move(name).value()
#define DAYBOOK_ASSIGN(declaration, expression) \
  DAYBOOK_ASSIGN_(DAYBOOK_JOIN(daybook_got_, __LINE__), declaration, expression)
