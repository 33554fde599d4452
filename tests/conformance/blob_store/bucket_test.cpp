// SPDX-License-Identifier: Apache-2.0
// The store in a bucket under the suite, and what only a bucket can do: refuse a signature, break
// in the middle, have others' names in it. Started by tests/e2e/bucket_test.py, which names in the
// environment a server that speaks S3 ([bucket]), a way to it that breaks ([broken]), and one that
// answers badly in as many ways as it has buckets ([liar]).
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "core/base/hex.hpp"
#include "core/platform/os_rng.hpp"
#include "sync-server/bucket/bucket_blob_store.hpp"
#include "tests/conformance/blob_store/sick_disk.hpp"
#include "tests/conformance/blob_store/suite.hpp"
#include "tests/support/temporary_folder.hpp"

namespace daybook::test {

namespace {

const std::string kSecret = "a-secret/with+signs";

std::string told(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) FAIL(name << " is not set: run tests/e2e/bucket_test.py");
  return value;
}

// A part of the bucket that nobody used before.
BucketSettings settings_for(const std::string& endpoint) {
  BucketSettings settings;
  settings.endpoint = endpoint;
  settings.bucket = "daybook";
  settings.access_key_id = "DAYBOOK";
  settings.secret_key = kSecret;
  settings.retry_delay_ms = 20;
  Uuid part;
  OsRng().fill(part.raw);
  settings.prefix = "case/" + to_hex(part.raw) + "/";
  return settings;
}

class BucketUnderTest final : public BlobStoreUnderTest {
 public:
  explicit BucketUnderTest(BucketSettings settings) : settings_(std::move(settings)) {
    sick_disk().get_well();
    reopen();
  }
  ~BucketUnderTest() override { sick_disk().get_well(); }
  BlobStore& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    store_ = good(BucketBlobStore::open(settings_, folder_.file("staging")));
  }
  void set_full(bool full) override { set_disk_full(full); }
  void fail_next_write() override { fail_next("fdatasync", EIO); }

  Result<void> check() { return store_->check(); }

 private:
  TemporaryFolder folder_;
  BucketSettings settings_;
  std::unique_ptr<BucketBlobStore> store_;
};

BucketUnderTest real_bucket() { return BucketUnderTest(settings_for(told("DAYBOOK_BUCKET"))); }

// What every call that asks the bucket says; all must agree. Its detail, which never has the
// secret.
std::string refusal_of(BucketUnderTest& bucket, const std::string& verdict) {
  const auto bytes = sample(10, 1);
  const auto digest = sha256(bytes);
  auto& store = bucket.store();
  good(store.grow(upload_number(1), 0, bytes));
  const auto finished = store.finish(upload_number(1), digest, 10);
  CHECK(verdict_of(finished) == verdict);
  CHECK(good(store.kept(upload_number(1))) == 10);
  const auto read = store.read(digest, 0, 10);
  CHECK(verdict_of(read) == verdict);
  const auto removed = store.remove(digest);
  CHECK(verdict_of(removed) == verdict);
  const auto listed = store.list(std::nullopt, 10);
  CHECK(verdict_of(listed) == verdict);
  CHECK(verdict_of(bucket.check()) == verdict);
  std::string details;
  if (!finished.ok()) details += finished.error().detail + "\n";
  if (!read.ok()) details += read.error().detail + "\n";
  if (!removed.ok()) details += removed.error().detail + "\n";
  if (!listed.ok()) details += listed.error().detail + "\n";
  CHECK(details.find(kSecret) == std::string::npos);
  CHECK(details.find("wrong-secret") == std::string::npos);
  return details;
}

BucketUnderTest liar(const std::string& bucket) {
  auto settings = settings_for(told("DAYBOOK_BUCKET_LIAR"));
  settings.bucket = bucket;
  settings.prefix = "";
  settings.stall_timeout_s = 1;
  return BucketUnderTest(settings);
}

}  // namespace

TEST_CASE("blob_store/bucket: keeps the contract of the port", "[bucket]") {
  for (const auto& one : all_blob_store_cases()) {
    DYNAMIC_SECTION(one.sentence) {
      auto under_test = real_bucket();
      one.run(under_test);
    }
  }
}

