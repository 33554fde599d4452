// SPDX-License-Identifier: Apache-2.0
// The lane's door as a device meets it: pieces that come, break, are proved and are read.
#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "core/wire/message.hpp"
#include "core/wire/possession.hpp"
#include "sync-server/attachments/attachment_door.hpp"
#include "sync-server/attachments/upload_replies.hpp"
#include "tests/unit/sync-server/attachments/lane_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// Everything at once: the core, the disk and the loop are the caller's thread.
struct Door : LaneWorld {
  DeviceSessions sessions{bytes_of("0123456789abcdef0123456789abcdef"), world.clock, world.rng};
  MemoryBlobStore blobs;
  bool core_is_full = false;
  bool is_disk_slow = false;  // then what it is to do waits in `at_disk`
  std::vector<std::function<void()>> at_disk;
  AttachmentDoor door{AttachmentDoor::Parts{sessions, blobs, world.clock, world.rng, world.trace,
                                            limits,
                                            Errands([this](CoreTask task) { return run(task); },
                                                    [](std::function<void()> work) { work(); },
                                                    [this](std::function<void()> work) {
                                                      if (is_disk_slow) {
                                                        at_disk.push_back(std::move(work));
                                                      } else {
                                                        work();
                                                      }
                                                      return true;
                                                    })}};
  std::unique_ptr<Signer> signer;
  Bytes li_token = open(li), wang_token = open(wang);

  bool run(const CoreTask& task) {
    if (core_is_full) return false;
    must(world.store.begin());
    auto after = task.run(*world.core);
    if (!after.ok()) {
      world.store.rollback();
      task.failed(after.error());
      return true;
    }
    must(world.store.commit());
    (*after)();
    return true;
  }
  Bytes open(const Pen& pen) {
    // The door asks for a proof of the device's key: one of our own stands for it here.
    auto row = *must(world.store.find_device(pen.device));
    const Bytes seed(32, 7);
    signer = must(signer_of(KeyAlg::kEd25519, seed));
    row.key = signer->public_key();
    return sessions.open(row).token;
  }

  http::Response send(const char* method, const std::string& path,
                      std::vector<http::Header> headers, Bytes body = {}, bool as_wang = false,
                      bool cut = false) {
    const Bytes& token = as_wang ? wang_token : li_token;
    http::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(headers);
    request.headers.push_back({"authorization", "Daybook " + to_base64url(token)});
    const auto proof = must(signer->sign(wire::proof_signing_bytes(token, request.channel)));
    request.headers.push_back({"proof", to_base64url(encode(proof))});
    request.headers.push_back({"tus-resumable", "1.0.0"});
    if (auto refused = door.on_head(request, body.size())) return *std::move(refused);
    request.body = std::move(body);
    // The answer may come when nobody waits for it here any more.
    const auto told = std::make_shared<http::Response>();
    told->status = 0;
    if (cut) {
      door.on_cut(std::move(request));
    } else {
      door.on_request(std::move(request),
                      {[told](http::Response response) { *told = std::move(response); }, {}, {}});
    }
    return *told;
  }
  http::Response prove(const Digest& content, const http::Response& challenge, const Bytes& bytes) {
    const auto nonce = *from_base64url(header(challenge, "Daybook-Challenge"));
    Sha256 hash;
    wire::begin_possession_proof(hash, nonce, li.device);
    hash.update(bytes);
    return send("POST", path_of(content) + "/proof", {}, copy_of(hash.finish().view()));
  }
  http::Response create(const Digest& content, std::size_t length, bool as_wang = false,
                        std::vector<http::Header> more = {}, Bytes piece = {}) {
    std::string hex = to_base64url(view_of(to_hex(content.view())));
    while (hex.size() % 4 != 0) hex += '=';
    more.push_back({"upload-length", std::to_string(length)});
    more.push_back({"upload-metadata", "sha256 " + hex});
    if (!piece.empty()) more.push_back({"content-type", std::string(kPieceType)});
    return send("POST", "/v1/attachments", std::move(more), std::move(piece), as_wang);
  }
  http::Response patch(const Digest& content, std::size_t offset, const Bytes& piece,
                       std::vector<http::Header> more = {}, bool cut = false) {
    more.push_back({"upload-offset", std::to_string(offset)});
    more.push_back({"content-type", std::string(kPieceType)});
    return send("PATCH", path_of(content), std::move(more), piece, false, cut);
  }
  std::string offset(const Digest& content) {
    return header(send("HEAD", path_of(content), {}), "Upload-Offset");
  }
  static std::string path_of(const Digest& content) {
    return "/v1/attachments/" + to_hex(content.view());
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& one : response.headers) {
      if (one.name == name) return one.value;
    }
    return "";
  }
  static std::string code(const http::Response& response) {
    return header(response, "Daybook-Error");
  }
};

