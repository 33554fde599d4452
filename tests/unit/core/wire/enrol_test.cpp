// SPDX-License-Identifier: Apache-2.0
// Enrolment, sessions and error answers as bytes, and the enrolment text.
#include "core/base/hex.hpp"
#include "core/wire/enrol_text.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/bytes_laws.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

template <class Decoded>
std::string refusal_of(const Decoded& decoded) {
  return decoded.ok() ? "accepted" : to_string(decoded.error());
}

wire::EnrolText sample_text() {
  return {"https://office.example:8443", digest_of(0xab), Bytes(16, 0xcd)};
}

std::string reading(const std::string& text) { return refusal_of(wire::read_enrol_text(text)); }

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), by);
}

}  // namespace

TEST_CASE("wire: enrolment messages come back as they were sent") {
  check_laws_of(sample_enrol_request(), wire::decode_enrol_request);
  check_laws_of(sample_enrol_reply(), wire::decode_enrol_reply);
  check_one_form_of(sample_enrol_request(), wire::decode_enrol_request);
  check_laws_of(es256_enrol_request(), wire::decode_enrol_request);
  check_one_form_of(es256_enrol_request(), wire::decode_enrol_request);
  check_one_form_of(sample_enrol_reply(), wire::decode_enrol_reply);
  auto without_schema = sample_enrol_reply();
  without_schema.schema.clear();
  check_laws_of(without_schema, wire::decode_enrol_reply);
}

TEST_CASE("wire: session messages come back as they were sent") {
  check_laws_of(asking_session_request(), wire::decode_session_request);
  check_laws_of(proving_session_request(), wire::decode_session_request);
  check_laws_of(nonce_session_reply(), wire::decode_session_reply);
  check_laws_of(token_session_reply(), wire::decode_session_reply);
  check_one_form_of(proving_session_request(), wire::decode_session_request);
  check_one_form_of(token_session_reply(), wire::decode_session_reply);
}

TEST_CASE("wire: an error answer comes back as it was sent") {
  check_laws_of(sample_error_reply(), wire::decode_error_reply);
  check_laws_of(wire::ErrorReply{Errc::kBusy, {}, {}}, wire::decode_error_reply);
  check_one_form_of(sample_error_reply(), wire::decode_error_reply);
  // A code of a newer build is kept as a number.
  check_laws_of(wire::ErrorReply{static_cast<Errc>(4711), "x", "y"}, wire::decode_error_reply);
  CHECK_THAT(refusal_of(wire::decode_error_reply(encode(wire::ErrorReply{Errc::kOk, {}, {}}))),
             contains("invalid at error.code"));
}

TEST_CASE("wire: an error answer goes out whatever it quotes") {
  const std::string chinese = "机";
  std::string long_text;
  while (long_text.size() <= wire::kErrorTextSizeMax) long_text += chinese;
  const auto cut = wire::decode_error_reply(
      encode(wire::ErrorReply{Errc::kInvalid, long_text, "\xff\xfe quoted"}));
  REQUIRE(cut.ok());
  CHECK(cut->field.size() == wire::kErrorTextSizeMax - wire::kErrorTextSizeMax % chinese.size());
  CHECK(cut->detail == "?? quoted");
}

TEST_CASE("wire: proofs sign different bytes for each purpose, channel and key") {
  const auto key = sample_signer()->public_key();
  const Bytes same(32, 0x77);
  const auto enrol = wire::enrol_signing_bytes(same, key, kSampleChannel);
  const auto session = wire::session_signing_bytes(kSampleDevice, same, kSampleChannel);
  const auto proof = wire::proof_signing_bytes(same, kSampleChannel);
  CHECK(enrol != session);
  CHECK(session != proof);
  CHECK(enrol != wire::enrol_signing_bytes(same, key, digest_of(1)));
  CHECK(session != wire::session_signing_bytes(kSampleDevice, same, digest_of(1)));
  CHECK(session != wire::session_signing_bytes(uuid_of(0x12), same, kSampleChannel));
  CHECK(proof != wire::proof_signing_bytes(same, digest_of(1)));
  const auto request = sample_enrol_request();
  CHECK(verify(request.key, wire::enrol_signing_bytes(request.code, request.key, kSampleChannel),
               request.proof)
            .ok());
  CHECK_FALSE(verify(request.key,
                     wire::enrol_signing_bytes(request.code, request.key, digest_of(1)),
                     request.proof)
                  .ok());
}

TEST_CASE("wire: the golden signatures of the ES256 key are true") {
  const auto enrol = es256_enrol_request();
  CHECK(to_hex(enrol.key.raw) == to_hex(sample_signer(KeyAlg::kEs256)->public_key().raw));
  CHECK(verify(enrol.key, wire::enrol_signing_bytes(enrol.code, enrol.key, kSampleChannel),
               enrol.proof)
            .ok());
  CHECK(verify(enrol.key, batch_signing_bytes(kSampleDevice, sample_newest()),
               es256_sync_request().batch->signature)
            .ok());
  check_laws_of(es256_sync_request(), wire::decode_sync_request);
}

