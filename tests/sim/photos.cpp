// SPDX-License-Identifier: Apache-2.0
// Photos: taken in by phones, promised by sets, carried by the real lane of both sides over a line
// that breaks inside pieces, to an office whose power, disk and process fail in between. Draws from
// dice of its own.
#include <algorithm>

#include "client-lib/net/attachment_carrier.hpp"
#include "core/base/hex.hpp"
#include "tests/sim/world.hpp"

namespace daybook::sim {
namespace {

constexpr std::size_t kPhotoSizeMax = 40'000;
constexpr std::int64_t kCarryGapMs = 15'000;

struct PhoneDies {};

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(letter));
  return text;
}

HttpReply reply_of(http::Response response) {
  HttpReply reply;
  reply.status = response.status;
  for (auto& header : response.headers)
    reply.headers.push_back({lower(header.name), std::move(header.value)});
  reply.headers.push_back({"content-type", response.content_type});
  reply.body = std::move(response.body);
  return reply;
}

}  // namespace

// What the phone's half of the lane calls, and what may happen to each call.
class World::LaneLine final : public DeviceCalls {
 public:
  LaneLine(World& world, Phone& phone) : world_(world), phone_(phone) {}

  Result<HttpReply> call(const HttpCall& call) override {
    sent_ = 0;
    if (phone_.offline_until > world_.time_.now || !world_.office_->is_up())
      return failure(Errc::kOffline, "line");
    if (strikes(world_.plan_.photo_kill)) throw PhoneDies{};
    if (strikes(world_.plan_.drop_request)) return failure(Errc::kTimedOut, "line");
    http::Request request;
    request.method = std::string(call.method);
    request.path = call.target;
    for (const auto& header : call.headers)
      request.headers.push_back({lower(header.name), header.value});
    if (!call.content_type.empty())
      request.headers.push_back({"content-type", std::string(call.content_type)});
    request.body = copy_of(call.body);
    sent_ = request.body.size();
    const bool cut = sent_ > 1 && strikes(world_.plan_.photo_cut);
    if (cut) {
      sent_ = 1 + world_.photo_dice_.next() % (sent_ - 1);
      request.body.resize(sent_);
    }
    Headquarters::LaneTrouble trouble;
    trouble.power = strikes(world_.plan_.photo_power);
    trouble.disk = !trouble.power && strikes(world_.plan_.photo_disk);
    trouble.crash = strikes(world_.plan_.photo_crash);
    trouble.torn_size = world_.photo_dice_.next() % kPhotoSizeMax;
    auto told = world_.office_->attachment(phone_.device(), std::move(request), cut, trouble);
    if (!world_.office_->is_up()) world_.bring_up_later();
    if (strikes(world_.plan_.photo_kill)) throw PhoneDies{};
    if (!told || cut || strikes(world_.plan_.drop_reply)) return failure(Errc::kCut, "line");
    return reply_of(*std::move(told));
  }
  std::size_t body_bytes_sent() const override { return sent_; }

 private:
  bool strikes(int percent) {
    return !world_.healed_ && percent > 0 &&
           static_cast<int>(world_.photo_dice_.next() % 100) < percent;
  }

  World& world_;
  Phone& phone_;
  std::size_t sent_ = 0;
};