const Bytes kPhoto = bytes_of("a photo of the plate");

}  // namespace

TEST_CASE("attachment door: a content comes in pieces and is there when the last one is answered",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  const auto created = house.create(photo, kPhoto.size());
  CHECK(created.status == 201);
  CHECK(Door::header(created, "Location") == Door::path_of(photo));
  CHECK(Door::header(created, "Upload-Offset") == "0");
  // Thirty days from when its set came.
  CHECK(Door::header(created, "Upload-Expires") ==
        print_http_date(house.world.clock.wall_ms() + kUploadKeptMs));
  const Bytes first(kPhoto.begin(), kPhoto.begin() + 8), rest(kPhoto.begin() + 8, kPhoto.end());
  CHECK(house.patch(photo, 0, first).status == 204);
  CHECK(house.offset(photo) == "8");
  CHECK_FALSE(must(house.world.store.find_content(photo)).has_value());
  const auto last = house.patch(photo, 8, rest);
  CHECK(last.status == 204);
  CHECK(Door::header(last, "Upload-Offset") == std::to_string(kPhoto.size()));
  CHECK(Door::header(last, "Upload-Expires").empty());
  CHECK(must(house.blobs.size_of(photo)) == kPhoto.size());
  CHECK(must(house.world.store.find_content(photo))->device == house.li.device);
  CHECK(must(house.world.store.promises_of(photo, 1)).at(0).kept);
  // Asked again, it says so, and nothing is written twice.
  CHECK(Door::header(house.create(photo, kPhoto.size()), "Upload-Offset") ==
        std::to_string(kPhoto.size()));
  CHECK(must(house.blobs.uploads()).empty());
}

TEST_CASE("attachment door: a first piece may come with the creation", "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  const auto created = house.create(photo, kPhoto.size(), false, {}, kPhoto);
  CHECK(created.status == 201);
  CHECK(Door::header(created, "Upload-Offset") == std::to_string(kPhoto.size()));
  CHECK(must(house.world.store.find_content(photo)).has_value());
}

