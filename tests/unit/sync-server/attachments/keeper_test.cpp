// SPDX-License-Identifier: Apache-2.0
// Contents that are looked after: compared once in a while, let go when they may, and never when a
// signature rests on them.
#include "sync-server/attachments/keeper.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "sync-server/attachments/upload_table.hpp"
#include "tests/unit/sync-server/attachments/lane_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

struct Kept : LaneWorld {
  MemoryBlobStore blobs;
  KeepingPlan plan;

  Digest keep(const char* text, const char* role = "evidence") {
    const Bytes bytes = bytes_of(text);
    const auto digest = name(li, visit, bytes, role);
    put(digest, bytes);
    arrived(li, digest, bytes.size());
    return digest;
  }
  void put(const Digest& digest, const Bytes& bytes) {
    const Uuid upload = world.rng.draw<Uuid>();
    must(blobs.grow(upload, 0, bytes));
    must(blobs.finish(upload, digest, bytes.size()));
  }
  bool submit(const CoreTask& task) {
    must(world.store.begin());
    auto after = task.run(*world.core);
    must(world.store.commit());
    (*after)();
    return true;
  }
  std::unique_ptr<ContentKeeper> keeper() {
    return std::make_unique<ContentKeeper>(
        blobs, world.clock, world.trace, [this](CoreTask task) { return submit(task); }, plan);
  }
  KeepingCounts round() {
    auto keeper = this->keeper();
    must(keeper->round([](std::int64_t) { return true; }));
    return keeper->counts();
  }
  ContentRow row(const Digest& digest) { return *must(world.store.find_content(digest)); }
};

}  // namespace

TEST_CASE("keeper: what is here, what is missing and what it weighs is counted", "[attachments]") {
  Kept house;
  house.keep("photo");
  house.name(house.li, house.visit, bytes_of("not here yet"));
  const auto counts = house.round();
  CHECK(counts.contents == 1);
  CHECK(counts.bytes == 5);
  CHECK(counts.missing == 1);
  CHECK(counts.compared_total == 0);  // it was compared when it came
}

TEST_CASE("keeper: each content is compared again once in a while, and a damaged one is found",
          "[attachments]") {
  Kept house;
  const auto good = house.keep("good");
  const auto bad = house.keep("flipped");
  must(house.blobs.remove(bad));
  house.world.clock.advance(31 * kDayMs);
  const auto counts = house.round();
  CHECK(counts.compared_total == 2);
  CHECK(counts.damaged == 1);
  CHECK(house.row(good).sound);
  CHECK(house.row(good).checked_ms == house.world.clock.wall_ms());
  CHECK_FALSE(house.row(bad).sound);
  // Whoever has it may bring it anew.
  CHECK_FALSE(must(house.admit(house.li, bad)).is_here);
  house.put(bad, bytes_of("flipped"));
  house.arrived(house.li, bad, 7);
  CHECK(house.row(bad).sound);
}

TEST_CASE("keeper: what is neither signature nor evidence goes after its days, its hash stays",
          "[attachments]") {
  Kept house;
  house.plan.keep_days = 10;
  const auto signature = house.keep("signature", "signature");
  const auto evidence = house.keep("evidence");
  const auto video = house.keep("video", "other");
  house.world.clock.advance(9 * kDayMs);
  CHECK(house.round().removed == 0);
  house.world.clock.advance(2 * kDayMs);
  CHECK(house.round().removed == 1);
  CHECK_FALSE(must(house.blobs.size_of(video)).has_value());
  CHECK(house.row(video).removed_why == "kept for 10 days");
  CHECK(must(house.blobs.size_of(signature)).has_value());
  CHECK(must(house.blobs.size_of(evidence)).has_value());
  // The same bytes named as evidence by anybody stay.
  const auto shared = house.keep("both", "other");
  house.name(house.wang, house.visit_of("wang"), bytes_of("both"));
  house.world.clock.advance(20 * kDayMs);
  house.round();
  CHECK(must(house.blobs.size_of(shared)).has_value());
}

TEST_CASE("keeper: the bytes of what was removed go", "[attachments]") {
  Kept house;
  const auto photo = house.keep("photo");
  auto row = house.row(photo);
  row.removed_ms = 1;
  house.world.within([&] { return must(house.world.store.put_content(row)), 0; });
  CHECK(house.round().removed == 1);
  CHECK_FALSE(must(house.blobs.size_of(photo)).has_value());
  CHECK(house.round().removed == 1);
}

TEST_CASE("keeper: uploads that nobody can go on with are dropped, the others are not",
          "[attachments]") {
  Kept house;
  const auto waiting = house.name(house.li, house.visit, bytes_of("waiting"));
  const Uuid good = UploadTable::id_of({house.li.device, waiting});
  must(house.blobs.grow(good, 0, bytes_of("wai")));
  must(house.blobs.grow(house.world.rng.draw<Uuid>(), 0, bytes_of("whose?")));
  CHECK(house.round().uploads_dropped_total == 1);
  CHECK(must(house.blobs.kept(good)) == 3);
  house.world.clock.advance(31 * kDayMs);
  CHECK(house.round().uploads_dropped_total == 1);
  CHECK(must(house.blobs.kept(good)) == 0);
}

TEST_CASE("keeper: a content that the book does not know stays: it may be the last copy",
          "[attachments]") {
  Kept house;
  const Digest unknown = sha256(bytes_of("from before the restore"));
  house.put(unknown, bytes_of("from before the restore"));
  CHECK(house.round().unknown == 1);
  CHECK(must(house.blobs.size_of(unknown)).has_value());
}

TEST_CASE("keeper: a house that stops is left at once, and the next round goes on",
          "[attachments]") {
  Kept house;
  house.keep("photo");
  house.world.clock.advance(31 * kDayMs);
  const auto keeper = house.keeper();
  const auto stopped = keeper->round([](std::int64_t) { return false; });
  CHECK(stopped.error().code == Errc::kClosed);
  must(keeper->round([](std::int64_t) { return true; }));
  CHECK(keeper->counts().compared_total >= 1);
}