TEST_CASE("blob_store/bucket: a wrong secret is refused, and so is a key nobody knows",
          "[bucket]") {
  auto settings = settings_for(told("DAYBOOK_BUCKET"));
  SECTION("secret") {
    settings.secret_key = "wrong-secret";
    BucketUnderTest bucket(settings);
    CHECK_THAT(refusal_of(bucket, "forbidden"), contains("SignatureDoesNotMatch; secret_key"));
  }
  SECTION("key") {
    settings.access_key_id = "SOMEBODY";
    BucketUnderTest bucket(settings);
    CHECK_THAT(refusal_of(bucket, "forbidden"), contains("InvalidAccessKeyId; access_key_id"));
  }
}

TEST_CASE("blob_store/bucket: a bucket that is not there is named, not taken for an empty one",
          "[bucket]") {
  auto settings = settings_for(told("DAYBOOK_BUCKET"));
  settings.bucket = "nowhere";
  BucketUnderTest bucket(settings);
  CHECK_THAT(refusal_of(bucket, "not_found at bucket"), contains("NoSuchBucket; make the bucket"));
}

TEST_CASE("blob_store/bucket: lists page by page, past names that are not contents", "[bucket]") {
  auto settings = settings_for(told("DAYBOOK_BUCKET"));
  auto strange = settings;
  strange.prefix += "0";  // sorts among the others, and has a digit too many
  auto elsewhere = settings;
  elsewhere.prefix += "x/";
  settings.list_page_size = 3;
  BucketUnderTest bucket(settings), strangers(strange), others(elsewhere);
  std::vector<Digest> wanted;
  for (std::uint64_t i = 0; i < 10; ++i) {
    wanted.push_back(put(bucket.store(), sample(10, i), i));
    put(strangers.store(), sample(10, i), i);
    put(others.store(), sample(10, i), i);
  }
  std::sort(wanted.begin(), wanted.end());
  CHECK(good(bucket.store().list(std::nullopt, 1'000)) == wanted);
  CHECK(good(bucket.store().list(std::nullopt, 7)) ==
        std::vector<Digest>(wanted.begin(), wanted.begin() + 7));
  CHECK(good(bucket.store().list(wanted[4], 2)) ==
        std::vector<Digest>(wanted.begin() + 5, wanted.begin() + 7));
}

TEST_CASE("blob_store/bucket: several threads may use it at a time", "[bucket]") {
  auto bucket = real_bucket();
  std::vector<std::thread> threads;
  std::vector<std::string> troubles(4);
  for (std::uint64_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t round = 0; round < 5; ++round) {
        const auto number = 10 * i + round;
        const auto bytes = sample(20'000, number);
        const auto digest = sha256(bytes);
        auto& store = bucket.store();
        if (!store.grow(upload_number(number), 0, bytes).ok()) troubles[i] += "grow ";
        if (!store.finish(upload_number(number), digest, bytes.size()).ok()) troubles[i] += "end ";
        const auto back = store.read(digest, 0, bytes.size());
        if (!back.ok() || *back != bytes) troubles[i] += "read ";
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(troubles == std::vector<std::string>(4));
  CHECK(good(bucket.store().list(std::nullopt, 99)).size() == 20);
}

TEST_CASE("blob_store/bucket: the server is killed in the middle of a content", "[broken]") {
  const auto settings = settings_for(told("DAYBOOK_BUCKET_BROKEN"));
  auto straight = settings;
  straight.endpoint = told("DAYBOOK_BUCKET");
  BucketUnderTest bucket(settings), seen_straight(straight);
  const auto bytes = sample(3 * 1024 * 1024, 1);
  const auto digest = sha256(bytes);
  good(bucket.store().grow(upload_number(1), 0, bytes));

  // As often as it is tried; libcurl itself may try once more on a connection that was old.
  const auto break_next = [orders = told("DAYBOOK_BUCKET_ORDERS")](int count) {
    std::ofstream(orders) << count;
  };
  break_next(100);
  const auto broken = bucket.store().finish(upload_number(1), digest, bytes.size());
  CHECK(verdict_of(broken) == "io");
  CHECK_FALSE(good(seen_straight.store().size_of(digest)).has_value());
  CHECK(code_name(seen_straight.store().read(digest, 0, 1)) == "not_found");
  CHECK(good(seen_straight.store().list(std::nullopt, 9)).empty());
  CHECK(good(bucket.store().kept(upload_number(1))) == bytes.size());

  break_next(0);
  bucket.reopen();
  good(bucket.store().finish(upload_number(1), digest, bytes.size()));
  CHECK(good(seen_straight.store().size_of(digest)) == std::optional<std::uint64_t>(bytes.size()));
  CHECK(good(bucket.store().uploads()).empty());

  break_next(1);  // nobody notices
  const auto second = put(bucket.store(), sample(3 * 1024 * 1024, 2), 2);
  CHECK(sha256(good(seen_straight.store().read(second, 0, bytes.size()))) == second);
}

TEST_CASE("blob_store/bucket: answers that refuse are told apart", "[liar]") {
  const auto [name, verdict, advice] = GENERATE(table<std::string, std::string, std::string>({
      {"denied", "forbidden", "PutObject"},
      {"skewed", "forbidden", "clock"},
      {"redirect", "io", "set endpoint and region"},
      {"slow-down", "busy", "for a while"},
      {"broken", "io", "500 InternalError"},
      {"full", "disk_full", "no room"},
  }));
  CAPTURE(name);
  auto bucket = liar(name);
  const auto details = refusal_of(bucket, verdict);
  CHECK_THAT(details, contains("/" + name));
  if (name != "redirect") CHECK_THAT(details, contains(advice));
}

TEST_CASE("blob_store/bucket: passing trouble is over at the third try", "[liar]") {
  auto bucket = liar("third-try");
  CHECK(good(bucket.store().list(std::nullopt, 9)).empty());
}

TEST_CASE("blob_store/bucket: silence ends, and what never ends is left", "[liar]") {
  auto silent = liar("silent");
  const auto listed = silent.store().list(std::nullopt, 9);
  CHECK(verdict_of(listed) == "busy");
  CHECK_THAT(listed.error().detail, contains("not a byte for 1 s"));
  for (const auto* name : {"endless-body", "endless-list", "unordered", "page", "short"}) {
    CAPTURE(name);
    auto bucket = liar(name);
    CHECK(verdict_of(bucket.store().list(std::nullopt, 5'000)) == "io");
  }
}

TEST_CASE("blob_store/bucket: a content is what was asked for or an error", "[liar]") {
  const auto digest = sha256(sample(1, 1));
  // Sends more than the range that was asked for, as some do for a single byte.
  auto generous = liar("generous");
  CHECK(good(generous.store().read(digest, 0, 3)) == copy_of(view_of("abc")));
  for (const auto* name : {"other-range", "no-range", "short"}) {
    CAPTURE(name);
    auto bucket = liar(name);
    CHECK(verdict_of(bucket.store().read(digest, 2, 3)) == "io");
  }
}

TEST_CASE("blob_store/bucket: a peer that is gone in the middle of a content ends the request only",
          "[liar]") {
  // Writing to it would raise SIGPIPE, which this program does not ignore, with TLS above all.
  auto settings = settings_for(GENERATE(told("DAYBOOK_BUCKET_LIAR"), told("DAYBOOK_BUCKET_TLS")));
  settings.bucket = "slam";
  settings.ca_file = told("DAYBOOK_BUCKET_CA");
  BucketUnderTest bucket(settings);
  const auto bytes = sample(3 * 1024 * 1024, 1);
  good(bucket.store().grow(upload_number(1), 0, bytes));
  CHECK(verdict_of(bucket.store().finish(upload_number(1), sha256(bytes), bytes.size())) == "io");
  CHECK(good(bucket.store().kept(upload_number(1))) == bytes.size());
}

TEST_CASE("blob_store/bucket: nobody there is told with what to check", "[liar]") {
  auto settings = settings_for("http://127.0.0.1:1");
  BucketUnderTest nobody(settings);
  CHECK_THAT(refusal_of(nobody, "io"), contains("nobody answers there; check endpoint"));
}

TEST_CASE("blob_store/bucket: a certificate is believed only when ca_file vouches for it",
          "[liar]") {
  auto settings = settings_for(told("DAYBOOK_BUCKET_TLS"));
  settings.bucket = "third-try";
  settings.prefix = "";
  SECTION("not by itself") {
    BucketUnderTest bucket(settings);
    const auto listed = bucket.store().list(std::nullopt, 9);
    CHECK(verdict_of(listed) == "untrusted");
    CHECK_THAT(listed.error().detail, contains("set ca_file"));
  }
  SECTION("with it") {
    settings.ca_file = told("DAYBOOK_BUCKET_CA");
    BucketUnderTest bucket(settings);
    CHECK(good(bucket.store().list(std::nullopt, 9)).empty());
  }
  SECTION("not with something else") {
    settings.ca_file = "README.md";
    BucketUnderTest bucket(settings);
    CHECK(verdict_of(bucket.store().list(std::nullopt, 9)) == "untrusted");
  }
}

}  // namespace daybook::test
