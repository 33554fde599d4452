// SPDX-License-Identifier: Apache-2.0
// The HTTPS API from the outside: one pinned server, one token, JSON in and out. And the file that
// remembers them between commands, which only its owner may read. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client-lib/net/https_client.hpp"
#include "core/base/result.hpp"
#include "tools/cli/words.hpp"

namespace daybook::cli {

struct SavedSession {
  std::string server;  // "https://host:port"
  std::string pin;     // hex
  std::string user;
  std::string token;
};

// DAYBOOK_CONFIG, else ~/.config/daybook; the folder is made when missing.
Result<std::string> session_path();
Result<SavedSession> load_session(const std::string& path);
Result<void> save_session(const std::string& path,
                          const SavedSession& session);  // mode 0600, replaced in one step

// "https://host:port", nothing behind it. Errors name "server" or "pin".
Result<ServerAddress> address_of(const std::string& server, const std::string& pin);

struct Answer {
  int status = 0;
  Json json;
  bool ok() const { return status >= 200 && status < 300; }
};

struct TextAnswer {
  int status = 0;
  std::string text;
  std::string next, total, behind;  // what Daybook-Next, -Total and -Behind say; else empty
};

// A range of something, and the size of all of it.
struct PartAnswer {
  int status = 0;
  Bytes bytes;
  std::uint64_t size = 0;
};

class OfficeClient {
 public:
  OfficeClient(ServerAddress address, std::string token)
      : https_(std::move(address)), token_(std::move(token)) {}

  // A line that broke is tried once more where that cannot act twice: reading, and writing under a
  // key.
  Result<Answer> call(const std::string& method, const std::string& path,
                      const std::optional<Json>& body = std::nullopt,
                      const std::string& idempotency_key = {});
  // The same with a body that is JSON text already; empty: none.
  Result<Answer> call_with(const std::string& method, const std::string& path,
                           const std::string& text, const std::string& idempotency_key);
  // GET of what is not JSON.
  Result<TextAnswer> text(const std::string& path);
  // GET of the bytes `first` to `last`; fewer may come.
  Result<PartAnswer> part(const std::string& path, std::uint64_t first, std::uint64_t last);

 private:
  Result<HttpReply> send(const HttpCall& call, bool may_repeat);
  HttpsClient https_;
  std::string token_;
};

}  // namespace daybook::cli
