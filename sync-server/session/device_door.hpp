// SPDX-License-Identifier: Apache-2.0
// The device API over HTTP: /v1/enrol, /v1/session, /v1/sync, /v1/exchange/<id>, /v1/live. Turns
// plain requests into tasks for the core thread and their outcomes into replies; grammar in
// core/wire/PROTOCOL.md and client-lib/net/EXCHANGE.md. Loop thread only; tasks run on the core
// thread and come back through `post`.
#pragma once

#include <functional>
#include <memory>

#include "sync-server/auth/device_sessions.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/session/device_line.hpp"
#include "sync-server/session/exchange_table.hpp"
#include "sync-server/session/live_hub.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class DeviceDoor {
 public:
  // `submit` hands a task to the core thread, false when its queue is full; `post` runs a function
  // on the loop thread.
  using Submit = std::function<bool(CoreTask)>;
  using Post = std::function<void(std::function<void()>)>;
  DeviceDoor(DeviceSessions& sessions, LiveHub& hub, Clock& clock, Trace& trace, Submit submit,
             Post post);

  static bool owns(const http::Request& request);

  std::optional<http::Response> on_head(const http::Request& head, std::uint64_t content_length);
  void on_request(http::Request request, http::ReplySink sink);
  void on_cut(http::Request partial);

 private:
  using Reply = std::function<void(http::Response)>;
  void enrol(const http::Request& request, Reply reply);
  void session(const http::Request& request, Reply reply);
  void sync(const DeviceRow& device, http::Request request, Reply reply);
  void exchange(const DeviceRow& device, const http::Request& request, const Reply& reply);
  void carry_out(const DeviceId& device, const ExchangeHeader& header, Reply reply);
  void open_line(const DeviceRow& device, const http::Request& request,
                 const http::ReplySink& sink);
  // `succeed` and `fail` come back on the core thread.
  void ask_core(const DeviceId& device, wire::SyncRequest asked, const DeviceLine::Succeed& succeed,
                const DeviceLine::Fail& fail);
  http::Response reply_from(const DeviceId& device, const Uuid& id, std::uint64_t have) const;

  http::Response refuse(const http::Request& request, const Error& error);

  DeviceSessions& sessions_;
  LiveHub& hub_;
  Trace& trace_;
  ExchangeTable exchanges_;
  Submit submit_;
  Post post_;
};

// A refusal on the device API: status and Daybook-Error by code, parameters in the body.
http::Response device_error(const Error& error);

}  // namespace daybook
