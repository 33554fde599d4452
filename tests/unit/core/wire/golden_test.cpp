// SPDX-License-Identifier: Apache-2.0
// tests/golden/wire holds the messages of every released format, for ever: once written, a file is
// never changed. A missing file is written by `unit_core_wire "[.write-golden]"`; an existing one
// is left alone.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/line.hpp"
#include "core/wire/live_page.hpp"
#include "core/wire/message.hpp"
#include "core/wire/scope_digest.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/annotated_hex.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const std::filesystem::path kFolder = "tests/golden/wire";

struct Golden {
  std::string says;  // first line of the file
  Bytes bytes;
  bool is_cbor = true;
};

// Every file of the folder by name, without ".hex".
std::map<std::string, Golden> goldens() {
  const auto signer = sample_signer();
  const auto code = sample_enrol_request().code;
  std::map<std::string, Golden> all;
  all["sync_request_full"] = {"sync request, every part present", encode(full_sync_request())};
  all["sync_request_bare"] = {"sync request, every optional part absent",
                              encode(bare_sync_request())};
  all["sync_reply_full"] = {"sync reply, every part present", encode(full_sync_reply())};
  all["sync_reply_bare"] = {"sync reply, every optional part absent", encode(bare_sync_reply())};
  all["enrol_request"] = {"enrol request", encode(sample_enrol_request())};
  all["enrol_request_es256"] = {"enrol request with an ES256 key", encode(es256_enrol_request())};
  all["sync_request_es256"] = {"sync request, a batch under an ES256 key",
                               encode(es256_sync_request())};
  all["enrol_reply"] = {"enrol reply", encode(sample_enrol_reply())};
  all["session_request_ask"] = {"session request that asks for a nonce",
                                encode(asking_session_request())};
  all["session_request_prove"] = {"session request with its proof",
                                  encode(proving_session_request())};
  all["session_reply_nonce"] = {"session reply with a nonce", encode(nonce_session_reply())};
  all["session_reply_token"] = {"session reply with a token", encode(token_session_reply())};
  all["error_reply"] = {"error reply", encode(sample_error_reply())};
  all["live_page"] = {"live page: the page of sync_reply_full, for a phone that has it already",
                      encode(sample_live_page())};
  all["enrol_proof"] = {"what an enrol request's proof signs",
                        wire::enrol_signing_bytes(code, signer->public_key(), kSampleChannel)};
  all["session_proof"] = {
      "what a session request's proof signs",
      wire::session_signing_bytes(kSampleDevice, Bytes(32, 0x77), kSampleChannel)};
  all["connection_proof"] = {"what the Proof header signs",
                             wire::proof_signing_bytes(Bytes(32, 0x88), kSampleChannel)};
  all["batch_proof"] = {"what a batch's signature signs",
                        batch_signing_bytes(kSampleDevice, sample_newest())};
  all["body"] = {"the change set in sync_request_full", encode(sample_body())};
  all["row"] = {"the row in sync_reply_full", encode(sample_row())};
  const auto& link = sample_newest().link;
  all["link"] = {"link number 1 over that change set", copy_of(link.view()), false};
  const auto row_digest = wire::digest_of_row({"visit", uuid_of(0x61)}, encode(sample_row()));
  all["row_digest"] = {"digest of that row under visit 6161…", copy_of(row_digest.view()), false};
  all["frame_plain"] = {"frame, packed not at all: error_reply",
                        wire::pack(encode(sample_error_reply())), false};
  return all;
}

std::filesystem::path path_of(const std::string& name) { return kFolder / (name + ".hex"); }

std::optional<Bytes> read_golden(const std::string& name) {
  std::ifstream file(path_of(name));
  return bytes_of_hex(std::string(std::istreambuf_iterator<char>(file), {}));
}

template <class Message, class Decode>
void check_read_back(const std::string& name, const Message& message, Decode decode) {
  CAPTURE(name);
  const auto bytes = read_golden(name);
  REQUIRE(bytes.has_value());
  const auto decoded = decode(*bytes);
  REQUIRE(decoded.ok());
  CHECK(*decoded == message);
}

}  // namespace

