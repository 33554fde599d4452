// SPDX-License-Identifier: Apache-2.0
#include "sync-server/registrar/seals.hpp"

#include <algorithm>
#include <optional>

#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/signature/sealed_form.hpp"
#include "core/domain/signature/statement.hpp"

namespace daybook {
namespace {

BytesView bytes_in(const Fields& fields, std::string_view name) {
  const auto* value = fields.find(name);
  return value != nullptr && value->kind() == Value::Kind::kBytes ? BytesView(value->as_bytes())
                                                                  : BytesView{};
}

std::string text_in(const Fields& fields, std::string_view name) {
  const auto* value = fields.find(name);
  return value != nullptr && value->kind() == Value::Kind::kText ? value->as_text() : "";
}

// Headquarters signs no hash that it could have computed and did not.
bool is_sound(const std::string& collection, const Fields& fields, const Digest& hash) {
  if (collection == "form") return content_hash(form_parts_of(fields)) == hash;
  if (collection == "survey") return sha256(bytes_in(fields, "content")) == hash;
  const auto key = decode_public_key(bytes_in(fields, "device_key"));
  const auto mark = decode_signature(bytes_in(fields, "device_signature"));
  const BytesView text = bytes_in(fields, "statement");
  const auto statement = read_statement(text_of(text));
  return key.ok() && mark.ok() && statement.ok() && verify(*key, text, *mark).ok() &&
         statement->find("content_hash") == to_hex(hash.view());
}

}  // namespace

Seals seals_in(const Body& body) {
  Seals seals;
  for (const auto& change : body.changes) {
    const std::string& collection = change.record.collection;
    const bool is_signature = collection == "signature";
    if (!is_signature && collection != "form" && collection != "survey") continue;
    const auto hash = Digest::from(bytes_in(change.created, "content_hash"));
    const auto visit = Uuid::from(bytes_in(change.created, "visit"));
    if (!hash || !visit) continue;
    if (!is_sound(collection, change.created, *hash)) {
      seals.wrong.push_back(change.record);
      continue;
    }
    const std::string paper = is_signature ? text_in(change.created, "paper") : collection;
    const auto same = std::find_if(seals.sound.begin(), seals.sound.end(),
                                   [&](const Seal& one) { return one.content_hash == *hash; });
    if (same == seals.sound.end()) {
      seals.sound.push_back({*hash, paper, *visit, !is_signature});
    } else {
      same->is_paper = same->is_paper || !is_signature;
    }
  }
  return seals;
}

}  // namespace daybook
