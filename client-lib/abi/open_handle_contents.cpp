// SPDX-License-Identifier: Apache-2.0
// The part of OpenHandle that is about contents of attachments: how they come in, what became of
// them, and how they are read. Bytes are copied and hashed on the caller's thread; the core only
// notes what is there.
#include <algorithm>
#include <fstream>

#include "client-lib/abi/answers.hpp"
#include "client-lib/abi/open_handle.hpp"
#include "core/base/hex.hpp"
#include "core/model/limits.hpp"

namespace daybook::abi {
namespace {

// Each piece is made durable: few enough that a video takes no longer than its disk.
constexpr std::size_t kPieceSize = 4 << 20;
constexpr std::size_t kAddingMax = 64;
constexpr std::size_t kListedMax = 10'000;

Result<ContentLine> read_line(std::string_view name) {
  for (const auto line : {ContentLine::kAny, ContentLine::kUnmetered, ContentLine::kNow}) {
    if (name == name_of(line)) return line;
  }
  return failure(Errc::kInvalid, "network", "any, unmetered or now");
}

Result<std::optional<ContentLine>> read_options(std::string_view json) {
  if (json.empty()) return std::optional<ContentLine>{};
  DAYBOOK_ASSIGN(const JsonValue options, read_json(json, "options"));
  if (!options.is(JsonValue::Kind::kObject))
    return failure(Errc::kWrongType, "options", "expected an object");
  for (const auto& [name, value] : options.members) {
    if (name != "network") return failure(Errc::kInvalid, "options." + name, "is not known");
    if (!value.is(JsonValue::Kind::kText))
      return failure(Errc::kWrongType, "options.network", "expected a text");
  }
  const auto* network = options.find("network");
  if (network == nullptr) return std::optional<ContentLine>{};
  DAYBOOK_ASSIGN(const auto line, read_line(network->text));
  return std::optional(line);
}

std::string added_answer(const Digest& content, std::uint64_t size) {
  JsonWriter out;
  out.begin_object().key("digest").text(to_hex(content.view())).key("size").count(size);
  out.end_object();
  return out.take();
}

void write_content(JsonWriter& out, const LocalContent& row,
                   const std::vector<AttachmentCourier::Progress>& all) {
  const auto progress = std::find_if(all.begin(), all.end(),
                                     [&](const auto& one) { return one.content == row.digest; });
  const bool under_way = progress != all.end();
  out.begin_object().key("kind").text("attachment").key("digest").text(to_hex(row.digest.view()));
  out.key("size").count(row.size).key("state").text(name_of(row.state));
  out.key("priority").count(row.priority).key("network").text(name_of(row.line));
  out.key("carried").count(under_way ? progress->bytes : row.carried);
  out.key("under_way").boolean(under_way).key("added_ms").integer(row.added_ms).key("trouble");
  if (row.trouble) {
    write_error(out, *row.trouble);
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace

Result<void> OpenHandle::note_added(const Digest& content, std::uint64_t size,
                                    std::optional<ContentLine> line) {
  const auto noted = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->contents().added(content, size, line));
    return true;
  });
  return noted.ok() ? success() : Result<void>(noted.error());
}

Result<std::pair<Digest, std::uint64_t>> OpenHandle::take_file(const std::string& path,
                                                               std::optional<ContentLine> line) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(Errc::kNotFound, "path", "cannot be opened");
  DAYBOOK_ASSIGN(const Uuid adding, begin_adding());
  const auto copy = [&]() -> Result<std::pair<Digest, std::uint64_t>> {
    Bytes piece(kPieceSize);
    while (file) {
      file.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
      const auto got = static_cast<std::size_t>(file.gcount());
      if (got != 0) DAYBOOK_TRY(append(adding, BytesView(piece).first(got)));
    }
    if (file.bad()) return failure(Errc::kIo, "path", "cannot be read");
    DAYBOOK_ASSIGN(const auto held, find_adding(adding));
    const std::pair taken{held->hash.finish(), held->size};
    DAYBOOK_TRY(blobs_->finish(adding, taken.first, taken.second));
    DAYBOOK_TRY(note_added(taken.first, taken.second, line));
    return taken;
  };
  auto taken = copy();
  static_cast<void>(cancel_adding(adding));
  return taken;
}

Result<std::string> OpenHandle::add_file(const std::string& path, std::string_view options) {
  DAYBOOK_ASSIGN(const auto line, read_options(options));
  DAYBOOK_ASSIGN(const auto taken, take_file(path, line));
  return added_answer(taken.first, taken.second);
}

Result<Uuid> OpenHandle::begin_adding() {
  const std::scoped_lock lock(adding_mutex_);
  if (adding_.size() >= kAddingMax)
    return failure(Errc::kBusy, "adding", "finish or cancel what was begun");
  const Uuid id = rng_.draw<Uuid>();
  adding_[id] = std::make_shared<Adding>();
  return id;
}

Result<std::shared_ptr<OpenHandle::Adding>> OpenHandle::find_adding(const Uuid& adding) {
  const std::scoped_lock lock(adding_mutex_);
  const auto found = adding_.find(adding);
  if (found == adding_.end()) return failure(Errc::kNotFound, "adding", to_string(adding));
  return found->second;
}