TEST_CASE("wire: refused enrolment messages name the place") {
  auto request = sample_enrol_request();
  request.key.raw[0] ^= 1;
  request.key.raw.resize(31);
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.key"));
  request = sample_enrol_request();
  request.key.raw.assign(32, 0);
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.key: small order"));
  request = sample_enrol_request();
  request.proof.raw.clear();
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))), contains("at enrol.proof"));
  request = sample_enrol_request();
  request.proof.alg = KeyAlg::kEs256;
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.proof: of another algorithm"));
  request = es256_enrol_request();
  request.proof.alg = KeyAlg::kEd25519;
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.proof: of another algorithm"));
  request = es256_enrol_request();
  request.key.raw[0] = 4;
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.key: not a compressed point"));
  request.key.raw = Bytes(33, 0);
  request.key.raw[0] = 2;
  request.key.raw[32] = 1;
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.key: not on the curve"));
  request = sample_enrol_request();
  request.device = DeviceId{};
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.device: zero"));
  request.device = kSampleDevice;
  check_laws_of(request, wire::decode_enrol_request);
  request = sample_enrol_request();
  request.platform = "\xed\xa0\x80";
  CHECK_THAT(refusal_of(wire::decode_enrol_request(encode(request))),
             contains("invalid at enrol.platform"));
}

TEST_CASE("wire: a session message says one thing") {
  auto request = proving_session_request();
  request.nonce.clear();
  CHECK_THAT(refusal_of(wire::decode_session_request(encode(request))),
             contains("invalid at session.proof"));
  request = proving_session_request();
  request.proof.raw.clear();
  CHECK_THAT(refusal_of(wire::decode_session_request(encode(request))),
             contains("invalid at session.proof"));
  auto reply = token_session_reply();
  reply.nonce = Bytes(8, 1);
  CHECK_THAT(refusal_of(wire::decode_session_reply(encode(reply))),
             contains("invalid at session_reply.token"));
  reply = {};
  CHECK_THAT(refusal_of(wire::decode_session_reply(encode(reply))),
             contains("invalid at session_reply.token"));
  reply = token_session_reply();
  reply.lifetime_s = -1;
  CHECK_THAT(refusal_of(wire::decode_session_reply(encode(reply))),
             contains("invalid at session_reply.lifetime_s"));
}

TEST_CASE("wire: the enrolment text carries address, pin and code") {
  const auto text = to_text(sample_text());
  CHECK(text ==
        "daybook://"
        "enrol?u=https%3A%2F%2Foffice.example%3A8443&p=q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s&"
        "c=zc3Nzc3Nzc3Nzc3Nzc3NzQ");
  const auto read = wire::read_enrol_text("\n  " + text + " \r\n");
  REQUIRE(read.ok());
  CHECK(*read == sample_text());
  auto by_number = sample_text();
  by_number.url = "https://[2001:db8::7]:8443";
  CHECK(wire::read_enrol_text(to_text(by_number)).value() == by_number);
  // A colon and slashes may stand as they are, and parts in any order, with others between them.
  const auto other_form =
      "daybook://enrol?c=" + to_base64url(Bytes(16, 0xcd)) +
      "&x=1&u=https://office.example:8443&p=" + to_base64url(digest_of(0xab).view());
  CHECK(wire::read_enrol_text(other_form).value() == sample_text());
}

TEST_CASE("wire: a damaged enrolment text is refused by its part") {
  const auto text = to_text(sample_text());
  CHECK_THAT(reading(""), contains("invalid at enrol_text"));
  CHECK_THAT(reading("https://office.example"), contains("expected daybook://enrol?"));
  CHECK_THAT(reading(std::string(2049, 'a')), contains("too_large at enrol_text"));
  CHECK_THAT(reading(replaced(text, "https", "http")), contains("enrol_text.u"));
  CHECK_THAT(reading(replaced(text, "%2F", "%2")), contains("enrol_text.u"));
  CHECK_THAT(reading(replaced(text, "8443", "8443%2Fpath")), contains("enrol_text.u"));
  CHECK_THAT(reading(replaced(text, "office", "user%40office")), contains("enrol_text.u"));
  CHECK_THAT(reading(text + "&u=https://stranger.example"), contains("enrol_text.u"));
  CHECK_THAT(reading(replaced(text, "&p=q6", "&p=")), contains("enrol_text.p"));
  CHECK_THAT(reading(replaced(text, "&p=", "&q=")), contains("enrol_text.p"));
  CHECK_THAT(reading(text.substr(0, text.size() - 8)), contains("enrol_text.c"));
  CHECK_THAT(reading(replaced(text, "&c=", "&c=*")), contains("enrol_text.c"));
}
