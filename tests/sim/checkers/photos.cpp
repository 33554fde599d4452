// SPDX-License-Identifier: Apache-2.0
// No acknowledged photo is lost: until it is whole at the office its bytes are on a phone; and at
// rest it is there, the very bytes, its promise kept, or headquarters names it as missing because
// the world destroyed the last copy. Nobody counts as having brought what he never had.
#include <algorithm>

#include "tests/sim/checkers/checkers.hpp"
#include "tests/sim/headquarters.hpp"

namespace daybook::sim {
namespace {

bool lies_in(MemoryBlobStore& blobs, const Photo& photo) {
  const auto size = must(blobs.size_of(photo.digest), "size");
  if (!size) return false;
  check(must(blobs.read(photo.digest, 0, *size), "read") == photo.bytes, "photos",
        "a content is not the bytes that its digest says");
  return true;
}

bool lies_on_a_phone(const Photo& photo, const Phones& phones) {
  return std::any_of(phones.begin(), phones.end(),
                     [&](const auto& phone) { return lies_in(phone->blobs(), photo); });
}

std::string named(const Photo& photo) {
  return to_hex(photo.digest.view()).substr(0, 8) + " of device " + std::to_string(photo.device);
}

}  // namespace

void check_photos_somewhere(const Book& book, const Phones& phones, Headquarters& office) {
  for (const auto& photo : book.photos) {
    if (photo.excused) continue;
    check(lies_in(office.blobs(), photo) || lies_on_a_phone(photo, phones), "photos",
          "photo " + named(photo) + " was acknowledged and is nowhere");
  }
}

void note_lost_photos(Book& book, const Phones& phones, Headquarters& office) {
  for (auto& photo : book.photos)
    photo.excused =
        photo.excused || !(lies_in(office.blobs(), photo) || lies_on_a_phone(photo, phones));
}

void check_photos(const Book& book, const Phones& phones, Headquarters& office) {
  check_photos_somewhere(book, phones, office);
  auto& store = office.store();
  for (const auto& photo : book.photos) {
    if (!must(store.find_set(photo.set), "set")) continue;  // it went with its phone
    const auto promises = must(store.promises_of(photo.digest, 1000), "promises");
    const auto promise = std::find_if(promises.begin(), promises.end(),
                                      [&](const PromiseRow& row) { return row.set == photo.set; });
    check(promise != promises.end(), "photos", "photo " + named(photo) + " is promised by no set");
    const auto held = must(store.find_content(photo.digest), "content");
    if (promise->kept) {
      check(held && held->sound && lies_in(office.blobs(), photo), "photos",
            "photo " + named(photo) + " counts as here and is not");
      continue;
    }
    // Named missing, which it may only be when the phones of its device have it no more.
    const bool somebody_has = std::any_of(phones.begin(), phones.end(), [&](const auto& phone) {
      const auto row = must(phone->store().find_content(photo.digest), "content");
      return phone->device().index == photo.device && row && lies_in(phone->blobs(), photo);
    });
    check(!somebody_has, "photos",
          "photo " + named(photo) + " never arrived, and its phone has it");
  }
  for (const auto& [digest, devices] : book.had) {
    for (const auto& promise : must(store.promises_of(digest, 1000), "promises")) {
      const bool had = std::any_of(phones.begin(), phones.end(), [&](const auto& phone) {
        return phone->device().id == promise.device && devices.contains(phone->device().index);
      });
      // Everybody has the empty one.
      check(had || !promise.kept || promise.size == 0, "possession",
            "device " + to_string(promise.device) + " counts as having " +
                to_hex(digest.view()).substr(0, 8) + " of " + std::to_string(promise.size) +
                " bytes, which it never had");
    }
  }
}

bool has_photos_to_carry(Phone& phone) {
  return !must(phone.store().contents_that_are(ContentState::kWaiting, 1), "contents").empty();
}

}  // namespace daybook::sim