Result<void> OpenHandle::append(const Uuid& adding, BytesView bytes) {
  DAYBOOK_ASSIGN(const auto held, find_adding(adding));
  const std::scoped_lock lock(held->one_at_a_time);
  if (held->size + bytes.size() > kAttachmentSizeMax)
    return failure(Errc::kTooLarge, "content", std::to_string(kAttachmentSizeMax));
  DAYBOOK_TRY(blobs_->grow(adding, held->size, bytes));
  held->hash.update(bytes);
  held->size += bytes.size();
  return {};
}

Result<std::string> OpenHandle::finish_adding(const Uuid& adding, std::string_view options) {
  DAYBOOK_ASSIGN(const auto line, read_options(options));
  DAYBOOK_ASSIGN(const auto held, find_adding(adding));
  {
    const std::scoped_lock lock(held->one_at_a_time);
    const Digest content = held->hash.finish();
    auto whole = blobs_->finish(adding, content, held->size);
    if (whole.ok()) whole = note_added(content, held->size, line);
    const std::string answer = added_answer(content, held->size);
    const std::scoped_lock all(adding_mutex_);
    adding_.erase(adding);
    if (!whole.ok()) return whole.error();
    return answer;
  }
}

Result<void> OpenHandle::cancel_adding(const Uuid& adding) {
  {
    const std::scoped_lock lock(adding_mutex_);
    adding_.erase(adding);
  }
  return blobs_->drop(adding);
}

// Contents that were being added when the process ended: nobody will finish them. Those that come
// from the office go on.
Result<void> OpenHandle::drop_what_was_left() {
  DAYBOOK_ASSIGN(const auto wanted, worker_->ask<std::vector<LocalContent>>([](Desk& desk) {
    return desk.store->contents_that_are(ContentState::kWanted, kListedMax);
  }));
  DAYBOOK_ASSIGN(const auto uploads, blobs_->uploads());
  for (const auto& upload : uploads) {
    const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), [&](const LocalContent& row) {
      return AttachmentCarrier::id_of(row.digest) == upload;
    });
    if (!is_wanted) DAYBOOK_TRY(blobs_->drop(upload));
  }
  return {};
}

Result<void> OpenHandle::remove_all_contents() {
  DAYBOOK_ASSIGN(const auto uploads, blobs_->uploads());
  for (const auto& upload : uploads) DAYBOOK_TRY(blobs_->drop(upload));
  for (;;) {
    DAYBOOK_ASSIGN(const auto contents, blobs_->list(std::nullopt, kListedMax));
    if (contents.empty()) return {};
    for (const auto& content : contents) DAYBOOK_TRY(blobs_->remove(content));
  }
}

Result<std::string> OpenHandle::attachments() {
  DAYBOOK_ASSIGN(const auto rows, worker_->ask<std::vector<LocalContent>>([](Desk& desk) {
    return desk.core->contents().list(std::nullopt, kListedMax);
  }));
  const auto progress = attachments_->progress();
  JsonWriter out;
  out.begin_array();
  for (const auto& row : rows) write_content(out, row, progress);
  out.end_array();
  return out.take();
}

Result<std::string> OpenHandle::find_attachment(const Digest& content) {
  DAYBOOK_ASSIGN(const auto row, worker_->ask<std::optional<LocalContent>>([&](Desk& desk) {
    return desk.core->contents().find(content);
  }));
  if (!row) return failure(Errc::kNotFound, "content", "not on this phone, and not asked for");
  JsonWriter out;
  write_content(out, *row, attachments_->progress());
  return out.take();
}

Result<std::size_t> OpenHandle::read_attachment(const Digest& content, std::uint64_t offset,
                                                std::span<std::uint8_t> into) {
  const auto size = blobs_->size_of(content);
  if (!size.ok()) return size.error();
  if (!*size) return failure(Errc::kNotFound, "content", "not on this phone: fetch it");
  if (offset >= **size) return std::size_t{0};
  DAYBOOK_ASSIGN(const auto bytes, blobs_->read(content, offset, into.size()));
  std::copy(bytes.begin(), bytes.end(), into.begin());
  return bytes.size();
}

Result<void> OpenHandle::fetch_attachment(const Digest& content) {
  const auto wanted = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->contents().want(content));
    return true;
  });
  attachments_->wake();
  return wanted.ok() ? success() : Result<void>(wanted.error());
}

Result<void> OpenHandle::choose_network(const Digest& content, std::string_view network) {
  DAYBOOK_ASSIGN(const auto line, read_line(network));
  const auto chosen = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->contents().choose_line(content, line));
    return true;
  });
  attachments_->wake();
  return chosen.ok() ? success() : Result<void>(chosen.error());
}

Result<void> OpenHandle::forget_attachment(const Digest& content) {
  const auto forgotten = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->contents().forget(content));
    return true;
  });
  if (!forgotten.ok()) return forgotten.error();
  return blobs_->remove(content);
}

Result<std::string> OpenHandle::free_attachments(std::uint64_t keep_bytes) {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  DAYBOOK_ASSIGN(const auto gone, worker_->ask<std::vector<LocalContent>>([&](Desk& desk) {
    return desk.core->contents().free(keep_bytes, kListedMax);
  }));
  for (const auto& row : gone) {
    // Nothing is there of those that went before.
    DAYBOOK_ASSIGN(const auto size, blobs_->size_of(row.digest));
    if (!size) continue;
    DAYBOOK_TRY(blobs_->remove(row.digest));
    ++count;
    bytes += *size;
  }
  JsonWriter out;
  out.begin_object().key("freed").count(count).key("bytes").count(bytes).end_object();
  return out.take();
}

}  // namespace daybook::abi
