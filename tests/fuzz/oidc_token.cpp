// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what an identity provider answers, as a token and as a set of keys. What is read as a
// token is written as the very same text again, nothing verifies under keys it was not signed with,
// and an error always names a place.
#include <cstdlib>

#include "core/base/hex.hpp"
#include "sync-server/oidc/id_token.hpp"
#include "sync-server/oidc/token.hpp"

namespace {

using namespace daybook;

void demand(bool holds) {
  if (!holds) std::abort();
}

void read_as_token(std::string_view text) {
  const auto token = read_token(text);
  if (!token.ok()) return demand(!token.error().field.empty());
  demand(token->signed_text + "." + to_base64url(token->signature) == text);
  demand(!KeySet().verify(*token).ok());
  const auto checked = check_claims(token->claims, {"https://id.example", "daybook", "n", 0});
  demand(checked.ok() || !checked.error().field.empty());
  const auto person = person_in(token->claims, OidcSettings{});
  demand(!person.ok() || !person->role);
}

void read_as_keys(std::string_view text) {
  const auto keys = KeySet::read(text);
  if (!keys.ok()) return demand(!keys.error().field.empty());
  demand(keys->size() <= 64);
  SignedToken token;
  for (const auto alg : {JwsAlg::kRs256, JwsAlg::kEs256}) {
    token.alg = alg;
    token.signature = Bytes(alg == JwsAlg::kEs256 ? 64 : 256, 1);
    demand(!keys->verify(token).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = text_of({bytes, size});
  read_as_token(text);
  read_as_keys(text);
  return 0;
}
