// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/bucket_line.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr int kTriesMax = 3;
constexpr std::size_t kErrorBodySizeMax = 16 * 1024;
constexpr std::size_t kIdleHandlesMax = 8;

const char* name_of(BucketRequest::Method method) {
  switch (method) {
    case BucketRequest::Method::kGet: return "GET";
    case BucketRequest::Method::kHead: return "HEAD";
    case BucketRequest::Method::kPut: return "PUT";
    case BucketRequest::Method::kDelete: return "DELETE";
  }
  return "";
}

void start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  ensure(started);
}

struct FreeHeaders {
  void operator()(curl_slist* headers) const { curl_slist_free_all(headers); }
};

bool is_broken_connection(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
         code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE || code == CURLE_SSL_CONNECT_ERROR;
}

Error failure_of(CURLcode code, const std::string& what, const BucketSettings& settings) {
  const auto error = [&](Errc errc, const std::string& words) {
    return failure(errc, {}, what + ": " + words);
  };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return error(Errc::kIo, "no such host; check endpoint and path_style");
    case CURLE_COULDNT_CONNECT: return error(Errc::kIo, "nobody answers there; check endpoint");
    case CURLE_OPERATION_TIMEDOUT:
      return error(Errc::kBusy, "not a byte for " + std::to_string(settings.stall_timeout_s) +
                                    " s, or no connection within " +
                                    std::to_string(settings.connect_timeout_s) + " s");
    case CURLE_PEER_FAILED_VERIFICATION:
      return error(Errc::kUntrusted, "nobody vouches for its certificate; set ca_file");
    case CURLE_SSL_CACERT_BADFILE:
      return error(Errc::kUntrusted, "ca_file cannot be read as certificates");
    default: return error(Errc::kIo, std::string("it broke off: ") + curl_easy_strerror(code));
  }
}

}  // namespace

// One try, as libcurl calls back.
struct BucketLine::Exchange {
  const BucketRequest& request;
  void* curl = nullptr;
  std::unique_ptr<curl_slist, FreeHeaders> headers;
  BucketReply reply;
  std::uint64_t sent = 0;
  bool has_enough = false;
  std::optional<Error> own_failure;

  std::size_t body_room() const {
    if (!request.range) return request.body_size_max;
    return static_cast<std::size_t>(request.range->second - request.range->first + 1);
  }

  bool is_error() const {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status >= 300;
  }

  // What an error says beyond its first kilobytes is let pass, so that the connection can be used
  // again.
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Exchange*>(user);
    const bool is_error = self.is_error();
    const auto room = (is_error ? kErrorBodySizeMax : self.body_room()) - self.reply.body.size();
    const auto taken = std::min(size, room);
    self.reply.body.insert(self.reply.body.end(), bytes, bytes + taken);
    if (taken == size || is_error) return size;
    self.has_enough = self.request.range.has_value();
    return 0;
  }

  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Exchange*>(user);
    constexpr std::string_view kName = "content-range:";
    std::string_view line(bytes, size);
    if (line.size() < kName.size()) return size;
    for (std::size_t i = 0; i < kName.size(); ++i) {
      const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] + 32) : line[i];
      if (c != kName[i]) return size;
    }
    line.remove_prefix(kName.size());
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    self.reply.range = read_bucket_range(line);
    return size;
  }

  static std::size_t on_send(char* into, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Exchange*>(user);
    const auto left = self.request.file_size - self.sent;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
    const auto got =
        self.request.file->read_at(self.sent, {reinterpret_cast<std::uint8_t*>(into), part});
    if (!got.ok() || *got != part) {
      self.own_failure =
          got.ok() ? failure(Errc::kIo, {}, "a staged upload became shorter") : got.error();
      return CURL_READFUNC_ABORT;
    }
    self.sent += part;
    return part;
  }

  static int on_seek(void* user, curl_off_t offset, int origin) {
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Exchange*>(user)->sent = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
  }
};

BucketLine::BucketLine(BucketSettings settings, BucketPlace place)
    : settings_(std::move(settings)), place_(std::move(place)) {
  start_curl();
}

