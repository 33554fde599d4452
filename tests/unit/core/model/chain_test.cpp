// SPDX-License-Identifier: Apache-2.0
// The vectors stand in CHANGE_SET.md too; they were computed by another program.
#include "core/model/chain.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/receipt.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/model/sample_bodies.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

const DeviceId kDevice = id_of("d0d1d2d3-d4d5-d6d7-d8d9-dadbdcdddedf");
const IncarnationId kFirst = id_of("10111213-1415-1617-1819-1a1b1c1d1e1f");
const IncarnationId kSecond = id_of("20212223-2425-2627-2829-2a2b2c2d2e2f");
const EpochId kEpoch = id_of("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");

std::string hex(const Digest& digest) { return to_hex(digest.view()); }

}  // namespace

TEST_CASE("chain: links over two bodies and over a fork", "[model][golden]") {
  const Digest start = first_link(kDevice, kFirst, {}, 0, {});
  CHECK(hex(start) == "8c80f852572c04ad4d584a51f7e8d6e1340a2ce57b981a8f52b1c3e25a96e84d");
  const Digest one = next_link(kDevice, kFirst, 1, start, hash_of_body(encode(smallest_body())));
  CHECK(hex(one) == "f1a3fb535ea227aab7661c0d4a40be40fb828b94436598edb02797698bc48399");
  const Digest two = next_link(kDevice, kFirst, 2, one, hash_of_body(encode(cellar_body())));
  CHECK(hex(two) == "ea715475fd7aa3e84dc5b2bae83108a0051f5f5247ff9d60b555e146ccb3b191");
  CHECK(hex(first_link(kDevice, kSecond, kFirst, 1, one)) ==
        "d3f8d0b9ddf7dc6a6401abe345877a6d93753fa98406ec783df39d3035f9cc2f");
}

TEST_CASE("chain: what the device signs, and its signature", "[model][golden]") {
  const Digest newest =
      digest_of("ea715475fd7aa3e84dc5b2bae83108a0051f5f5247ff9d60b555e146ccb3b191");
  const Bytes bytes = batch_signing_bytes(kDevice, {kFirst, 2, newest});
  CHECK(to_hex(bytes) ==
        "866d646179626f6f6b2e62617463680150d0d1d2d3d4d5d6d7d8d9dadbdcdddedf50101112131415161718191a"
        "1b1c1d1e1f025820"
        "ea715475fd7aa3e84dc5b2bae83108a0051f5f5247ff9d60b555e146ccb3b191");
  Bytes seed(32);
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  const auto signer = ed25519_signer(seed);
  REQUIRE(signer.ok());
  CHECK(to_hex((*signer)->public_key().raw) ==
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
  CHECK(to_hex((*signer)->sign(bytes)->raw) ==
        "77ac3259afde4762d03a103dce06f441e3ef6c268a6dfd3b58757db8c191264d"
        "c0a17f93d6ee0062ca9ac2b246d0ad30b66abda5fcf70c48b769c11a0b046e05");

  // The same number under ES256; there a signature is read, because another one is made each time.
  const auto other = signer_of(KeyAlg::kEs256, seed);
  REQUIRE(other.ok());
  CHECK(to_hex((*other)->public_key().raw) ==
        "027a593180860c4037c83c12749845c8ee1424dd297fadcb895e358255d2c7d2b2");
  const Signature golden{
      KeyAlg::kEs256, from_hex("33c4837ada6bb9f44a3eedc0adfe09eaa9560736393f9173d2bbb7b69d7b495e"
                               "7fd0d14694519ce48846e8ecb39e05637a316a4b083015a382a88acaa4ff7096")
                          .value()};
  CHECK(verify((*other)->public_key(), bytes, golden).ok());
}

TEST_CASE("chain: heads over a plain commit and over one with an outcome", "[model][golden]") {
  CommitLeaf leaf;
  leaf.epoch = kEpoch;
  leaf.version = 1;
  leaf.set = smallest_body().id;
  leaf.body_hash = hash_of_body(encode(smallest_body()));
  leaf.outcome_hash = sha256(encode_outcome(Receipt{}));
  leaf.received_ms = 1732239000500;
  const Digest first = head_after(leaf);
  CHECK(hex(first) == "8b0d54b4c3a4e92e6d6259ff17fbcffe6e35c92fb62f4d9416d574e5e3135e5e");

  Receipt merged;
  merged.fields.push_back({cellar_body().changes[0].record, "notes", FieldOutcome::kMerged,
                           "keep_both", Value::text("门锁坏了\n用侧门"), 0});
  leaf.version = 2;
  leaf.previous_head = first;
  leaf.set = cellar_body().id;
  leaf.body_hash = hash_of_body(encode(cellar_body()));
  leaf.verdict = static_cast<std::uint8_t>(Verdict::kMerged);
  leaf.outcome_hash = sha256(encode_outcome(merged));
  CHECK(hex(leaf.outcome_hash) ==
        "c5b2049814ed77e058fa3dc8c730a231926f648905482e3cf178a86173b10441");
  CHECK(hex(head_after(leaf)) ==
        "191dd698e4556e564b43d95ecd4ddcfb85dc39aeb821d55ce34a2b1e318b2bb4");
}

TEST_CASE("chain: every part of a link, a batch and a head counts", "[model]") {
  const Digest body = sha256(view_of("body"));
  const Digest before = sha256(view_of("before"));
  const Digest link = next_link(kDevice, kFirst, 7, before, body);
  CHECK(next_link(kSecond, kFirst, 7, before, body) != link);
  CHECK(next_link(kDevice, kSecond, 7, before, body) != link);
  CHECK(next_link(kDevice, kFirst, 8, before, body) != link);
  CHECK(next_link(kDevice, kFirst, 7, body, body) != link);
  CHECK(next_link(kDevice, kFirst, 7, before, before) != link);
  const Digest fork = first_link(kDevice, kFirst, kSecond, 7, before);
  CHECK(first_link(kDevice, kFirst, {}, 7, before) != fork);
  CHECK(first_link(kDevice, kFirst, kSecond, 6, before) != fork);
  CHECK(first_link(kDevice, kFirst, kSecond, 7, body) != fork);
  CHECK(batch_signing_bytes(kDevice, {kFirst, 7, link}) !=
        batch_signing_bytes(kDevice, {kFirst, 7, before}));
  CommitLeaf leaf;
  const Digest head = head_after(leaf);
  leaf.verdict = 1;
  CHECK(head_after(leaf) != head);
}
