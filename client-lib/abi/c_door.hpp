// SPDX-License-Identifier: Apache-2.0
// What the functions of daybook.h share: arguments are checked, exceptions end, errors and texts
// cross. Included by the c_*.cpp files only, which do nothing but name their arguments and call the
// OpenHandle.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client-lib/abi/guard.hpp"
#include "client-lib/abi/open_handle.hpp"
#include "client-lib/include/daybook/daybook.h"

struct daybook_handle {
  std::unique_ptr<daybook::abi::OpenHandle> open;
};

struct daybook_statement {
  daybook_handle* handle = nullptr;
  std::unique_ptr<daybook::abi::RowReader> rows;
};

namespace daybook::abi {

inline constexpr std::size_t kPathSizeMax = 4096;
inline constexpr std::size_t kSqlSizeMax = 100'000;
inline constexpr std::size_t kShortTextSizeMax = 4096;

// kInvalid for null or what is not UTF-8, kTooLarge. `what` names the argument.
Result<std::string_view> read_text_argument(const char* text, std::size_t size,
                                            std::string_view what, std::size_t size_max);
// Null is an empty text.
Result<std::string_view> read_optional_text(const char* text, std::size_t size,
                                            std::string_view what, std::size_t size_max);
Result<Uuid> read_id_argument(const char* text, std::size_t size, std::string_view what);

// Hands a text over to the caller, who frees it.
Result<void> give_text(const std::string& text, char** out, std::size_t* size);

std::int32_t report(const Result<void>& done, daybook_error* error);

// A call that has no handle.
template <class Call>
std::int32_t answer(daybook_error* error, Call&& call) noexcept {
  return report(guarded([&]() -> Result<void> { return call(); }), error);
}

// A call on a handle. What breaks in it breaks the handle.
template <class Call>
std::int32_t answer(daybook_handle* handle, daybook_error* error, Call&& call) noexcept {
  const auto done = guarded([&]() -> Result<void> {
    if (handle == nullptr) return failure(Errc::kInvalid, "handle", "null");
    return call(*handle->open);
  });
  if (!done.ok() && done.error().code == Errc::kInternal && handle != nullptr)
    handle->open->break_with(done.error());
  return report(done, error);
}

// A call on a handle that gives a text.
template <class Call>
std::int32_t answer_text(daybook_handle* handle, char** out, std::size_t* size,
                         daybook_error* error, Call&& call) noexcept {
  if (size != nullptr) *size = 0;
  if (out == nullptr) return report(failure(Errc::kInvalid, "output", "null"), error);
  *out = nullptr;
  return answer(handle, error, [&](OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const std::string text, call(open));
    return give_text(text, out, size);
  });
}

}  // namespace daybook::abi