TEST_CASE("wire: missing golden files are written", "[.write-golden]") {
  wire::LineTalk down;
  const Bytes first = down.pack(encode(full_sync_reply()), encode(full_sync_request()));
  const Bytes again = down.pack(encode(sample_live_page()));
  const std::map<std::string, std::pair<std::string, Bytes>> payloads{
      {"line_first",
       {"payload on a line: sync_reply_full, the office's first word, in answer to "
        "sync_request_full",
        first}},
      {"line_again", {"payload on that line: live_page, said next, in answer to nothing", again}}};
  for (const auto& [name, payload] : payloads) {
    if (!std::filesystem::exists(path_of(name)))
      std::ofstream(path_of(name)) << "# " << payload.first << "\n"
                                   << to_hex(payload.second) << "\n";
  }
  for (const auto& [name, golden] : goldens()) {
    if (std::filesystem::exists(path_of(name))) continue;
    std::ofstream(path_of(name)) << "# " << golden.says << "\n"
                                 << (golden.is_cbor ? annotated_hex(golden.bytes)
                                                    : to_hex(golden.bytes) + "\n");
  }
}

TEST_CASE("wire: what is written today is what was written at the release") {
  for (const auto& [name, golden] : goldens()) {
    CAPTURE(name);
    const auto bytes = read_golden(name);
    REQUIRE(bytes.has_value());
    CHECK(to_hex(*bytes) == to_hex(golden.bytes));
  }
}

TEST_CASE("wire: what was written at the release is still read") {
  check_read_back("sync_request_full", full_sync_request(), wire::decode_sync_request);
  check_read_back("sync_request_bare", bare_sync_request(), wire::decode_sync_request);
  check_read_back("sync_reply_full", full_sync_reply(), wire::decode_sync_reply);
  check_read_back("sync_reply_bare", bare_sync_reply(), wire::decode_sync_reply);
  check_read_back("enrol_request", sample_enrol_request(), wire::decode_enrol_request);
  check_read_back("enrol_request_es256", es256_enrol_request(), wire::decode_enrol_request);
  check_read_back("sync_request_es256", es256_sync_request(), wire::decode_sync_request);
  check_read_back("enrol_reply", sample_enrol_reply(), wire::decode_enrol_reply);
  check_read_back("session_request_ask", asking_session_request(), wire::decode_session_request);
  check_read_back("session_request_prove", proving_session_request(), wire::decode_session_request);
  check_read_back("session_reply_nonce", nonce_session_reply(), wire::decode_session_reply);
  check_read_back("session_reply_token", token_session_reply(), wire::decode_session_reply);
  check_read_back("live_page", sample_live_page(), wire::decode_live_page);
  check_read_back("error_reply", sample_error_reply(), wire::decode_error_reply);
}

TEST_CASE("wire: a frame that another zstd packed unpacks to the message") {
  // Packed by libzstd 1.5.4; other versions may pack otherwise, so only this direction is frozen.
  const auto frame = read_golden("frame_zstd");
  REQUIRE(frame.has_value());
  const auto message = wire::unpack(*frame, 1 << 20);
  REQUIRE(message.ok());
  CHECK(to_hex(*message) == to_hex(encode(full_sync_reply())));
}

TEST_CASE("wire: what another zstd packed on a line unpacks to the messages, in turn") {
  wire::LineTalk down;
  const auto first = read_golden("line_first");
  const auto again = read_golden("line_again");
  REQUIRE((first.has_value() && again.has_value()));
  const Bytes request = encode(full_sync_request());
  const Bytes reply = encode(full_sync_reply());
  CHECK(down.unpack(*first, wire::kLineAnswerSizeMax, request).value() == reply);
  CHECK(down.unpack(*again, wire::kLineAnswerSizeMax).value() == encode(sample_live_page()));
}

TEST_CASE("wire: every file of the golden folder is under test") {
  const auto all = goldens();
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const auto name = entry.path().stem().string();
    CAPTURE(name);
    const bool packed = name == "frame_zstd" || name == "line_first" || name == "line_again";
    CHECK((all.count(name) == 1 || packed));
  }
}
