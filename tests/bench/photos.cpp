// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/photos.hpp"

#include <atomic>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "client-lib/net/attachment_carrier.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/platform/file_blob_store.hpp"

namespace daybook::bench {
namespace {

struct Photo {
  Digest digest;
  std::uint64_t size = 0;
};

Bytes read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up("photos", failure(Errc::kIo, path));
  return {std::istreambuf_iterator<char>(file), {}};
}

// Its bytes lie on the phone, and the core knows it.
Photo add(BenchPhone& phone, BlobStore& blobs, const Bytes& bytes) {
  OsRng rng;
  const Photo photo{sha256(bytes), bytes.size()};
  const Uuid upload = rng.draw<Uuid>();
  take(blobs.grow(upload, 0, bytes), "add");
  take(blobs.finish(upload, photo.digest, photo.size), "add");
  take(blobs.drop(upload), "add");
  take(phone.core().contents().added(photo.digest, photo.size, std::nullopt), "add");
  return photo;
}

RecordRef promise(BenchPhone& phone, const std::vector<Photo>& photos) {
  CommitInput input;
  RecordInput visit;
  visit.record = {"visits", phone.core().new_id()};
  visit.values.set("technician", Value::text(phone.core().enrolment()->actor));
  input.changes.push_back(visit);
  for (const auto& photo : photos)
    input.attachments.push_back({photo.digest, photo.size, "image/jpeg", "evidence", visit.record});
  take(phone.core().commit(input), "promise");
  phone.exchange_all();
  return visit.record;
}

}  // namespace

PhotoRun bring_photos(BenchPhone& phone, const std::string& folder, const std::string& blobs_path,
                      std::size_t lines) {
  const auto blobs = take(FileBlobStore::open(blobs_path), "blobs");
  std::vector<Photo> photos;
  std::ifstream index(folder + "/index.ndjson");
  PhotoRun run;
  for (std::string line; std::getline(index, line);) {
    const auto listed = nlohmann::json::parse(line);
    photos.push_back(
        add(phone, *blobs, read_whole(folder + "/" + listed.at("file").get<std::string>())));
    run.bytes += photos.back().size;
  }
  run.photos = photos.size();
  promise(phone, photos);

  // Connections, sessions and proofs stand before the clock starts.
  std::vector<std::unique_ptr<BenchLine>> held;
  for (std::size_t i = 0; i < lines; ++i) {
    held.push_back(phone.make_lane());
    HttpCall nothing;
    nothing.target = "/v1/attachments/" + std::string(64, '0');
    take(held.back()->carrier.call(nothing), "connect");
  }
  const auto wire = [&] {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (const auto& line : held) {
      sum.first += line->client.counters().line_up;
      sum.second += line->client.counters().line_down;
    }
    return sum;
  };
  const auto before = wire();
  std::atomic<std::size_t> next{0};
  const double began_s = monotonic_s();
  std::vector<std::thread> threads;
  for (const auto& line : held) {
    threads.emplace_back([&, raw = line.get()] {
      AttachmentCarrier carrier(raw->carrier, *blobs, phone.core().enrolment()->device);
      for (std::size_t i = next++; i < photos.size(); i = next++)
        take(carrier.bring(photos[i].digest, photos[i].size, [](std::uint64_t) {}), "bring");
    });
  }
  for (auto& thread : threads) thread.join();
  run.wall_s = monotonic_s() - began_s;
  const auto after = wire();
  run.wire_up = after.first - before.first;
  run.wire_down = after.second - before.second;
  return run;
}

std::vector<double> change_records(BenchPhone& phone, const std::string& blobs_path,
                                   std::size_t count, bool busy) {
  const auto blobs = take(FileBlobStore::open(blobs_path), "blobs");
  std::vector<Photo> large;
  if (busy) {
    OsRng rng;
    Bytes bytes(64u << 20);
    rng.fill(bytes);
    for (int i = 0; i < 4; ++i) {
      bytes[0] = static_cast<std::uint8_t>(i);
      large.push_back(add(phone, *blobs, bytes));
    }
  }
  const RecordRef visit = promise(phone, large);
  std::atomic<bool> stop{false};
  std::unique_ptr<BenchLine> line;
  std::thread lane;
  if (busy) {
    line = phone.make_lane();
    lane = std::thread([&] {
      AttachmentCarrier carrier(line->carrier, *blobs, phone.core().enrolment()->device);
      for (const auto& content : large) {
        const auto brought = carrier.bring(content.digest, content.size, [](std::uint64_t) {});
        if (stop) return;
        take(brought, "bring");
      }
    });
  }
  std::vector<double> latencies;
  for (std::size_t i = 0; i < count; ++i) {
    CommitInput input;
    input.changes.push_back(
        {visit, Change::Kind::kEdit, Fields{{"phone", Value::text(std::to_string(i))}}});
    const double began_s = monotonic_s();
    const RightOfWay::Passage passage(phone.way());  // as daybook_commit() takes it
    take(phone.core().commit(input), "commit");
    phone.exchange_all();
    latencies.push_back((monotonic_s() - began_s) * 1e3);
  }
  stop = true;
  if (line) line->client.interrupt();
  if (lane.joinable()) lane.join();
  return latencies;
}

}  // namespace daybook::bench