void World::bring_up_later() {
  after(healed_ ? 1'000 : 1'000 + static_cast<std::int64_t>(photo_dice_.next() % 60'000),
        [this] { start_server(); });
}

// A photo of its own, or the same file that somebody had before; nothing when the phone's disk
// would not have it, or nobody takes any.
std::optional<Attachment> World::take_photo(Phone& phone, const RecordRef& record) {
  const auto draw = [&](std::uint64_t bound) { return photo_dice_.next() % bound; };
  if (plan_.photos == 0 || static_cast<int>(draw(100)) >= plan_.photos) return std::nullopt;
  Bytes bytes(draw(4) == 0 ? draw(10) : draw(kPhotoSizeMax));
  photo_dice_.fill(bytes);
  if (!book_.photos.empty() && draw(3) == 0) bytes = book_.photos[draw(book_.photos.size())].bytes;
  const auto digest = sha256(bytes);
  const Attachment named{digest, bytes.size(), "image/jpeg", "evidence", record};
  // Somebody who knows a digest names it without having it.
  if (book_.had.contains(digest) && !book_.had[digest].contains(phone.device().index) &&
      draw(3) == 0) {
    must(phone.core().contents().added(digest, bytes.size(), std::nullopt), "pretended");
    phone.pretended.insert(digest);
    return named;
  }
  if (phone.pretended.contains(digest)) return std::nullopt;
  if (draw(10) == 0) phone.blobs().fail_next_write(Errc::kDiskFull);
  const Uuid adding = photo_dice_.draw<Uuid>();
  const auto first = bytes.size() / 2;
  const BytesView all(bytes);
  auto done = phone.blobs().grow(adding, 0, all.first(first));
  if (done.ok()) done = phone.blobs().grow(adding, first, all.subspan(first));
  if (done.ok()) done = phone.blobs().finish(adding, digest, bytes.size());
  phone.blobs().forget_orders();
  if (!done.ok()) {
    must(phone.blobs().drop(adding), "drop");
    line_.say(phone.name(), "has no room for a photo");
    return std::nullopt;
  }
  must(phone.core().contents().added(digest, bytes.size(), std::nullopt), "added");
  book_.had[digest].insert(phone.device().index);
  photo_at_hand_ = std::move(bytes);
  return named;
}

// The phone's commit() answered: from now on the photo must not be lost.
void World::note_photo(Phone& phone, const Attachment& named, const SetId& set) {
  if (phone.pretended.contains(named.digest)) return;
  book_.photos.push_back({named.digest, photo_at_hand_, phone.device().index, set, false});
  ++counted_["photos"];
  carry_soon(phone);
}

void World::carry_soon(Phone& phone) {
  if (phone.carries_soon) return;
  phone.carries_soon = true;
  after(static_cast<std::int64_t>(photo_dice_.next() % kCarryGapMs), [this, &phone] {
    phone.carries_soon = false;
    pretend(phone);
    carry(phone);
  });
}

// One content, as the courier's thread does.
void World::carry(Phone& phone) {
  const auto next = must(phone.core().next_content(false), "next content");
  if (!next) {
    if (phone.core().contents().retry_in_ms() >= 0) carry_soon(phone);
    return;
  }
  if (phone.pretended.contains(next->digest)) {
    const Carried none{0, failure(Errc::kForbidden, "content", "it never was here")};
    must(phone.core().contents().carried(next->digest, next->size, none), "carried");
    return carry_soon(phone);
  }
  LaneLine line(*this, phone);
  AttachmentCarrier carrier(line, phone.blobs(), phone.device().id);
  Carried carried{next->carried, std::nullopt};
  try {
    const auto done = carrier.bring(next->digest, next->size,
                                    [&](std::uint64_t bytes) { carried.bytes = bytes; });
    if (!done.ok()) carried.trouble = done.error();
  } catch (const PhoneDies&) {
    ++counted_["photo_kills"];
    phone.kill();
    poll_soon(phone);
    return carry_soon(phone);
  }
  line_.say(phone.name(), "carries " + to_hex(next->digest.view()).substr(0, 8) + " " +
                              std::to_string(carried.bytes) + "/" + std::to_string(next->size) +
                              (carried.trouble ? " " + to_string(*carried.trouble) : ""));
  must(phone.core().contents().carried(next->digest, next->size, carried), "carried");
  ++counted_[carried.trouble ? "photo_troubles" : "photos_brought"];
  carry_soon(phone);
}

// Who has not the bytes answers the challenge with something, or brings something else.
void World::pretend(Phone& phone) {
  for (const auto& digest : phone.pretended) {
    if (book_.had[digest].contains(phone.device().index)) continue;
    const auto size = std::find_if(book_.photos.begin(), book_.photos.end(),
                                   [&](const Photo& p) { return p.digest == digest; });
    if (size == book_.photos.end()) continue;
    LaneLine line(*this, phone);
    std::string hex = to_base64url(view_of(to_hex(digest.view())));
    while (hex.size() % 4 != 0) hex += '=';
    HttpCall create;
    create.method = "POST";
    create.target = "/v1/attachments";
    create.headers = {{"tus-resumable", "1.0.0"},
                      {"upload-length", std::to_string(size->bytes.size())},
                      {"upload-metadata", "sha256 " + hex},
                      {"daybook-may-prove", "1"}};
    try {
      const auto told = line.call(create);
      if (!told.ok() || told->status != 409) continue;
      HttpCall prove = create;
      prove.target = "/v1/attachments/" + to_hex(digest.view()) + "/proof";
      const Bytes guess(32, 1);
      prove.body = guess;
      if (line.call(prove).ok()) ++counted_["pretences"];
    } catch (const PhoneDies&) {
      // The next time, then: what pretends keeps no books.
    }
  }
}

}  // namespace daybook::sim
