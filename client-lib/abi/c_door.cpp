// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/c_door.hpp"

#include <cstdlib>
#include <cstring>

#include "core/base/hex.hpp"
#include "core/base/utf8_cut.hpp"
#include "core/model/cbor.hpp"

namespace daybook::abi {
namespace {

// Cut to fit, at a whole character, and ended by a NUL.
void copy_text(std::string_view text, char* out, std::size_t size) {
  const std::size_t length = whole_characters(text, size - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

}  // namespace

Result<std::string_view> read_text_argument(const char* text, std::size_t size,
                                            std::string_view what, std::size_t size_max) {
  if (text == nullptr) return failure(Errc::kInvalid, std::string(what), "null");
  if (size == DAYBOOK_TO_NUL) size = strnlen(text, size_max + 1);
  if (size > size_max)
    return failure(Errc::kTooLarge, std::string(what),
                   "at most " + std::to_string(size_max) + " bytes");
  const std::string_view view(text, size);
  if (!is_utf8(view_of(view))) return failure(Errc::kInvalid, std::string(what), "not UTF-8");
  return view;
}

Result<std::string_view> read_optional_text(const char* text, std::size_t size,
                                            std::string_view what, std::size_t size_max) {
  if (text == nullptr && (size == 0 || size == DAYBOOK_TO_NUL)) return std::string_view{};
  return read_text_argument(text, size, what, size_max);
}

Result<Uuid> read_id_argument(const char* text, std::size_t size, std::string_view what) {
  DAYBOOK_ASSIGN(const std::string_view view,
                 read_text_argument(text, size, what, kShortTextSizeMax));
  const auto id = uuid_from(view);
  if (!id) return failure(Errc::kInvalid, std::string(what), "expected an id, 8-4-4-4-12");
  return *id;
}

Result<void> give_text(const std::string& text, char** out, std::size_t* size) {
  auto* const copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) throw std::bad_alloc();
  std::memcpy(copy, text.c_str(), text.size() + 1);
  *out = copy;
  if (size != nullptr) *size = text.size();
  return success();
}

std::int32_t report(const Result<void>& done, daybook_error* error) {
  const auto code = done.ok() ? DAYBOOK_OK : static_cast<std::int32_t>(done.error().code);
  // Anything smaller was not initialised by the macro of any version.
  if (error == nullptr || error->struct_size < sizeof(daybook_error)) return code;
  error->code = code;
  copy_text(done.ok() ? std::string_view{} : std::string_view(done.error().field), error->field,
            sizeof error->field);
  copy_text(done.ok() ? std::string_view{} : std::string_view(done.error().detail), error->detail,
            sizeof error->detail);
  return code;
}

}  // namespace daybook::abi
