// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/token.hpp"

#include <algorithm>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTokenSizeMax = 64 * 1024;
constexpr std::size_t kSignatureSizeMax = 2048;
constexpr std::size_t kKidSizeMax = 256;
constexpr std::size_t kKeysMax = 64;
// Keys of one name are tried in turn; a provider that gives one name to many is not asked for more.
constexpr int kTriesMax = 4;

Error wrong(const char* why) { return failure(Errc::kInvalid, "token", why); }

std::optional<JwsAlg> alg_from(std::string_view name) {
  if (name == "RS256") return JwsAlg::kRs256;
  if (name == "ES256") return JwsAlg::kEs256;
  return std::nullopt;
}

bool is_jwt_type(const std::string& type) {
  std::string lower = type;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower == "jwt" || lower == "application/jwt";
}

Result<ForeignJson> read_part(std::string_view part, const char* name) {
  const auto bytes = from_base64url(part);
  if (!bytes) return wrong("not base64url");
  auto json = read_foreign_json(text_of(*bytes), "token");
  if (!json.ok()) return failure(json.error().code, "token", name + (": " + json.error().detail));
  return json;
}

Result<void> read_head(std::string_view part, SignedToken& token) {
  DAYBOOK_ASSIGN(const auto head, read_part(part, "head"));
  const auto name = text_in(head, "alg", 16);
  const auto alg = name ? alg_from(*name) : std::nullopt;
  if (!alg) return wrong("its algorithm is neither RS256 nor ES256");
  token.alg = *alg;
  // An extension that must be understood is not; that includes an unencoded payload.
  if (head.contains("crit") || head.contains("b64"))
    return wrong("an extension that we do not know");
  if (head.contains("typ")) {
    const auto type = text_in(head, "typ", 64);
    if (!type || !is_jwt_type(*type)) return wrong("another type of token");
  }
  if (!head.contains("kid")) return success();
  token.kid = text_in(head, "kid", kKidSizeMax);
  return token.kid ? success() : wrong("the name of its key");
}

std::optional<Bytes> bytes_in(const ForeignJson& key, const char* name) {
  const auto text = text_in(key, name, kSignatureSizeMax);
  return text ? from_base64url(*text) : std::nullopt;
}

// Leading zeros of a modulus are padding of some writers.
BytesView without_zeros(const Bytes& bytes) {
  const auto first = std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; });
  return BytesView(bytes).subspan(static_cast<std::size_t>(first - bytes.begin()));
}

std::optional<JwsKey> key_from(const ForeignJson& json) {
  const auto kind = text_in(json, "kty", 16);
  if (!kind) return std::nullopt;
  if (*kind == "RSA") {
    const auto n = bytes_in(json, "n");
    const auto e = bytes_in(json, "e");
    if (!n || !e) return std::nullopt;
    auto key = JwsKey::rsa(without_zeros(*n), without_zeros(*e));
    return key.ok() ? std::optional(*std::move(key)) : std::nullopt;
  }
  if (*kind != "EC" || text_in(json, "crv", 16) != "P-256") return std::nullopt;
  const auto x = bytes_in(json, "x");
  const auto y = bytes_in(json, "y");
  if (!x || !y) return std::nullopt;
  auto key = JwsKey::p256(*x, *y);
  return key.ok() ? std::optional(*std::move(key)) : std::nullopt;
}

// What the set says of a key's use must allow what we want of it.
bool is_for_signatures(const ForeignJson& json, JwsAlg alg) {
  if (json.contains("use") && text_in(json, "use", 16) != "sig") return false;
  if (json.contains("key_ops")) {
    const auto uses = texts_in(json, "key_ops");
    if (std::find(uses.begin(), uses.end(), "verify") == uses.end()) return false;
  }
  if (!json.contains("alg")) return true;
  const auto name = text_in(json, "alg", 16);
  return name && alg_from(*name) == alg;
}

}  // namespace

Result<SignedToken> read_token(std::string_view text) {
  if (text.size() > kTokenSizeMax) return failure(Errc::kTooLarge, "token", "64 KiB");
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    return wrong("not three parts");
  SignedToken token;
  DAYBOOK_TRY(read_head(text.substr(0, first), token));
  DAYBOOK_ASSIGN(token.claims, read_part(text.substr(first + 1, second - first - 1), "claims"));
  auto signature = from_base64url(text.substr(second + 1));
  if (!signature || signature->empty() || signature->size() > kSignatureSizeMax)
    return wrong("no signature");
  token.signature = *std::move(signature);
  token.signed_text = text.substr(0, second);
  return token;
}

Result<KeySet> KeySet::read(std::string_view text) {
  DAYBOOK_ASSIGN(const auto json, read_foreign_json(text, "jwks"));
  const auto keys = json.find("keys");
  if (keys == json.end() || !keys->is_array())
    return failure(Errc::kInvalid, "jwks", "no list of keys");
  if (keys->size() > kKeysMax) return failure(Errc::kTooLarge, "jwks", "64 keys");
  KeySet set;
  for (const auto& item : *keys) {
    if (!item.is_object()) continue;
    auto key = key_from(item);
    if (!key || !is_for_signatures(item, key->alg())) continue;
    set.keys_.push_back({text_in(item, "kid", kKidSizeMax), *std::move(key)});
  }
  return set;
}

Result<void> KeySet::verify(const SignedToken& token) const {
  std::vector<const JwsKey*> fitting;
  for (const auto& named : keys_) {
    const bool meant = !token.kid || named.kid == token.kid;
    if (meant && named.key.alg() == token.alg) fitting.push_back(&named.key);
  }
  if (fitting.empty()) return failure(Errc::kNotFound, "kid", "no key of this name");
  if (!token.kid && fitting.size() > 1)
    return failure(Errc::kInvalid, "token", "it does not say which key it is signed with");
  int tries = 0;
  auto verdict = success();
  for (const auto* key : fitting) {
    verdict = key->verify(view_of(token.signed_text), token.signature);
    if (verdict.ok() || ++tries == kTriesMax) break;
  }
  return verdict;
}

}  // namespace daybook
