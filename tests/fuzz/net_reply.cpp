// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: a reply from anybody, and the header words inside. Read whole and in two
// pieces it means the same, and nothing grows over its limit.
#include <cstdlib>
#include <string>

#include "client-lib/net/exchange_words.hpp"
#include "client-lib/net/reply_reader.hpp"

namespace {

using namespace daybook;

std::string meaning_of(const ReplyReader& reader) {
  std::string meaning =
      std::to_string(reader.reply().status) + (reader.complete() ? " complete" : " more");
  for (const auto& header : reader.reply().headers)
    meaning += "\n" + header.name + ": " + header.value;
  return meaning.append("\n").append(text_of(reader.reply().body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const BytesView all(bytes, size);
  const ReplyExpectation expected{4096, false, (size & 1) != 0};
  ReplyReader whole(HttpsLimits{}, expected);
  const auto fed = whole.feed(all);
  if (whole.reply().body.size() > expected.body_size_max) std::abort();
  if (fed.ok() && *fed == size && size > 1) {
    ReplyReader halves(HttpsLimits{}, expected);
    const auto first = halves.feed(all.first(size / 2));
    if (!first.ok() || *first != size / 2) std::abort();
    const auto second = halves.feed(all.subspan(size / 2));
    if (!second.ok() || meaning_of(halves) != meaning_of(whole)) std::abort();
  }
  if (const auto* state = whole.reply().find_header("exchange-state")) read_exchange_state(*state);
  return 0;
}
