// SPDX-License-Identifier: Apache-2.0
// The body of every answer on the device API that is not 200. Grammar: PROTOCOL.md, "Errors".
#include "core/base/utf8_cut.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"
#include "core/wire/message_reader.hpp"

namespace daybook::wire {
namespace {

constexpr std::string_view kTag = "daybook.error";
constexpr std::size_t kItems = 5;
constexpr std::uint64_t kCodeMax =
    9999;  // numbers this build does not know are kept: the code is the message

// An error may quote what a stranger sent. The answer must go out all the same, so it is cut to its
// limit between two characters.
std::string fitting(std::string text) {
  text.resize(whole_characters(text, kErrorTextSizeMax));
  if (!is_utf8(view_of(text))) {
    for (auto& character : text) {
      if (static_cast<unsigned char>(character) >= 0x80) character = '?';
    }
  }
  return text;
}

}  // namespace

Bytes encode(const ErrorReply& error) {
  CborWriter out;
  out.array(kItems)
      .text(kTag)
      .unsigned_integer(kMessageFormat)
      .integer(static_cast<std::int64_t>(error.code));
  out.text(fitting(error.field)).text(fitting(error.detail));
  return out.take();
}

Result<ErrorReply> decode_error_reply(BytesView bytes) {
  MessageReader in(bytes, "error");
  ErrorReply error;
  in.open(kTag, kItems);
  const auto code = in.unsigned_integer("code", kCodeMax);
  if (!in.failed() && code == 0) in.fail(Errc::kInvalid, "code", "0 is no error");
  error.code = static_cast<Errc>(code);
  error.field = in.text("field", kErrorTextSizeMax);
  error.detail = in.text("detail", kErrorTextSizeMax);
  DAYBOOK_TRY(in.close());
  return error;
}

}  // namespace daybook::wire
