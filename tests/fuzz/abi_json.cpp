// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the JSON that a host app hands to daybook_commit(). What is refused is refused by the
// name of a place; what is accepted is within the rules' collections and fields; whatever is JSON
// can be written and read again, and made a sentence of.
#include <cstdlib>

#include "client-lib/abi/commit_json.hpp"
#include "client-lib/abi/json/json_text.hpp"
#include "client-lib/abi/json/sentences.hpp"
#include "core/domain/catalog.hpp"

namespace {

using namespace daybook;

const Schema& rules() {
  static const Schema schema = load_after_sales().value();
  return schema;
}

void demand(bool holds) {
  if (!holds) std::abort();
}

void try_commit(std::string_view text) {
  const abi::CommitReading reading{
      rules(), [] { return Uuid{{1}}; },
      [](const std::string&) -> Result<std::pair<Digest, std::uint64_t>> {
        return failure(Errc::kNotFound, "path");
      }};
  const auto input = abi::read_commit(text, reading);
  if (!input.ok()) return demand(!input.error().field.empty());
  for (const RecordInput& change : input->changes) {
    const CollectionSchema* const collection = rules().find(change.record.collection);
    demand(collection != nullptr && !change.record.id.is_zero());
    for (const auto& [name, value] : change.values) demand(collection->find(name) != nullptr);
  }
}

void try_text(std::string_view text) {
  const auto value = abi::read_json(text, "text");
  if (!value.ok()) return demand(!value.error().field.empty());
  abi::JsonWriter written;
  written.value(*value);
  const std::string once = written.take();
  const auto again = abi::read_json(once, "text");
  demand(again.ok());
  abi::JsonWriter rewritten;
  rewritten.value(*again);
  demand(rewritten.take() == once);
  for (const auto language : {abi::Language::kChinese, abi::Language::kEnglish}) {
    static_cast<void>(abi::sentence_of(*value, language).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = daybook::text_of({bytes, size});
  try_commit(text);
  try_text(text);
  return 0;
}
