// SPDX-License-Identifier: Apache-2.0
// What the host says of a signature, as JSON: read strictly, and held against its kind.
#include <algorithm>

#include "client-lib/abi/json/value_json.hpp"
#include "client-lib/papers/paper_desk.hpp"
#include "core/base/hex.hpp"

namespace daybook::papers {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kTextSizeMax = 1000;
constexpr std::size_t kPagesMax = 100;

class Members {
 public:
  Members(const JsonValue& object, std::string place) : object_(object), place_(std::move(place)) {}

  Result<void> expect_only(std::initializer_list<std::string_view> known) const {
    if (!object_.is(Kind::kObject)) return failure(Errc::kWrongType, place_, "expected an object");
    for (const auto& [name, value] : object_.members) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        return failure(Errc::kInvalid, place_in(place_, name), "not a member of this object");
    }
    return success();
  }
  Result<void> take(std::string_view key, std::string& into) const {
    const auto* member = object_.find(key);
    if (member == nullptr) return success();
    if (!member->is(Kind::kText)) return wrong(key, "expected a text");
    if (member->text.size() > kTextSizeMax)
      return failure(Errc::kTooLarge, place_in(place_, key), "at most 1000 bytes");
    into = member->text;
    return success();
  }
  Result<void> take(std::string_view key, std::int64_t& into) const {
    const auto* member = object_.find(key);
    if (member == nullptr) return success();
    if (!member->is(Kind::kInt)) return wrong(key, "expected a whole number");
    if (member->integer < 0) return wrong(key, "less than nothing");
    into = member->integer;
    return success();
  }
  Result<void> take_place(std::string_view key, std::optional<std::int64_t>& into) const {
    const auto* member = object_.find(key);
    if (member == nullptr) return success();
    if (!member->is(Kind::kInt)) return wrong(key, "expected degrees x 10^7");
    into = member->integer;
    return success();
  }
  Result<void> take(std::string_view key, std::optional<Digest>& into) const {
    const auto* member = object_.find(key);
    if (member == nullptr) return success();
    const auto bytes = member->is(Kind::kText) ? from_hex(member->text) : std::nullopt;
    into = bytes ? Digest::from(*bytes) : std::nullopt;
    return into ? success() : wrong(key, "expected 64 hex digits");
  }
  const JsonValue* find(std::string_view key) const { return object_.find(key); }
  Result<void> wrong(std::string_view key, std::string why) const {
    return failure(Errc::kInvalid, place_in(place_, key), std::move(why));
  }

 private:
  const JsonValue& object_;
  std::string place_;
};

Result<void> read_strokes(const Members& members, Signing& signing) {
  const auto* strokes = members.find("strokes");
  if (strokes == nullptr) return success();
  DAYBOOK_ASSIGN(const Value value, read_value(*strokes, FieldType::kStrokes, "strokes"));
  if (value.kind() == Value::Kind::kBytes) signing.strokes = value.as_bytes();
  return success();
}

Result<void> read_shown(const Members& members, Signing& signing) {
  const auto* object = members.find("shown");
  if (object == nullptr) return members.wrong("shown", "missing: what was on the screen");
  const Members shown(*object, "shown");
  DAYBOOK_TRY(shown.expect_only({"pages", "language", "text_size", "to_end", "seconds"}));
  DAYBOOK_TRY(shown.take("language", signing.language));
  DAYBOOK_TRY(shown.take("text_size", signing.text_size));
  DAYBOOK_TRY(shown.take("seconds", signing.seconds));
  const auto* to_end = shown.find("to_end");
  if (to_end != nullptr) signing.to_end = to_end->is(Kind::kBool) && to_end->boolean;
  const auto* pages = shown.find("pages");
  if (pages == nullptr || !pages->is(Kind::kArray) || pages->items.empty() ||
      pages->items.size() > kPagesMax)
    return shown.wrong("pages", "the SHA-256 of each page image that was displayed, 1 to 100");
  for (const auto& page : pages->items) {
    const auto bytes = page.is(Kind::kText) ? from_hex(page.text) : std::nullopt;
    const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
    if (!digest) return shown.wrong("pages", "expected 64 hex digits");
    signing.pages.push_back(*digest);
  }
  return success();
}

Result<void> read_consent(const Members& members, Signing& signing) {
  const auto* object = members.find("consent");
  if (object == nullptr) return success();
  const Members consent(*object, "consent");
  DAYBOOK_TRY(consent.expect_only({"id", "text"}));
  DAYBOOK_TRY(consent.take("id", signing.consent_id));
  return consent.take("text", signing.consent_text);
}

Result<void> check_kind(const Members& members, const Signing& signing) {
  const bool drawn = signing.kind == "drawn" || signing.kind == "both";
  const bool stamped = signing.kind == "stamp_photo" || signing.kind == "both";
  const bool refused = signing.kind == "refused";
  if (!drawn && !stamped && !refused)
    return members.wrong("kind", "drawn, stamp_photo, both or refused");
  if (signing.signer.empty()) return members.wrong("signer", "who signed, or refused to");
  if (drawn && signing.strokes.empty())
    return members.wrong("strokes", "missing: nothing was drawn");
  if (!drawn && !signing.strokes.empty())
    return members.wrong("strokes", "only where the kind is drawn or both");
  if (stamped && !signing.stamp_photo)
    return members.wrong("stamp_photo", "missing: the digest of the photo of the stamp");
  if (refused && signing.reason.empty())
    return members.wrong("reason", "missing: why the signature was refused");
  if (refused && signing.witness.empty())
    return members.wrong("witness", "missing: who saw that it was refused");
  if (!refused && (signing.consent_id.empty() || signing.consent_text.empty()))
    return members.wrong("consent", "missing: id and text of the sentence that was agreed to");
  return success();
}

}  // namespace

Result<Signing> read_signing(const JsonValue& json) {
  const Members members(json, "");
  DAYBOOK_TRY(
      members.expect_only({"id", "signer", "signer_role", "relation", "kind", "reason", "witness",
                           "strokes", "width", "height", "image", "image_size", "stamp_photo",
                           "stamp_size", "shown", "consent", "latitude", "longitude"}));
  Signing signing;
  DAYBOOK_TRY(members.take("signer", signing.signer));
  DAYBOOK_TRY(members.take("signer_role", signing.role));
  DAYBOOK_TRY(members.take("relation", signing.relation));
  DAYBOOK_TRY(members.take("kind", signing.kind));
  DAYBOOK_TRY(members.take("reason", signing.reason));
  DAYBOOK_TRY(members.take("witness", signing.witness));
  DAYBOOK_TRY(members.take("width", signing.width));
  DAYBOOK_TRY(members.take("height", signing.height));
  DAYBOOK_TRY(members.take("image", signing.image));
  DAYBOOK_TRY(members.take("stamp_photo", signing.stamp_photo));
  std::int64_t size = 0;
  DAYBOOK_TRY(members.take("image_size", size));
  signing.image_size = static_cast<std::uint64_t>(size);
  size = 0;
  DAYBOOK_TRY(members.take("stamp_size", size));
  signing.stamp_size = static_cast<std::uint64_t>(size);
  DAYBOOK_TRY(members.take_place("latitude", signing.latitude));
  DAYBOOK_TRY(members.take_place("longitude", signing.longitude));
  DAYBOOK_TRY(read_strokes(members, signing));
  DAYBOOK_TRY(read_shown(members, signing));
  DAYBOOK_TRY(read_consent(members, signing));
  DAYBOOK_TRY(check_kind(members, signing));
  return signing;
}

}  // namespace daybook::papers