BucketLine::~BucketLine() = default;

BucketLine::Handle BucketLine::take_handle() {
  const std::lock_guard lock(idle_mutex_);
  if (idle_.empty()) {
    Handle made(curl_easy_init(), curl_easy_cleanup);
    ensure(made != nullptr);
    return made;
  }
  auto handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void BucketLine::give_back(Handle handle) {
  curl_easy_reset(handle.get());  // keeps its connection, forgets the rest
  const std::lock_guard lock(idle_mutex_);
  if (idle_.size() < kIdleHandlesMax) idle_.push_back(std::move(handle));
}

void BucketLine::set_up(void* curl, const BucketRequest& request, Exchange& exchange) const {
  const auto set = [curl](CURLoption option, auto value) {
    ensure(curl_easy_setopt(curl, option, value) == CURLE_OK);
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, place_.tls ? "https" : "http");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings_.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings_.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // only that is believed then
  }
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings_.connect_timeout_s));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.stall_timeout_s));
  set(CURLOPT_AWS_SIGV4, ("aws:amz:" + settings_.region + ":s3").c_str());
  set(CURLOPT_USERNAME, settings_.access_key_id.c_str());
  set(CURLOPT_PASSWORD, settings_.secret_key.c_str());

  const auto digest = request.file != nullptr ? request.file_digest : sha256({});
  exchange.headers.reset(
      curl_slist_append(nullptr, ("x-amz-content-sha256: " + to_hex(digest.raw)).c_str()));
  set(CURLOPT_HTTPHEADER, exchange.headers.get());
  set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  set(CURLOPT_WRITEDATA, &exchange);
  set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  set(CURLOPT_HEADERDATA, &exchange);

  switch (request.method) {
    case BucketRequest::Method::kGet: set(CURLOPT_HTTPGET, 1L); break;
    case BucketRequest::Method::kHead: set(CURLOPT_NOBODY, 1L); break;
    case BucketRequest::Method::kDelete: set(CURLOPT_CUSTOMREQUEST, "DELETE"); break;
    case BucketRequest::Method::kPut:
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.file_size));
      set(CURLOPT_READFUNCTION, &Exchange::on_send);
      set(CURLOPT_READDATA, &exchange);
      set(CURLOPT_SEEKFUNCTION, &Exchange::on_seek);
      set(CURLOPT_SEEKDATA, &exchange);
      break;
  }
  if (request.range) {
    const auto words =
        std::to_string(request.range->first) + "-" + std::to_string(request.range->second);
    set(CURLOPT_RANGE, words.c_str());
  }
}

Result<BucketReply> BucketLine::try_once(const BucketRequest& request, bool& may_retry) {
  auto handle = take_handle();
  Exchange exchange{
      .request = request, .curl = handle.get(), .headers = nullptr, .reply = {}, .own_failure = {}};
  set_up(handle.get(), request, exchange);
  const auto code = curl_easy_perform(handle.get());
  auto& reply = exchange.reply;
  long status = 0;
  curl_off_t length = -1;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  give_back(std::move(handle));
  reply.status = static_cast<int>(status);
  if (length >= 0) reply.content_length = static_cast<std::uint64_t>(length);

  const auto what = std::string(name_of(request.method)) + " " + place_.root;
  may_retry = false;
  if (exchange.own_failure) return *exchange.own_failure;
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && exchange.has_enough)) {
    may_retry = is_worth_a_retry(reply.status);
    return std::move(reply);
  }
  if (code == CURLE_WRITE_ERROR)
    return failure(Errc::kIo, {}, what + ": it answers with more than was asked for");
  may_retry = is_broken_connection(code);
  return failure_of(code, what, settings_);
}

Result<BucketReply> BucketLine::ask(const BucketRequest& request) {
  std::uint32_t delay_ms = settings_.retry_delay_ms;
  for (int tried = 1;; ++tried) {
    bool may_retry = false;
    auto answer = try_once(request, may_retry);
    if (!may_retry || tried == kTriesMax) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
    delay_ms *= 4;
  }
}

}  // namespace daybook
