// SPDX-License-Identifier: Apache-2.0
#include "sync-server/session/device_door.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "sync-server/auth/enrolment.hpp"

namespace daybook {
namespace {

constexpr std::string_view kCbor = "application/cbor";
constexpr std::string_view kExchangePath = "/v1/exchange/";
constexpr std::uint64_t kSmallBodyMax = 16 * 1024;  // enrolment and sessions
constexpr std::string_view kStillHere("\0\0", 2);   // the packet that keeps a line awake

int status_of(Errc code) {
  switch (code) {
    case Errc::kUnauthorized: return 401;
    case Errc::kForbidden:
    case Errc::kRevoked:
    case Errc::kWrongSignature: return 403;
    case Errc::kNotFound: return 404;
    case Errc::kTooLarge: return 413;
    case Errc::kBusy: return 503;
    case Errc::kDiskFull: return 507;
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal: return 500;
    default: return 400;
  }
}

http::Response cbor_reply(Bytes body) {
  http::Response response;
  response.content_type = kCbor;
  response.body = std::move(body);
  return response;
}

void add_state(http::Response& response, const Uuid& id, const ExchangeState& state) {
  response.headers.push_back({"Exchange-Id", to_base64url(id.view())});
  const std::string reply = state.reply ? std::to_string(*state.reply) : "-";
  response.headers.push_back(
      {"Exchange-State", "received=" + std::to_string(state.received) + ";reply=" + reply});
  if (state.reply)
    response.headers.push_back({"Exchange-Digest", to_base64url(state.digest.view())});
}

http::Response state_reply(int status, const Uuid& id, const ExchangeState& state) {
  http::Response response;
  response.status = status;
  response.content_type = kCbor;
  add_state(response, id, state);
  return response;
}

}  // namespace

http::Response device_error(const Error& error) {
  http::Response response =
      cbor_reply(wire::encode(wire::ErrorReply{error.code, error.field, error.detail}));
  response.status = status_of(error.code);
  response.headers.push_back({"Daybook-Error", std::string(name_of(error.code))});
  return response;
}

DeviceDoor::DeviceDoor(DeviceSessions& sessions, LiveHub& hub, Clock& clock, Trace& trace,
                       Submit submit, Post post)
    : sessions_(sessions),
      hub_(hub),
      trace_(trace),
      exchanges_(clock),
      submit_(std::move(submit)),
      post_(std::move(post)) {}

http::Response DeviceDoor::refuse(const http::Request& request, const Error& error) {
  trace_.note(TraceLevel::kInfo, "device.refused",
              {{"path", request.path},
               {"code", std::string(name_of(error.code))},
               {"field", error.field},
               {"peer", request.peer}});
  return device_error(error);
}

bool DeviceDoor::owns(const http::Request& request) {
  return request.path.compare(0, 4, "/v1/") == 0;
}

std::optional<http::Response> DeviceDoor::on_head(const http::Request& head,
                                                  std::uint64_t content_length) {
  const bool open = head.path == "/v1/enrol" || head.path == "/v1/session";
  if (open && head.method != "POST")
    return refuse(head, failure(Errc::kInvalid, "method", head.method));
  if (open) {
    if (content_length > kSmallBodyMax)
      return refuse(head, failure(Errc::kTooLarge, "body", std::to_string(kSmallBodyMax)));
    return std::nullopt;
  }
  const auto device = sessions_.authenticate(head);
  if (!device.ok()) return refuse(head, device.error());
  if (content_length > wire::kRequestSizeMax) {
    return refuse(head, failure(Errc::kTooLarge, "body", std::to_string(wire::kRequestSizeMax)));
  }
  const bool sync = head.path == "/v1/sync" && head.method == "POST";
  const bool live = head.path == "/v1/live" && head.method == "GET";
  const bool exchange =
      head.path.compare(0, kExchangePath.size(), kExchangePath) == 0 && head.method == "GET";
  if (!sync && !live && !exchange) return refuse(head, failure(Errc::kNotFound, "path", head.path));
  return std::nullopt;
}

void DeviceDoor::on_request(http::Request request, http::ReplySink sink) {
  if (request.path == "/v1/enrol") return enrol(request, std::move(sink.reply));
  if (request.path == "/v1/session") return session(request, std::move(sink.reply));
  const auto device = sessions_.authenticate(request);
  if (!device.ok()) return sink.reply(refuse(request, device.error()));
  if (request.path == "/v1/live") return open_line(*device, request, sink);
  if (request.path == "/v1/sync") return sync(*device, std::move(request), std::move(sink.reply));
  exchange(*device, request, sink.reply);
}

void DeviceDoor::on_cut(http::Request partial) {
  const auto device = sessions_.authenticate(partial);
  if (!device.ok() || partial.path != "/v1/sync") return;
  // The connection is gone; what arrived is kept, and carried out when it was the last piece.
  sync(*device, std::move(partial), [](http::Response) {});
}

void DeviceDoor::enrol(const http::Request& request, Reply reply) {
  auto asked = wire::decode_enrol_request(request.body);
  if (!asked.ok()) return reply(refuse(request, asked.error()));
  auto fail = [reply](const Error& why) { reply(device_error(why)); };
  const bool taken =
      submit_({[this, asked = *std::move(asked), channel = request.channel,
                reply](ServerCore& core) -> Result<AfterCommit> {
                 Enrolment enrolment(core.store(), core.schema(), core.clock(), core.rng());
                 auto enrolled = enrolment.enrol(asked, channel);
                 return AfterCommit([this, reply, enrolled = std::move(enrolled)] {
                   // Sessions from before hold what the device was then.
                   if (enrolled.ok()) sessions_.forget(enrolled->device);
                   reply(enrolled.ok() ? cbor_reply(wire::encode(*enrolled))
                                       : device_error(enrolled.error()));
                 });
               },
               fail});
  if (!taken) fail(failure(Errc::kBusy));
}

void DeviceDoor::session(const http::Request& request, Reply reply) {
  auto asked = wire::decode_session_request(request.body);
  if (!asked.ok()) return reply(refuse(request, asked.error()));
  if (asked->nonce.empty()) {
    wire::SessionReply offer;
    offer.nonce = sessions_.make_nonce();
    return reply(cbor_reply(wire::encode(offer)));
  }
  const auto expires = sessions_.check_nonce(asked->nonce);
  if (!expires.ok()) return reply(refuse(request, expires.error()));
  auto fail = [reply](const Error& why) { reply(device_error(why)); };
  auto open = [this, asked = *asked, expires = *expires,
               channel = request.channel](ServerCore& core) -> Result<wire::SessionReply> {
    const Error refused = failure(Errc::kUnauthorized, "proof", "refused");
    DAYBOOK_ASSIGN(const auto device, core.store().find_device(asked.device));
    if (!device) return refused;
    const Bytes message = wire::session_signing_bytes(asked.device, asked.nonce, channel);
    if (!verify(device->key, message, asked.proof).ok()) return refused;
    if (device->status == DeviceStatus::kStolen) return failure(Errc::kRevoked, "device");
    DAYBOOK_ASSIGN(const bool fresh,
                   core.store().use_nonce(sha256(asked.nonce), expires, core.clock().wall_ms()));
    if (!fresh) return refused;
    return sessions_.open(*device);
  };
  const bool taken = submit_({[open, reply](ServerCore& core) -> Result<AfterCommit> {
                                auto opened = open(core);
                                return AfterCommit([reply, opened = std::move(opened)] {
                                  reply(opened.ok() ? cbor_reply(wire::encode(*opened))
                                                    : device_error(opened.error()));
                                });
                              },
                              fail});
  if (!taken) fail(failure(Errc::kBusy));
}

void DeviceDoor::exchange(const DeviceRow& device, const http::Request& request,
                          const Reply& reply) {
  const auto bytes = from_base64url(std::string_view(request.path).substr(kExchangePath.size()));
  const auto id = bytes ? Uuid::from(*bytes) : std::nullopt;
  if (!id) return reply(device_error(failure(Errc::kInvalid, "exchange", "not an id")));
  reply(state_reply(200, *id, exchanges_.state_of(device.device, *id)));
}

void DeviceDoor::sync(const DeviceRow& device, http::Request request, Reply reply) {
  const auto* line = request.find_header("exchange");
  const auto header = line == nullptr
                          ? Result<ExchangeHeader>(failure(Errc::kInvalid, "exchange", "missing"))
                          : read_exchange_header(*line);
  if (!header.ok()) return reply(refuse(request, header.error()));
  const auto step =
      exchanges_.take(device.device, request.path, *header, request.body, wire::kRequestSizeMax);
  if (!step.ok()) return reply(refuse(request, step.error()));
  switch (*step) {
    case ExchangeTable::Step::kWrongOffset:
      return reply(state_reply(409, header->id, exchanges_.state_of(device.device, header->id)));
    case ExchangeTable::Step::kPart:
    case ExchangeTable::Step::kRunning:
      return reply(state_reply(202, header->id, exchanges_.state_of(device.device, header->id)));
    case ExchangeTable::Step::kReplied:
      return reply(reply_from(device.device, header->id, header->have));
    case ExchangeTable::Step::kWhole: return carry_out(device.device, *header, std::move(reply));
  }
}

http::Response DeviceDoor::reply_from(const DeviceId& device, const Uuid& id,
                                      std::uint64_t have) const {
  const auto state = exchanges_.state_of(device, id);
  const auto whole = exchanges_.reply_of(device, id);
  if (!whole || have > whole->size()) return state_reply(409, id, state);
  http::Response response = state_reply(200, id, state);
  response.body = copy_of(whole->subspan(static_cast<std::size_t>(have)));
  return response;
}

void DeviceDoor::open_line(const DeviceRow& device, const http::Request& request,
                           const http::ReplySink& sink) {
  // A leaver's key may only deposit: no page, and no bell that tells when there is one.
  if (device.status != DeviceStatus::kActive)
    return sink.reply(refuse(request, failure(Errc::kForbidden, "device")));
  const auto* protocol = request.find_header("upgrade");
  if (protocol == nullptr || *protocol != wire::kLineProtocol)
    return sink.reply(refuse(request, failure(Errc::kInvalid, "upgrade", "daybook-line/1")));
  // The key was proven on this very connection and is the line's for as long as it lives: revoking
  // closes it, and the core looks at the device's status with every request.
  const auto ask = [this, id = device.device](wire::SyncRequest asked,
                                              const DeviceLine::Succeed& succeed,
                                              const DeviceLine::Fail& fail) {
    ask_core(
        id, std::move(asked),
        [this, succeed](const wire::SyncReply& answer) {
          post_([succeed, answer] { succeed(answer); });
        },
        [this, fail](const Error& why) { post_([fail, why] { fail(why); }); });
  };
  const auto line = std::make_shared<DeviceLine>(ask, post_);
  http::Upgrade upgrade;
  upgrade.protocol = wire::kLineProtocol;
  upgrade.ping = kStillHere;
  upgrade.hear = [weak = std::weak_ptr(line)](BytesView bytes) {
    const auto heard = weak.lock();
    return heard && heard->hear(bytes);
  };
  line->speak_through(sink.open_line(std::move(upgrade)));
  auto scopes = scopes_of(device);
  scopes.push_back(receipt_scope_of(device.device));
  hub_.add(device.device, std::move(scopes), line);
}

void DeviceDoor::ask_core(const DeviceId& device, wire::SyncRequest asked,
                          const DeviceLine::Succeed& succeed, const DeviceLine::Fail& fail) {
  if (asked.device != device)
    return fail(failure(Errc::kForbidden, "device", "not the one of this token"));
  const DeviceId brings_sets = asked.batch ? device : DeviceId{};
  const bool taken =
      submit_({[asked = std::move(asked), succeed, fail](ServerCore& core) -> Result<AfterCommit> {
                 auto answer = core.sync(asked);
                 if (!answer.ok() && status_of(answer.error().code) >= 500)
                   return std::move(answer).error();
                 return AfterCommit([answer = std::move(answer), succeed, fail] {
                   if (answer.ok()) {
                     succeed(*answer);
                   } else {
                     fail(answer.error());
                   }
                 });
               },
               fail, brings_sets});
  if (!taken) fail(failure(Errc::kBusy));
}

// The loop parses and packs; only the judging and storing is the core's.
void DeviceDoor::carry_out(const DeviceId& device, const ExchangeHeader& header, Reply reply) {
  auto raw = std::make_shared<Bytes>(exchanges_.take_request(device, header.id));
  const auto fail = [this, device, id = header.id, raw, reply](const Error& why) {
    post_([this, device, id, raw, reply, why] {
      exchanges_.failed(device, id, std::move(*raw));
      trace_.note(TraceLevel::kInfo, "device.refused",
                  {{"device", to_string(device)},
                   {"code", std::string(name_of(why.code))},
                   {"field", why.field}});
      http::Response response = device_error(why);
      add_state(response, id, exchanges_.state_of(device, id));
      reply(std::move(response));
    });
  };
  const auto message = wire::unpack(*raw, wire::kRequestSizeMax);
  if (!message.ok()) return fail(message.error());
  auto asked = wire::decode_sync_request(*message);
  if (!asked.ok()) return fail(asked.error());
  const auto succeed = [this, device, header, reply](const wire::SyncReply& answer) {
    post_([this, device, header, reply, answer] {
      exchanges_.replied(device, header.id, wire::pack(wire::encode(answer)));
      reply(reply_from(device, header.id, header.have));
    });
  };
  ask_core(device, *std::move(asked), succeed, fail);
}

}  // namespace daybook
