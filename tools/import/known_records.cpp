// SPDX-License-Identifier: Apache-2.0
#include "tools/import/known_records.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::sheet {

std::string key_text(const std::vector<std::string>& key, const Json& values) {
  std::string text;
  for (const auto& field : key) {
    const auto found = values.find(field);
    if (found == values.end() || found->is_null()) return {};
    const auto part = found->dump(-1, ' ', false, Json::error_handler_t::replace);
    text += std::to_string(part.size()) + ":" + part;
  }
  return text;
}

std::string id_for_key(std::string_view collection, const std::string& key) {
  Sha256 hash;
  hash.update(view_of("daybook import 1\n"));
  hash.update(view_of(std::to_string(collection.size()) + ":"));
  hash.update(view_of(collection));
  hash.update(view_of(key));
  const auto digest = hash.finish();
  Uuid id;
  for (std::size_t i = 0; i < id.raw.size(); ++i) id.raw[i] = digest.raw[i];
  // Version 8: made by a rule of one's own (RFC 9562).
  id.raw[6] = static_cast<std::uint8_t>((id.raw[6] & 0x0fU) | 0x80U);
  id.raw[8] = static_cast<std::uint8_t>((id.raw[8] & 0x3fU) | 0x80U);
  return to_string(id);
}

Result<void> KnownRecords::add(std::string_view ndjson) {
  while (!ndjson.empty()) {
    const auto end = std::min(ndjson.find('\n'), ndjson.size());
    const auto json = Json::parse(ndjson.substr(0, end), nullptr, false);
    ndjson.remove_prefix(std::min(end + 1, ndjson.size()));
    if (!json.is_object() || !json.contains("id") || !json.contains("values") ||
        !json["values"].is_object())
      return failure(Errc::kInvalid, "export", "not a record a line");
    KnownRecord record;
    record.id = json["id"].get<std::string>();
    record.version = json.value("version", std::uint64_t{0});
    record.values = json["values"].dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto key = key_text(key_, json["values"]);
    const auto place = records_.size();
    if (!by_id_.emplace(record.id, place).second) continue;
    if (!key.empty() && !by_key_.emplace(key, place).second) ambiguous_.insert(key);
    records_.push_back(std::move(record));
  }
  return {};
}

const KnownRecord* KnownRecords::find_id(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &records_[found->second];
}

Result<const KnownRecord*> KnownRecords::find_key(const std::string& key) const {
  if (ambiguous_.contains(key))
    return failure(Errc::kAlreadyExists, {}, "several records have this key; name one by its id");
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &records_[found->second];
}

}  // namespace daybook::sheet
