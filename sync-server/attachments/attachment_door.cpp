// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/attachment_door.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/base/planted_bug.hpp"
#include "core/wire/possession.hpp"
#include "sync-server/attachments/upload_replies.hpp"

namespace daybook {
namespace {

constexpr std::string_view kRoot = "/v1/attachments";
constexpr std::uint64_t kPieceMax = 4ULL << 20;
constexpr std::size_t kHashedAtOnce = kLookBytes;
constexpr std::size_t kChallengesMax = 10'000;
constexpr std::int64_t kChallengeMs = 15LL * 60 * 1000;
constexpr std::string_view kProof = "/proof";
constexpr std::string_view kStanding = "standing";
constexpr int kChecksumMismatch = 460;  // tus
constexpr int kPreconditionFailed = 412;
constexpr int kForbidden = 403;
constexpr int kUnsupportedMediaType = 415;

std::string_view name_in(const http::Request& request) {
  const std::string_view path = request.path;
  return path.size() > kRoot.size() + 1 ? path.substr(kRoot.size() + 1) : std::string_view{};
}

bool is_piece(const http::Request& request) {
  const auto* type = request.find_header("content-type");
  return type != nullptr && *type == kPieceType;
}

std::string location_of(const Digest& content) {
  return std::string(kRoot) + "/" + to_hex(content.view());
}

}  // namespace

bool AttachmentDoor::owns(const http::Request& request) {
  return request.path == kRoot || request.path.starts_with(std::string(kRoot) + "/");
}

http::Response AttachmentDoor::refuse(const http::Request& request, const Error& error) {
  parts_.trace.note(TraceLevel::kInfo, "attachment.refused",
                    {{"path", request.path},
                     {"code", std::string(name_of(error.code))},
                     {"field", error.field},
                     {"peer", request.peer}});
  return tus_error(error);
}

std::optional<http::Response> AttachmentDoor::on_head(const http::Request& head,
                                                      std::uint64_t content_length) {
  if (head.method == "OPTIONS") return std::nullopt;
  const auto device = parts_.sessions.authenticate(head);
  if (!device.ok()) return refuse(head, device.error());
  if (content_length > kPieceMax)
    return refuse(head, failure(Errc::kTooLarge, "body", std::to_string(kPieceMax)));
  const auto* version = head.find_header("tus-resumable");
  if (head.method != "GET" && (version == nullptr || *version != kTusVersion)) {
    auto response = tus_error(failure(Errc::kNotSupported, "tus-resumable", "1.0.0"));
    response.status = kPreconditionFailed;
    response.headers.push_back({"Tus-Version", std::string(kTusVersion)});
    return response;
  }
  return std::nullopt;
}

void AttachmentDoor::on_request(http::Request request, http::ReplySink sink) {
  if (request.method == "OPTIONS") return sink.reply(options_reply());
  const auto device = parts_.sessions.authenticate(request);
  if (!device.ok()) return sink.reply(refuse(request, device.error()));
  if (const auto obeyed = obey_override(request); !obeyed.ok())
    return sink.reply(refuse(request, obeyed.error()));
  answer(*device, std::move(request), sink.reply);
}

void AttachmentDoor::on_cut(http::Request partial) {
  const auto device = parts_.sessions.authenticate(partial);
  const bool keep = device.ok() && is_piece(partial) && !partial.body.empty() &&
                    partial.find_header("upload-checksum") == nullptr &&
                    obey_override(partial).ok();
  if (keep) answer(*device, std::move(partial), [](http::Response) {});
}

void AttachmentDoor::answer(const DeviceRow& device, http::Request request, const Reply& reply) {
  const auto wrong = [&](const Error& error) { reply(refuse(request, error)); };
  auto name = name_in(request);
  if (name.empty()) {
    if (request.method == "POST") return create(device, std::move(request), reply);
    return wrong(failure(Errc::kInvalid, "method", request.method.substr(0, 16)));
  }
  if (name == kStanding && request.method == "POST")
    return tell_standing(device.device, request, reply);
  const bool proof = name.ends_with(kProof);
  if (proof) name.remove_suffix(kProof.size());
  const auto content = read_content_name(name);
  if (!content.ok()) return wrong(content.error());
  const Key key{device.device, *content};
  if (proof && request.method == "POST") return prove(device, *content, request.body, reply);
  if (request.method == "HEAD") return tell_offset(key, reply);
  if (request.method == "DELETE") return give_up(key, reply);
  if (request.method == "GET") return reader_.give(device, *content, request, reply);
  if (request.method != "PATCH")
    return wrong(failure(Errc::kInvalid, "method", request.method.substr(0, 16)));
  if (!is_piece(request))
    return reply(tus_error(failure(Errc::kInvalid, "content-type", std::string(kPieceType)),
                           kUnsupportedMediaType));
  const auto offset = read_count(request, "upload-offset");
  if (!offset.ok()) return wrong(offset.error());
  bring(key, *offset, std::move(request), reply);
}

void AttachmentDoor::tell_standing(const DeviceId& device, const http::Request& request,
                                   const Reply& reply) {
  const auto asked = wire::decode_standing_question(request.body);
  if (!asked.ok()) return reply(refuse(request, asked.error()));
  using Standings = std::vector<wire::ContentStanding>;
  errands_.ask_core<Standings>(
      [this, device, contents = *asked](ServerCore& core) {
        return Lane(core.store(), parts_.limits, core.clock().wall_ms())
            .standing_of(device, contents);
      },
      [reply](const Result<Standings>& told) {
        if (!told.ok()) return reply(tus_error(told.error()));
        auto response = tus_reply(200);
        response.headers.push_back({"Content-Type", "application/octet-stream"});
        response.body = wire::encode_standings(*told);
        reply(std::move(response));
      });
}

// --- what is due ---

void AttachmentDoor::find_upload(const Key& key, const Then<Incoming>& then) {
  if (auto* known = uploads_.find(key); known != nullptr) {
    known->used_ms = parts_.clock.steady_ms();
    return then(*known);
  }
  errands_.ask_core<Lane::Admission>(
      [this, key](ServerCore& core) {
        return Lane(core.store(), parts_.limits, core.clock().wall_ms())
            .admit(key.first, key.second);
      },
      [this, key, then](Result<Lane::Admission> admitted) {
        if (!admitted.ok()) return then(admitted.error());
        const auto size = admitted->size;
        const auto expires_ms = admitted->expires_ms;
        const auto media_type = admitted->media_type;
        const bool is_damaged = admitted->is_damaged;
        if (admitted->is_here) return then(Incoming{size, size, false, false, 0, 0, {}});
        errands_.aside<std::pair<std::uint64_t, bool>>(
            [this, key]() -> Result<std::pair<std::uint64_t, bool>> {
              DAYBOOK_ASSIGN(const auto kept, parts_.blobs.kept(UploadTable::id_of(key)));
              DAYBOOK_ASSIGN(const auto content, parts_.blobs.size_of(key.second));
              return std::pair{kept, content.has_value()};
            },
            [this, key, size, expires_ms, media_type, is_damaged,
             then](Result<std::pair<std::uint64_t, bool>> kept) {
              if (!kept.ok()) return then(told_outside(kept.error()));
              if (auto* meanwhile = uploads_.find(key); meanwhile != nullptr)
                return then(*meanwhile);
              then(uploads_.put(key, {size, kept->first, false, kept->second && !is_damaged,
                                      parts_.clock.steady_ms(), expires_ms, media_type}));
            });
      });
}

void AttachmentDoor::create(const DeviceRow& device, http::Request request, const Reply& reply) {
  const auto length = read_count(request, "upload-length");
  const auto* metadata = request.find_header("upload-metadata");
  const auto content = read_upload_metadata(metadata == nullptr ? std::string_view{} : *metadata);
  if (!length.ok() || !content.ok())
    return reply(refuse(request, length.ok() ? content.error() : length.error()));
  if (*length > kAttachmentSizeMax)
    return reply(
        refuse(request, failure(Errc::kTooLarge, "content", std::to_string(kAttachmentSizeMax))));
  const Key key{device.device, *content};
  find_upload(key, [this, key, length = *length, request = std::move(request),
                    reply](Result<Incoming> found) {
    if (!found.ok()) return reply(refuse(request, found.error()));
    const Incoming& upload = *found;
    if (upload.size != length)
      return reply(refuse(request, failure(Errc::kInvalid, "upload-length",
                                           std::to_string(upload.size) + " was promised")));
    // Whoever may prove may bring the bytes as well: then they are the proof.
    if (upload.is_in_store && request.find_header("daybook-may-prove") != nullptr)
      return challenge(key, reply);
    const auto created = [key, reply](http::Response told) {
      if (told.status != 204) return reply(std::move(told));
      told.status = 201;
      told.headers.push_back({"Location", location_of(key.second)});
      reply(std::move(told));
    };
    if (upload.kept == 0 && is_piece(request) && !request.body.empty())
      return bring(key, 0, request, created);
    if (is_whole(key)) return write_piece(key, {}, created);
    created(offset_reply(204, upload.kept, upload.expires_ms));
  });
}

// All its bytes are durable, and the power went before it could be called a content.
bool AttachmentDoor::is_whole(const Key& key) {
  const auto* upload = uploads_.find(key);
  return upload != nullptr && !upload->busy && upload->kept == upload->size;
}

void AttachmentDoor::tell_offset(const Key& key, const Reply& reply) {
  find_upload(key, [this, key, reply](Result<Incoming> found) {
    if (!found.ok()) return reply(tus_error(found.error()));
    const auto tell = [reply, size = found->size, content = key.second](http::Response told) {
      if (told.status == 204) {
        told.status = 200;
        told.headers.push_back({"Upload-Metadata", print_upload_metadata(content)});
      }
      told.headers.push_back({"Upload-Length", std::to_string(size)});
      reply(std::move(told));
    };
    if (is_whole(key)) return write_piece(key, {}, tell);
    tell(offset_reply(204, found->kept, found->expires_ms));
  });
}

void AttachmentDoor::give_up(const Key& key, const Reply& reply) {
  if (auto* upload = uploads_.find(key); upload != nullptr && upload->busy)
    return reply(tus_error(failure(Errc::kBusy, "upload", "a piece is being written")));
  uploads_.erase(key);
  errands_.aside<bool>(
      [this, key]() -> Result<bool> {
        DAYBOOK_TRY(parts_.blobs.drop(UploadTable::id_of(key)));
        return true;
      },
      [reply](Result<bool> dropped) {
        reply(dropped.ok() ? tus_reply(204) : tus_error(told_outside(dropped.error())));
      });
}

// --- bytes that come ---

void AttachmentDoor::bring(const Key& key, std::uint64_t offset, http::Request request,
                           const Reply& reply) {
  const auto checksum = read_checksum(request);
  if (!checksum.ok()) return reply(refuse(request, checksum.error()));
  if (*checksum && sha256(request.body) != **checksum) {
    auto response = tus_error(failure(Errc::kWrongHash, "upload-checksum"));
    response.status = kChecksumMismatch;
    return reply(std::move(response));
  }
  find_upload(key, [this, key, offset, request = std::move(request),
                    reply](Result<Incoming> found) {
    if (!found.ok()) return reply(refuse(request, found.error()));
    const Incoming& upload = *found;
    if (offset != upload.kept) return reply(offset_reply(409, upload.kept));
    if (request.body.size() > upload.size - upload.kept)
      return reply(refuse(request, failure(Errc::kTooLarge, "body", "beyond the content's end")));
    // Complete and noted before: nothing is left to write.
    if (upload.kept == upload.size && uploads_.find(key) == nullptr)
      return reply(offset_reply(204, upload.size));
    if (upload.busy)
      return reply(refuse(request, failure(Errc::kBusy, "upload", "a piece is being written")));
    write_piece(key, request.body, reply);
  });
}

void AttachmentDoor::write_piece(const Key& key, Bytes piece, const Reply& reply) {
  auto* upload = uploads_.find(key);
  ensure(upload != nullptr);
  upload->busy = true;
  const std::size_t bytes = piece.size();
  const bool last = upload->kept + bytes == upload->size;
  errands_.aside<ContentLook>(
      [this, key, at = upload->kept, size = upload->size, last, promised = upload->media_type,
       piece = std::move(piece)]() -> Result<ContentLook> {
        const Uuid id = UploadTable::id_of(key);
        ContentLook look;
        if (!piece.empty()) DAYBOOK_TRY(parts_.blobs.grow(id, at, piece));
        // A large content in disguise goes with its first piece, and none becomes a content.
        if (last || at < kKindBytes) {
          DAYBOOK_ASSIGN(const auto head, parts_.blobs.head(id, last ? kLookBytes : kKindBytes));
          look = look_at_content(head);
          DAYBOOK_TRY(check_look(promised, look));
        }
        if (last) DAYBOOK_TRY(parts_.blobs.finish(id, key.second, size));
        return look;
      },
      [this, key, bytes, reply](const Result<ContentLook>& written) {
        piece_written(key, bytes, written, reply);
      });
}

void AttachmentDoor::piece_written(const Key& key, std::size_t bytes,
                                   const Result<ContentLook>& written, const Reply& reply) {
  auto* upload = uploads_.find(key);
  ensure(upload != nullptr && upload->busy);
  upload->busy = false;
  if (!written.ok() && planted(PlantedBug::kOffsetTrustedAfterFailure)) {
    upload->kept += bytes;
    return reply(tus_error(told_outside(written.error())));
  }
  if (!written.ok()) return piece_refused(key, written.error(), reply);
  upload->kept += bytes;
  if (upload->kept < upload->size)
    return reply(offset_reply(204, upload->kept, upload->expires_ms));
  note_arrival(key, upload->size, *written, [this, key, reply](Result<bool> noted) {
    const auto* done = uploads_.find(key);
    const std::uint64_t size = done == nullptr ? 0 : done->size;
    uploads_.erase(key);
    reply(noted.ok() ? offset_reply(204, size) : tus_error(noted.error()));
  });
}

// How far it really is, the blob store says when somebody asks; what is something else than it was
// promised to be goes, and may come anew.
void AttachmentDoor::piece_refused(const Key& key, const Error& why, const Reply& reply) {
  uploads_.erase(key);
  parts_.trace.note(TraceLevel::kWarning, "attachment.not_kept",
                    {{"content", to_hex(key.second.view())},
                     {"device", to_string(key.first)},
                     {"error", to_string(why)}});
  const bool is_other = why.code == Errc::kWrongHash || why.code == Errc::kWrongType;
  if (!is_other) return reply(tus_error(told_outside(why)));
  const Error told = failure(why.code, "content", why.detail);
  const int status = why.code == Errc::kWrongHash ? kForbidden : kUnsupportedMediaType;
  give_up(key, [reply, told, status](const http::Response&) { reply(tus_error(told, status)); });
}

void AttachmentDoor::note_arrival(const Key& key, std::uint64_t size, const ContentLook& look,
                                  const Then<bool>& then) {
  errands_.ask_core<bool>(
      [this, key, size, look](ServerCore& core) -> Result<bool> {
        DAYBOOK_TRY(Lane(core.store(), parts_.limits, core.clock().wall_ms())
                        .arrived(key.first, key.second, size, look));
        return true;
      },
      then);
}

// --- who has it may say so ---

void AttachmentDoor::challenge(const Key& key, const Reply& reply) {
  const auto now = parts_.clock.steady_ms();
  std::erase_if(challenges_, [&](const auto& one) { return one.second.expires_ms <= now; });
  if (challenges_.size() >= kChallengesMax) return reply(tus_error(failure(Errc::kBusy, "proof")));
  Challenge made{Bytes(32), now + kChallengeMs};
  parts_.rng.fill(made.nonce);
  auto response = tus_error(failure(Errc::kAlreadyExists, "content", "prove that you have it"));
  response.status = 409;
  response.headers.push_back({"Daybook-Challenge", to_base64url(made.nonce)});
  response.headers.push_back({"Location", location_of(key.second)});
  challenges_[key] = std::move(made);
  reply(std::move(response));
}

void AttachmentDoor::prove(const DeviceRow& device, const Digest& content, const Bytes& body,
                           const Reply& reply) {
  const Key key{device.device, content};
  const auto found = challenges_.find(key);
  const auto proof = Digest::from(body);
  if (found == challenges_.end() || found->second.expires_ms <= parts_.clock.steady_ms() || !proof)
    return reply(tus_error(failure(Errc::kInvalid, "proof", "ask for a challenge first")));
  const Bytes nonce = std::move(found->second.nonce);
  challenges_.erase(found);  // one try each
  using Proven = std::pair<std::uint64_t, ContentLook>;
  errands_.aside<Proven>(
      [this, device = device.device, content, nonce, proof = *proof]() -> Result<Proven> {
        Sha256 hash;
        wire::begin_possession_proof(hash, nonce, device);
        std::uint64_t at = 0;
        ContentLook look;
        const auto there = parts_.blobs.size_of(content);
        if (!there.ok()) return told_outside(there.error());
        const auto size = *there;
        if (!size) return failure(Errc::kNotFound, "content");
        while (at < *size) {
          const auto piece = parts_.blobs.read(content, at, kHashedAtOnce);
          if (!piece.ok()) return told_outside(piece.error());
          hash.update(*piece);
          if (at == 0) look = look_at_content(*piece);
          at += piece->size();
        }
        const bool is_proven = equal_in_constant_time(hash.finish().view(), proof.view());
        if (!is_proven && !planted(PlantedBug::kProofNotCompared))
          return failure(Errc::kForbidden, "proof", "is not of this content");
        return Proven{*size, look};
      },
      [this, key, reply](Result<Proven> proven) {
        if (!proven.ok()) return reply(tus_error(proven.error()));
        // A piece that is being written still needs its place in the table.
        const auto* upload = uploads_.find(key);
        const bool is_free = upload == nullptr || !upload->busy;
        if (is_free) uploads_.erase(key);
        note_arrival(key, proven->first, proven->second,
                     [this, key, is_free, reply, size = proven->first](const Result<bool>& noted) {
                       proven_noted(key, is_free, size, noted, reply);
                     });
      });
}

void AttachmentDoor::proven_noted(const Key& key, bool is_free, std::uint64_t size,
                                  const Result<bool>& noted, const Reply& reply) {
  if (!noted.ok()) {
    const bool is_other = noted.error().code == Errc::kWrongType;
    return reply(tus_error(noted.error(), is_other ? kUnsupportedMediaType : 0));
  }
  // What was left of an upload that the power cut short at its very end is of no use any more.
  const auto tell = [reply, size](const http::Response&) { reply(offset_reply(204, size)); };
  if (is_free) return give_up(key, tell);
  tell({});
}

}  // namespace daybook
