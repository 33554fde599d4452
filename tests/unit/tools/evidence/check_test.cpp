// SPDX-License-Identifier: Apache-2.0
// A bundle of evidence holds as it was made; whatever is changed in it, even with all sums made to
// fit, is named.
#include "tools/evidence/check.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/openssl_files.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/catalog.hpp"
#include "core/domain/signature/statement.hpp"
#include "core/model/strokes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sample_form.hpp"
#include "tools/evidence/make.hpp"

using namespace daybook;
using namespace daybook::test;
using namespace daybook::evidence;

namespace {

const std::string kPhoto = "the bytes of a photo";

FormParts paper() {
  auto form = sample_form({{"cause", Value::text("fuse")}});
  form.manifest.push_back({"photo", filled<Uuid>(6), sha256(view_of(kPhoto)), kPhoto.size()});
  form.included_upto.office = {filled<EpochId>(4), 17};
  const auto parts = encode_form(form);
  REQUIRE(parts.ok());
  return *parts;
}

Json signature_of(KeyAlg alg, const std::string& hash) {
  const Strokes strokes{{{40, 120, 0, 466}, {42, 118, 9, 581}}};
  const auto signer = signer_of(alg, Bytes(kKeySecretSize, 9));
  REQUIRE(signer.ok());
  Statement statement;
  statement.add("paper", "form");
  statement.add("content_hash", hash);
  statement.add("signer", "王芳");
  statement.add("strokes_sha256", to_hex(sha256(*encode_strokes(strokes)).view()));
  const std::string text = to_text(statement);
  const auto mark = (*signer)->sign(view_of(text));
  REQUIRE(mark.ok());
  return {{"id", "0007"},
          {"values",
           {{"form", to_string(filled<Uuid>(1))},
            {"content_hash", hash},
            {"strokes", Json::parse("[[[40,120,0,466],[42,118,9,581]]]")},
            {"statement", to_hex(view_of(text))},
            {"device_key", to_hex(encode((*signer)->public_key()))},
            {"device_signature", to_hex(encode(*mark))}}}};
}

Found found(KeyAlg alg = KeyAlg::kEd25519) {
  const FormParts parts = paper();
  const std::string hash = to_hex(content_hash(parts).view());
  Found all;
  all.visit = to_string(filled<Uuid>(2));
  all.forms.push_back({{"id", to_string(filled<Uuid>(1))},
                       {"values",
                        {{"content_hash", hash},
                         {"form_version", 1},
                         {"content", to_hex(parts.content)},
                         {"manifest", to_hex(parts.manifest)},
                         {"included_upto", to_hex(parts.included_upto)}}}});
  all.signatures.push_back(signature_of(alg, hash));
  for (const auto& digest : contents_named_in(all))
    all.contents[digest] = {"here", "image/jpeg", copy_of(view_of(kPhoto))};
  return all;
}

Made made(const Found& all) {
  const auto schema = load_after_sales();
  REQUIRE(schema.ok());
  auto bundle = make_bundle(all, *schema);
  REQUIRE(bundle.ok());
  return *std::move(bundle);
}

Bundle fitted(Bundle bundle) {
  bundle.erase(kSums);
  bundle.erase(kWitnessSums);
  add_sums(bundle);
  return bundle;
}

bool names(const Checked& checked, const std::string& file, const std::string& place = {}) {
  for (const auto& one : checked.findings) {
    if (one.file == file && (place.empty() || one.place == place)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a bundle holds as it was made, under both kinds of keys", "[evidence]") {
  for (const auto alg : {KeyAlg::kEd25519, KeyAlg::kEs256}) {
    const Made all = made(found(alg));
    CHECK(all.notes.empty());
    const auto checked = check_bundle(all.bundle);
    CHECK(checked.findings.empty());
    CHECK(checked.papers == 1);
    CHECK(checked.signatures == 1);
    CHECK(checked.missing.empty());
  }
}

TEST_CASE("a flipped bit names its file and no other, and in a paper the field", "[evidence]") {
  const Bundle bundle = made(found()).bundle;
  for (const auto& [name, bytes] : bundle) {
    for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 60) {
      Bundle changed = bundle;
      changed[name][at] ^= 1;
      const auto checked = check_bundle(changed);
      REQUIRE(!checked.findings.empty());
      for (const auto& one : checked.findings) REQUIRE(one.file == name);
      if (name == "form-1.signed") REQUIRE(!checked.findings.front().place.empty());
    }
  }
  Bundle changed = bundle;
  auto& paper_bytes = changed["form-1.signed"];
  const std::string text(text_of(paper_bytes));
  paper_bytes[text.find("fuse")] ^= 1;
  CHECK(names(check_bundle(changed), "form-1.signed", "visit.cause"));
}

TEST_CASE("who makes all sums fit is found out by what was signed", "[evidence]") {
  const Bundle bundle = made(found()).bundle;
  for (const auto& [name, bytes] : bundle) {
    // What binds nobody, and the lists themselves.
    if (name == "approvals.json" || name == "form-1.txt" || name == kSums || name == kWitnessSums)
      continue;
    Bundle changed = bundle;
    changed[name][bytes.size() / 2] ^= 1;
    INFO(name);
    CHECK(!check_bundle(fitted(changed)).findings.empty());
  }
  // Another paper altogether, with its own JSON, under the old statement.
  Found other = found();
  other.signatures = {signature_of(KeyAlg::kEd25519, std::string(64, 'a'))};
  CHECK(!made(other).notes.empty());
}

TEST_CASE("a byte written over in the book is named by its field", "[evidence]") {
  Found all = found();
  const FormParts parts = paper();
  const std::string id = to_string(filled<Uuid>(1));
  all.first_copies = {{id + ".content", parts.content},
                      {id + ".manifest", parts.manifest},
                      {id + ".included_upto", parts.included_upto}};
  Bytes held = parts.content;
  held[std::string(text_of(held)).find("fuse")] ^= 1;
  all.forms[0]["values"]["content"] = to_hex(held);
  const Made record_changed = made(all);
  REQUIRE(record_changed.notes.size() == 1);
  CHECK(record_changed.notes[0].place == "visit.cause");
  CHECK(check_bundle(record_changed.bundle).findings.empty());

  all.forms[0]["values"]["content"] = to_hex(parts.content);
  all.first_copies[id + ".content"] = held;
  const Made log_changed = made(all);
  REQUIRE(log_changed.notes.size() == 1);
  CHECK(log_changed.notes[0].place == "visit.cause");
}

TEST_CASE("what the book says otherwise than the paper is told", "[evidence]") {
  Found all = found();
  CHECK(records_named_in(all).size() == 2);
  const std::string swap = "part_swap " + to_string(filled<Uuid>(3)),
                    visit = "visit " + to_string(filled<Uuid>(2));
  all.standing[swap] = {{"values", {{"name", "电源板"}, {"quantity", 1000}}}};
  all.standing[visit] = {{"values", {{"cause", "fuse"}, {"notes", "more"}}}};
  CHECK(made(all).notes.empty());
  CHECK(made(all).since.empty());
  all.standing[visit]["values"]["cause"] = "cable";
  all.standing[swap]["values"]["quantity"] = 1001;
  const Made other = made(all);
  REQUIRE(other.notes.size() == 1);
  CHECK(other.notes[0].place == "part_swap.quantity");
  REQUIRE(other.since.size() == 1);
  CHECK(other.since[0].place == "visit.cause");
}

TEST_CASE("a photo that is not here yet is told, and the bundle holds", "[evidence]") {
  Found all = found();
  for (auto& [digest, content] : all.contents) content = {"promised", "", std::nullopt};
  const auto checked = check_bundle(made(all).bundle);
  CHECK(checked.findings.empty());
  CHECK(checked.missing == std::vector<std::string>{to_hex(sha256(view_of(kPhoto)).view())});
}

TEST_CASE("a private key goes into its file and back", "[evidence]") {
  const Bytes seed(kKeySecretSize, 5);
  const auto read = seed_in_pem(secret_key_pem(seed));
  REQUIRE(read.ok());
  CHECK(*read == seed);
  CHECK(!seed_in_pem("-----BEGIN PRIVATE KEY-----\n").ok());
}
