// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/office_client.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/hex.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t kReplySizeMax = 32U << 20;
constexpr std::size_t kSessionFileMax = 64 * 1024;

std::string env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string(value);
}

Error os_failure(const std::string& path) { return failure(Errc::kIo, path, std::strerror(errno)); }

Result<void> write_all(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote < 0) return os_failure("write");
    done += static_cast<std::size_t>(wrote);
  }
  return success();
}

}  // namespace

Result<std::string> session_path() {
  if (auto chosen = env("DAYBOOK_CONFIG"); !chosen.empty()) return chosen;
  const std::string home = env("HOME");
  if (home.empty())
    return failure(Errc::kInvalid, "HOME", "not set; name a file with DAYBOOK_CONFIG");
  const auto base = env("XDG_CONFIG_HOME");
  const std::filesystem::path folder =
      base.empty() ? std::filesystem::path(home) / ".config" : std::filesystem::path(base);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failure(Errc::kIo, folder.string(), error.message());
  return (folder / "daybook").string();
}

Result<SavedSession> load_session(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(Errc::kUnauthorized, "session", path);
  std::string text(kSessionFileMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto json = Json::parse(text, nullptr, false);
  SavedSession session;
  for (auto [name, into] : {std::pair{"server", &session.server}, std::pair{"pin", &session.pin},
                            std::pair{"user", &session.user}, std::pair{"token", &session.token}}) {
    if (!json.is_object() || !json.contains(name) || !json[name].is_string())
      return failure(Errc::kUnauthorized, "session", path);
    *into = json[name].get<std::string>();
  }
  return session;
}

Result<void> save_session(const std::string& path, const SavedSession& session) {
  const Json json = {{"server", session.server},
                     {"pin", session.pin},
                     {"user", session.user},
                     {"token", session.token}};
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());
  const int file =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return os_failure(beside);
  const auto wrote = write_all(file, json.dump(2) + "\n");
  ::close(file);
  DAYBOOK_TRY(wrote);
  if (::rename(beside.c_str(), path.c_str()) != 0) return os_failure(path);
  return success();
}

Result<ServerAddress> address_of(const std::string& server, const std::string& pin) {
  constexpr std::string_view kScheme = "https://";
  ServerAddress address;
  if (server.compare(0, kScheme.size(), kScheme) != 0)
    return failure(Errc::kInvalid, "server", "expected https://host:port");
  std::string_view rest = std::string_view(server).substr(kScheme.size());
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return failure(Errc::kInvalid, "server", "expected https://host:port");
  const auto port = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  const bool number = error == std::errc{} && end == port.data() + port.size() && address.port != 0;
  if (!number) return failure(Errc::kInvalid, "server", "expected https://host:port");
  auto host = rest.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  address.host = host;
  auto bytes = pin.size() == 2 * Digest::kSize ? from_hex(pin) : from_base64url(pin);
  const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!digest)
    return failure(Errc::kInvalid, "pin", "expected the 64 hex digits that daybookd prints");
  address.pins.push_back(*digest);
  return address;
}

Result<Answer> OfficeClient::call(const std::string& method, const std::string& path,
                                  const std::optional<Json>& body,
                                  const std::string& idempotency_key) {
  return call_with(
      method, path,
      body ? body->dump(-1, ' ', false, Json::error_handler_t::replace) : std::string{},
      idempotency_key);
}

Result<Answer> OfficeClient::call_with(const std::string& method, const std::string& path,
                                       const std::string& text,
                                       const std::string& idempotency_key) {
  HttpCall call;
  call.method = method;
  call.target = path;
  call.headers.push_back({"Accept", "application/json"});
  if (!token_.empty()) call.headers.push_back({"Authorization", "Bearer " + token_});
  if (!idempotency_key.empty()) call.headers.push_back({"Idempotency-Key", idempotency_key});
  if (!text.empty()) call.content_type = "application/json";
  call.body = view_of(text);
  call.reply_size_max = kReplySizeMax;
  DAYBOOK_ASSIGN(const auto reply, send(call, method == "GET" || !idempotency_key.empty()));
  Answer answer{reply.status, Json::parse(text_of(reply.body), nullptr, false)};
  // A captive portal cannot show our key, but a misled address may be some other server of ours.
  if (answer.json.is_discarded())
    return failure(Errc::kUntrusted, "reply", "not JSON, status " + std::to_string(reply.status));
  return answer;
}

Result<HttpReply> OfficeClient::send(const HttpCall& call, bool may_repeat) {
  auto reply = https_.request(call);
  if (!reply.ok() && may_repeat &&
      (reply.error().code == Errc::kCut || reply.error().code == Errc::kTimedOut)) {
    reply = https_.request(call);
  }
  return reply;
}

Result<TextAnswer> OfficeClient::text(const std::string& path) {
  HttpCall call;
  call.method = "GET";
  call.target = path;
  if (!token_.empty()) call.headers.push_back({"Authorization", "Bearer " + token_});
  call.reply_size_max = kReplySizeMax;
  DAYBOOK_ASSIGN(const auto reply, send(call, true));
  TextAnswer answer;
  answer.status = reply.status;
  answer.text = std::string(text_of(reply.body));
  for (auto [name, into] :
       {std::pair{"daybook-next", &answer.next}, std::pair{"daybook-total", &answer.total},
        std::pair{"daybook-behind", &answer.behind}}) {
    if (const auto* value = reply.find_header(name); value != nullptr) *into = *value;
  }
  return answer;
}

Result<PartAnswer> OfficeClient::part(const std::string& path, std::uint64_t first,
                                      std::uint64_t last) {
  HttpCall call;
  call.method = "GET";
  call.target = path;
  if (!token_.empty()) call.headers.push_back({"Authorization", "Bearer " + token_});
  call.headers.push_back({"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(last)});
  call.reply_size_max = kReplySizeMax;
  DAYBOOK_ASSIGN(auto reply, send(call, true));
  PartAnswer answer{reply.status, std::move(reply.body), 0};
  answer.size = first + answer.bytes.size();
  if (const auto* range = reply.find_header("content-range"); range != nullptr) {
    const auto slash = range->find('/');
    if (slash != std::string::npos)
      answer.size = std::strtoull(range->c_str() + slash + 1, nullptr, 10);
  }
  return answer;
}

}  // namespace daybook::cli
