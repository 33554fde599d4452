// SPDX-License-Identifier: Apache-2.0
// A visit of li's and contents that his sets name, for the tests of the lane.
#pragma once

#include "core/crypto/sha256.hpp"
#include "sync-server/attachments/lane.hpp"
#include "tests/support/server_world.hpp"

namespace daybook::test {

inline Bytes bytes_of(std::string_view text) { return copy_of(view_of(text)); }

struct LaneWorld {
  ServerWorld world;
  Pen li{world, "li"}, wang{world, "wang"};
  RecordRef visit = world.visit();
  LaneLimits limits;

  LaneWorld() {
    world.office_create(visit, {{"technician", text("li")}});
    li.sync();
    wang.sync();
  }
  // A set of the pen's names these bytes.
  Digest name(Pen& pen, const RecordRef& record, const Bytes& content,
              const char* role = "evidence", const char* media_type = "image/jpeg") {
    Body body = pen.blank();
    Attachment attachment;
    attachment.digest = sha256(content);
    attachment.size = content.size();
    attachment.media_type = media_type;
    attachment.role = role;
    attachment.record = record;
    body.attachments.push_back(attachment);
    pen.write(std::move(body));
    pen.sync();
    return attachment.digest;
  }
  RecordRef visit_of(const char* technician) {
    const auto record = world.visit();
    world.office_create(record, {{"technician", text(technician)}});
    li.sync();
    wang.sync();
    return record;
  }
  // One question to the lane, as one group.
  template <class Question>
  auto ask(Question question) {
    return world.within([&] {
      Lane lane(world.store, limits, world.clock.wall_ms());
      return question(lane);
    });
  }
  void arrived(const Pen& pen, const Digest& content, std::uint64_t size) {
    must(ask([&](Lane& lane) { return lane.arrived(pen.device, content, size); }));
  }
  Result<Lane::Admission> admit(const Pen& pen, const Digest& content) {
    return ask([&](Lane& lane) { return lane.admit(pen.device, content); });
  }
  Result<std::uint64_t> reads(const Pen& pen, const Digest& content) {
    const auto row = *must(world.store.find_device(pen.device));
    return ask([&](Lane& lane) { return lane.readable_by(row, content); });
  }
};

}  // namespace daybook::test
