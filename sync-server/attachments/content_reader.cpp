// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/content_reader.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "sync-server/attachments/upload_replies.hpp"
#include "sync-server/attachments/upload_words.hpp"
#include "sync-server/session/device_door.hpp"

namespace daybook {
namespace {

constexpr std::size_t kReadMax = 1 << 20;   // bytes of a range in one reply
constexpr std::size_t kWholeMax = 8 << 20;  // who asks for no range gets all of it, up to here

}  // namespace

void ContentReader::give(const DeviceRow& device, const Digest& content,
                         const http::Request& request, const Reply& reply) {
  errands_.ask_core<std::uint64_t>(
      [this, device, content](ServerCore& core) {
        return Lane(core.store(), limits_, core.clock().wall_ms()).readable_by(device, content);
      },
      [this, content, request, reply](const Result<std::uint64_t>& size) {
        if (!size.ok()) return reply(tus_error(size.error()));
        read_out(content, *size, request, device_error, reply);
      });
}

void ContentReader::give_to_office(const std::string& name, const http::Request& request,
                                   Refusal refusal, const Reply& reply) {
  const auto content = read_content_name(name);
  if (!content.ok()) return reply(refusal(content.error()));
  errands_.ask_core<Lane::Shown>(
      [this, content = *content](ServerCore& core) {
        return Lane(core.store(), limits_, core.clock().wall_ms()).show(content);
      },
      [this, content = *content, request, refusal, reply](Result<Lane::Shown> shown) {
        if (!shown.ok()) return reply(refusal(shown.error()));
        read_out(
            content, shown->size, request, refusal,
            [shown = *std::move(shown), content, reply](http::Response response) {
              // What phones bring is never run here, whatever it says that it is.
              const std::string file = to_hex(content.view()).substr(0, 16);
              if (response.status < 300) response.content_type = shown.media_type;
              response.headers.push_back(
                  {"Content-Disposition", "attachment; filename=\"" + file + shown.ending + "\""});
              response.headers.push_back(
                  {"Content-Security-Policy", "default-src 'none'; sandbox"});
              reply(std::move(response));
            });
      });
}

void ContentReader::read_out(const Digest& content, std::uint64_t size,
                             const http::Request& request, Refusal refusal, const Reply& reply) {
  const auto asked = read_range(request, size);
  if (!asked.ok()) {
    auto response = refusal(asked.error());
    response.status = 416;
    response.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
    return reply(std::move(response));
  }
  if (!*asked && size > kWholeMax)
    return reply(refusal(failure(Errc::kTooLarge, "range", "ask for parts of it")));
  const ByteRange range = asked->value_or(ByteRange{0, size == 0 ? 0 : size - 1});
  const auto most = *asked ? kReadMax : kWholeMax;
  const auto wanted = std::min<std::uint64_t>(range.last - range.first + 1, most);
  errands_.aside<Bytes>(
      [this, content, range, wanted] {
        return blobs_.read(content, range.first, static_cast<std::size_t>(wanted));
      },
      [content, range, size, refusal, part = asked->has_value(), reply](Result<Bytes> bytes) {
        if (!bytes.ok()) return reply(refusal(told_outside(bytes.error())));
        http::Response response;
        response.status = part ? 206 : 200;
        response.content_type = "application/octet-stream";
        response.headers.push_back({"ETag", "\"" + to_hex(content.view()) + "\""});
        response.headers.push_back({"Accept-Ranges", "bytes"});
        if (part)
          response.headers.push_back(
              {"Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                    std::to_string(range.first + bytes->size() - 1) + "/" +
                                    std::to_string(size)});
        response.body = *std::move(bytes);
        reply(std::move(response));
      });
}

}  // namespace daybook
