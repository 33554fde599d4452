// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/upload_replies.hpp"

#include "core/model/limits.hpp"
#include "sync-server/attachments/upload_words.hpp"
#include "sync-server/session/device_door.hpp"

namespace daybook {

http::Response tus_reply(int status) {
  http::Response response;
  response.status = status;
  response.content_type.clear();
  response.headers.push_back({"Tus-Resumable", std::string(kTusVersion)});
  return response;
}

http::Response offset_reply(int status, std::uint64_t offset, std::int64_t expires_ms) {
  auto response = tus_reply(status);
  response.headers.push_back({"Upload-Offset", std::to_string(offset)});
  if (expires_ms != 0) response.headers.push_back({"Upload-Expires", print_http_date(expires_ms)});
  response.headers.push_back({"cache-control", "no-store"});
  return response;
}

http::Response options_reply() {
  auto response = tus_reply(204);
  response.headers.push_back({"Tus-Version", std::string(kTusVersion)});
  response.headers.push_back(
      {"Tus-Extension", "creation,creation-with-upload,checksum,expiration,termination"});
  response.headers.push_back({"Tus-Checksum-Algorithm", "sha256"});
  response.headers.push_back({"Tus-Max-Size", std::to_string(kAttachmentSizeMax)});
  return response;
}

http::Response tus_error(const Error& error, int status) {
  auto response = device_error(error);
  if (status != 0) response.status = status;
  response.headers.push_back({"Tus-Resumable", std::string(kTusVersion)});
  return response;
}

Error told_outside(const Error& of_store) {
  switch (of_store.code) {
    case Errc::kWrongHash:
    case Errc::kDiskFull:
    case Errc::kIo:
    case Errc::kBusy: return of_store;
    default: return failure(Errc::kBusy, "contents", "the office has trouble with its store");
  }
}

}  // namespace daybook
