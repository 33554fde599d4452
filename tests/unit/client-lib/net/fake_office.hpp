// SPDX-License-Identifier: Apache-2.0
// The office's half of EXCHANGE.md, as short as it can be, behind a real door: sessions, proofs,
// exchanges, the line. The reply to a request is made by a function of the test. Everything is
// guarded by one mutex, because tests look in from their own thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/crypto/device_key.hpp"
#include "core/wire/line.hpp"
#include "sync-server/http/message.hpp"

namespace daybook::test {

class FakeOffice : public http::Handler {
 public:
  FakeOffice(const Uuid& device, PublicKey key) : device_(device), key_(std::move(key)) {}

  std::optional<http::Response> on_head(const http::Request& head,
                                        std::uint64_t content_length) override;
  void on_request(http::Request request, http::ReplySink sink) override;
  void on_cut(http::Request partial, std::uint64_t content_length) override;

  // What tests turn.
  std::function<Bytes(BytesView)> carry_out = [](BytesView request) {
    return Bytes(request.begin(), request.end());
  };
  std::function<void(http::Response&)> spoil = [](http::Response&) {
  };  // every answer to an exchange
  void revoke();
  void forget_exchanges();
  void forget_tokens();
  void refuse_on_line(std::optional<Errc> code);
  void fall_silent(bool silent);
  void cut_line();

  int carried_out() const;
  int sessions_opened() const;
  std::size_t tokens_refused() const;

 private:
  struct Exchange {
    Bytes request;
    std::uint64_t total = 0;
    std::optional<Bytes> reply;
  };
  struct Part {
    std::string id;
    std::uint64_t offset = 0;
    std::uint64_t total = 0;
    std::uint64_t have = 0;
  };

  struct TalkLine {
    std::shared_ptr<http::LiveStream> stream;
    wire::LineReader reader{wire::kLinePayloadSizeMax};
    wire::LineTalk up;
    wire::LineTalk down;
  };

  void open_line(const http::ReplySink& sink);
  bool hear(BytesView bytes);
  void say(wire::LineKind kind, BytesView payload);
  static std::optional<Part> read_part(const http::Request& request);
  bool is_proved(const http::Request& request);
  http::Response open_session(const http::Request& request);
  http::Response answer_state(const std::string& id, int status);
  http::Response answer_part(const http::Request& request);
  void append(Exchange& exchange, const Part& part, BytesView body);

  const Uuid device_;
  const PublicKey key_;
  mutable std::mutex mutex_;
  bool revoked_ = false;
  std::set<Bytes> nonces_;
  std::set<Bytes> tokens_;
  std::map<std::uint64_t, Bytes> proved_;  // connection to token
  std::map<std::string, Exchange> exchanges_;
  TalkLine line_;
  std::optional<Errc> line_refusal_;
  bool line_silent_ = false;
  int carried_out_ = 0;
  int sessions_ = 0;
  std::size_t tokens_refused_ = 0;
};

}  // namespace daybook::test