TEST_CASE("attachment door: what arrived of a piece before the line broke is kept",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  house.patch(photo, 0, Bytes(kPhoto.begin(), kPhoto.begin() + 5), {}, true);
  CHECK(house.offset(photo) == "5");
  // With a checksum of the whole piece, a part of it means nothing.
  const Bytes piece(kPhoto.begin() + 5, kPhoto.begin() + 9);
  house.patch(photo, 5, piece,
              {{"upload-checksum", "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}}, true);
  CHECK(house.offset(photo) == "5");
}

TEST_CASE("attachment door: a piece that begins elsewhere is told where to begin",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  const auto wrong = house.patch(photo, 3, bytes_of("abc"));
  CHECK(wrong.status == 409);
  CHECK(Door::header(wrong, "Upload-Offset") == "0");
  CHECK(house.patch(photo, 0, Bytes(kPhoto.size() + 1)).status == 413);
  CHECK(house.offset(photo) == "0");
}

TEST_CASE("attachment door: a checksum that does not fit is 460, and nothing is kept",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  const auto wrong =
      house.patch(photo, 0, kPhoto,
                  {{"upload-checksum", "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}});
  CHECK(wrong.status == 460);
  CHECK(house.offset(photo) == "0");
}

TEST_CASE("attachment door: what turns out to be something else is refused and may come anew",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  const auto wrong = house.patch(photo, 0, Bytes(kPhoto.size(), 'x'));
  CHECK(Door::code(wrong) == "wrong_hash");
  CHECK_FALSE(must(house.world.store.find_content(photo)).has_value());
  CHECK(house.offset(photo) == "0");
  CHECK(house.patch(photo, 0, kPhoto).status == 204);
  CHECK(must(house.world.store.find_content(photo)).has_value());
}

TEST_CASE("attachment door: nobody brings what no set of theirs names, nor another length",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  const auto stranger = house.create(photo, kPhoto.size(), true);
  CHECK(stranger.status == 404);
  const auto longer = house.create(photo, kPhoto.size() + 1);
  CHECK(longer.status == 400);
  CHECK(house.patch(sha256(bytes_of("?")), 0, kPhoto).status == 404);
  CHECK(must(house.blobs.uploads()).empty());
}

TEST_CASE(
    "attachment door: who has the bytes proves it under a nonce, and a digest alone is nothing",
    "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size(), false, {}, kPhoto);
  house.name(house.wang, house.visit_of("wang"), kPhoto);
  const auto challenge = [&] {
    const auto asked = house.create(photo, kPhoto.size(), true, {{"daybook-may-prove", "1"}});
    CHECK(asked.status == 409);
    return *from_base64url(Door::header(asked, "Daybook-Challenge"));
  };
  const auto prove = [&](const Bytes& nonce, const Bytes& content) {
    Sha256 hash;
    wire::begin_possession_proof(hash, nonce, house.wang.device);
    hash.update(content);
    return house.send("POST", Door::path_of(photo) + "/proof", {}, copy_of(hash.finish().view()),
                      true);
  };
  CHECK(prove(Bytes(32), kPhoto).status == 400);  // nobody asked
  CHECK(Door::code(prove(challenge(), bytes_of("guessed"))) == "forbidden");
  const auto nonce = challenge();
  CHECK(Door::code(prove(nonce, photo.view().empty() ? Bytes{} : copy_of(photo.view()))) ==
        "forbidden");
  CHECK(prove(nonce, kPhoto).status == 400);  // one try each
  CHECK(house.reads(house.wang, photo).error().code == Errc::kNotFound);
  CHECK(prove(challenge(), kPhoto).status == 204);
  CHECK(must(house.reads(house.wang, photo)) == kPhoto.size());
  // The office has it from him now too, and asks no more.
  CHECK(house.create(photo, kPhoto.size(), true, {{"daybook-may-prove", "1"}}).status == 201);
}

TEST_CASE("attachment door: a client that cannot prove brings the bytes, and they are kept once",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size(), false, {}, kPhoto);
  house.name(house.wang, house.visit_of("wang"), kPhoto);
  const auto created = house.create(photo, kPhoto.size(), true, {}, kPhoto);
  CHECK(created.status == 201);
  CHECK(must(house.reads(house.wang, photo)) == kPhoto.size());
  CHECK(must(house.blobs.list(std::nullopt, 10)).size() == 1);
  CHECK(must(house.blobs.uploads()).empty());
}

TEST_CASE("attachment door: a content is read by range by whom it concerns", "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size(), false, {}, kPhoto);
  const auto whole = house.send("GET", Door::path_of(photo), {});
  CHECK(whole.status == 200);
  CHECK(whole.body == kPhoto);
  CHECK(Door::header(whole, "ETag") == "\"" + to_hex(photo.view()) + "\"");
  const auto part = house.send("GET", Door::path_of(photo), {{"range", "bytes=2-6"}});
  CHECK(part.status == 206);
  CHECK(text_of(part.body) == "photo");
  CHECK(Door::header(part, "Content-Range") == "bytes 2-6/" + std::to_string(kPhoto.size()));
  CHECK(house.send("GET", Door::path_of(photo), {{"range", "bytes=99-"}}).status == 416);
  CHECK(house.send("GET", Door::path_of(photo), {}, {}, true).status == 404);
}

TEST_CASE("attachment door: a full or sick disk is told, and what was kept stays",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  REQUIRE(house.patch(photo, 0, Bytes(kPhoto.begin(), kPhoto.begin() + 4)).status == 204);
  const Bytes rest(kPhoto.begin() + 4, kPhoto.end());
  house.blobs.fail_next_write(Errc::kDiskFull);
  const auto full = house.patch(photo, 4, rest);
  CHECK(full.status == 507);
  CHECK(Door::code(full) == "disk_full");
  CHECK(house.offset(photo) == "4");
  CHECK(house.patch(photo, 4, rest).status == 204);
}

TEST_CASE("attachment door: what ails the store is no fault of the phone's, and it tries again",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  for (const Errc code : {Errc::kForbidden, Errc::kNotFound, Errc::kUntrusted, Errc::kInvalid}) {
    house.blobs.fail_next_write(code);
    const auto failed = house.patch(photo, 0, kPhoto);
    CHECK(failed.status == 503);
    CHECK(Door::code(failed) == "busy");
  }
  CHECK(house.patch(photo, 0, kPhoto).status == 204);
}

TEST_CASE("attachment door: a power cut between the last piece and the book is made good",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  // All bytes are durable, and nobody had the time to call them a content.
  must(house.blobs.grow(UploadTable::id_of({house.li.device, photo}), 0, kPhoto));
  CHECK(house.offset(photo) == std::to_string(kPhoto.size()));
  CHECK(must(house.world.store.find_content(photo)).has_value());
}

TEST_CASE("attachment door: a busy house says so, and nothing is lost", "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.core_is_full = true;
  CHECK(house.create(photo, kPhoto.size()).status == 503);
  house.core_is_full = false;
  CHECK(house.create(photo, kPhoto.size()).status == 201);
  house.patch(photo, 0, Bytes(kPhoto.begin(), kPhoto.begin() + 4));
  house.core_is_full = true;
  // The bytes are durable; that they are there the book is told with the next question.
  CHECK(house.patch(photo, 4, Bytes(kPhoto.begin() + 4, kPhoto.end())).status == 503);
  house.core_is_full = false;
  // It need not bring them again: it has them, and says so.
  const auto asked = house.create(photo, kPhoto.size(), false, {{"daybook-may-prove", "1"}});
  REQUIRE(asked.status == 409);
  Sha256 hash;
  wire::begin_possession_proof(hash, *from_base64url(Door::header(asked, "Daybook-Challenge")),
                               house.li.device);
  hash.update(kPhoto);
  CHECK(house.send("POST", Door::path_of(photo) + "/proof", {}, copy_of(hash.finish().view()))
            .status == 204);
  CHECK(must(house.world.store.find_content(photo)).has_value());
}

TEST_CASE("attachment door: an upload can be given up, a content cannot", "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  house.create(photo, kPhoto.size());
  house.patch(photo, 0, Bytes(kPhoto.begin(), kPhoto.begin() + 4));
  CHECK(house.send("DELETE", Door::path_of(photo), {}).status == 204);
  CHECK(house.offset(photo) == "0");
  house.patch(photo, 0, kPhoto);
  CHECK(house.send("DELETE", Door::path_of(photo), {}).status == 204);
  CHECK(must(house.blobs.size_of(photo)) == kPhoto.size());
}

TEST_CASE(
    "attachment door: another version of tus, a piece too large and a stranger are refused unread",
    "[attachments]") {
  Door house;
  http::Request request;
  request.method = "PATCH";
  request.path = "/v1/attachments/" + std::string(64, 'a');
  CHECK(house.door.on_head(request, 10)->status == 401);
  const auto photo = house.name(house.li, house.visit, kPhoto);
  CHECK(house.patch(photo, 0, Bytes((4 << 20) + 1)).status == 413);
  request.method = "OPTIONS";
  CHECK_FALSE(house.door.on_head(request, 0).has_value());
}

TEST_CASE("attachment door: what it is is noted when it is there", "[attachments]") {
  Door house;
  Bytes picture = bytes_of("GIF89a....and so on");
  picture[6] = 3;
  picture[7] = 0;
  picture[8] = 1;
  picture[9] = 2;
  const auto photo = house.name(house.li, house.visit, picture);
  CHECK(house.create(photo, picture.size()).status == 201);
  CHECK(house.patch(photo, 0, Bytes(picture.begin(), picture.begin() + 8)).status == 204);
  CHECK(house.patch(photo, 8, Bytes(picture.begin() + 8, picture.end())).status == 204);
  const auto held = *must(house.world.store.find_content(photo));
  CHECK(held.kind == "image/gif");
  CHECK(held.width == 3);
  CHECK(held.height == 513);
  // Headquarters is given it as what it is.
  http::Response told;
  house.door.reader().give_to_office(
      to_hex(photo.view()), http::Request{}, [](const Error& why) { return tus_error(why); },
      [&](http::Response response) { told = std::move(response); });
  CHECK(told.content_type == "image/gif");
}

TEST_CASE("attachment door: a page, an archive or a program that says photo is refused for good",
          "[attachments]") {
  for (const std::string_view text : {"<html><script>alert(document.domain)</script>",
                                      "PK\x03\x04 an archive, say", "#!/bin/sh\nrm -rf ~\n",
                                      "\x7f"
                                      "ELF\x02\x01\x01 a program"}) {
    Door house;
    const Bytes bytes = bytes_of(text);
    const auto photo = house.name(house.li, house.visit, bytes);
    CHECK(house.create(photo, bytes.size()).status == 201);
    // In pieces so small that the first tells nothing.
    CHECK(house.patch(photo, 0, Bytes(bytes.begin(), bytes.begin() + 1)).status == 204);
    const auto told = house.patch(photo, 1, Bytes(bytes.begin() + 1, bytes.end()));
    CHECK(told.status == 415);
    CHECK(Door::code(told) == "wrong_type");
    CHECK_FALSE(must(house.world.store.find_content(photo)).has_value());
    CHECK_FALSE(must(house.blobs.size_of(photo)).has_value());
    CHECK(must(house.blobs.uploads()).empty());
  }
}

TEST_CASE("attachment door: a large one in disguise goes with its first piece", "[attachments]") {
  Door house;
  Bytes page = bytes_of("<!doctype html>");
  page.resize(100'000, ' ');
  const auto photo = house.name(house.li, house.visit, page);
  CHECK(house.create(photo, page.size()).status == 201);
  CHECK(house.patch(photo, 0, Bytes(page.begin(), page.begin() + 2'000)).status == 415);
  CHECK(must(house.blobs.uploads()).empty());
}

TEST_CASE("attachment door: nobody proves a photo with what another brought as a page",
          "[attachments]") {
  Door house;
  const Bytes page = bytes_of("<html>a letter</html>");
  const auto brought = house.name(house.wang, house.visit_of("wang"), page, "other", "text/html");
  CHECK(house.create(brought, page.size(), true, {}, page).status == 201);
  CHECK(must(house.world.store.find_content(brought))->kind == "text/html");
  house.name(house.li, house.visit, page);
  const auto asked = house.create(brought, page.size(), false, {{"daybook-may-prove", "1"}});
  REQUIRE(asked.status == 409);
  const auto told = house.prove(brought, asked, page);
  CHECK(told.status == 415);
  CHECK(Door::code(told) == "wrong_type");
  const auto promises = must(house.world.store.promises_of(brought, 10));
  REQUIRE(promises.size() == 2);
  CHECK(promises[0].kept != promises[1].kept);
}

TEST_CASE("attachment door: who proves while a piece is being written harms nobody",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.wang, house.visit_of("wang"), kPhoto);
  REQUIRE(house.create(photo, kPhoto.size(), true, {}, kPhoto).status == 201);
  house.name(house.li, house.visit, kPhoto);
  const auto asked = house.create(photo, kPhoto.size(), false, {{"daybook-may-prove", "1"}});
  REQUIRE(asked.status == 409);
  // On two connections at once, and the disk does the proof first.
  house.is_disk_slow = true;
  house.patch(photo, 0, Bytes(kPhoto.begin(), kPhoto.begin() + 5));
  house.prove(photo, asked, kPhoto);
  REQUIRE(house.at_disk.size() == 2);
  house.is_disk_slow = false;
  house.at_disk[1]();
  house.at_disk[0]();
  const auto promises = must(house.world.store.promises_of(photo, 10));
  CHECK((promises.size() == 2 && promises[0].kept && promises[1].kept));
}

TEST_CASE("attachment door: what a power cut left of an upload goes with the proof",
          "[attachments]") {
  Door house;
  const auto photo = house.name(house.li, house.visit, kPhoto);
  const auto id = UploadTable::id_of({house.li.device, photo});
  // It was a content already, and its upload was not gone yet, nor the book told.
  must(house.blobs.grow(id, 0, kPhoto));
  must(house.blobs.finish(id, photo, kPhoto.size()));
  must(house.blobs.grow(id, 0, kPhoto));
  const auto asked = house.create(photo, kPhoto.size(), false, {{"daybook-may-prove", "1"}});
  REQUIRE(asked.status == 409);
  CHECK(house.prove(photo, asked, kPhoto).status == 204);
  CHECK(must(house.blobs.uploads()).empty());
  CHECK(must(house.world.store.promises_of(photo, 1)).at(0).kept);
}

TEST_CASE("attachment door: a phone is told how its contents stand, and of others' nothing",
          "[attachments]") {
  Door at;
  using wire::ContentStanding;
  const Bytes photo = kPhoto, film = bytes_of("film"), other = bytes_of("other");
  const Digest here = at.name(at.li, at.visit, photo);
  const Digest never_came = at.name(at.li, at.visit, film);
  const Digest wangs = at.name(at.wang, at.visit_of("wang"), other);
  at.create(here, photo.size());
  CHECK(at.patch(here, 0, photo).status == 204);
  const auto ask = [&] {
    const std::vector<Digest> contents{here, never_came, wangs, sha256(bytes_of("unheard of"))};
    const auto told = at.send("POST", "/v1/attachments/standing", {},
                              wire::encode_standing_question(contents));
    CHECK(told.status == 200);
    return must(wire::decode_standings(told.body, contents.size()));
  };
  const auto back_up = [&](Version version, bool holds_it) {
    must(at.world.store.begin());
    BackupRow backup;
    backup.backup = at.world.rng.draw<Uuid>();
    backup.version = version;
    must(at.world.store.put_backup(backup));
    auto row = *must(at.world.store.find_content(here));
    if (holds_it && row.backed_up == 0) row.backed_up = version;
    must(at.world.store.put_content(row));
    must(at.world.store.commit());
    return backup.backup;
  };
  const auto expected = [](ContentStanding first) {
    return std::vector{first, ContentStanding::kAskedFor, ContentStanding::kUnknown,
                       ContentStanding::kUnknown};
  };
  CHECK(ask() == expected(ContentStanding::kHere));
  const Uuid older = back_up(2, false);
  back_up(5, true);
  CHECK(ask() == expected(ContentStanding::kHere));  // the older backup has not got it
  must(at.world.store.begin());
  must(at.world.store.erase_backup(older));
  must(at.world.store.commit());
  CHECK(ask() == expected(ContentStanding::kSafe));

  // Damaged here: its bytes must come, and a proof over what is damaged is not asked for.
  must(at.world.store.begin());
  auto row = *must(at.world.store.find_content(here));
  row.sound = false;
  must(at.world.store.put_content(row));
  must(at.world.store.commit());
  CHECK(ask() == expected(ContentStanding::kAskedFor));
  CHECK(at.create(here, photo.size(), false, {{"daybook-may-prove", "1"}}).status == 201);
  CHECK(at.patch(here, 0, photo).status == 204);
  CHECK(ask() == expected(ContentStanding::kSafe));
}

TEST_CASE("attachment door: a question about how contents stand is bounded", "[attachments]") {
  Door at;
  const auto ask = [&](std::size_t bytes) {
    return at.send("POST", "/v1/attachments/standing", {}, Bytes(bytes)).status;
  };
  CHECK(ask(0) == 400);
  CHECK(ask(33) == 400);
  CHECK(ask(wire::kStandingsMax * Digest::kSize) == 200);
  CHECK(ask((wire::kStandingsMax + 1) * Digest::kSize) == 413);
}
