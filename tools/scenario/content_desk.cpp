// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/content_desk.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/hex.hpp"
#include "core/wire/message.hpp"
#include "sync-server/attachments/upload_table.hpp"
#include "tools/scenario/headquarters.hpp"

namespace daybook::scenario {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

}  // namespace

ContentDesk::ContentDesk(ServerCore& core, Clock& clock, Rng& rng, Trace& trace)
    : core_(core),
      sessions_(Bytes(32), clock, rng),
      // The core, the disk and the loop are this thread: each question is answered at once.
      door_(AttachmentDoor::Parts{
          sessions_, blobs_, clock, rng, trace, LaneLimits{},
          Errands([this](const CoreTask& task) { return run(task); },
                  [](const std::function<void()>& work) { work(); },
                  [](const std::function<void()>& work) { return work(), true; })}) {}

bool ContentDesk::run(const CoreTask& task) {
  sure(core_.store().begin());
  auto after = task.run(core_);
  if (!after.ok()) {
    core_.store().rollback();
    task.failed(after.error());
    return true;
  }
  sure(core_.store().commit());
  (*after)();
  return true;
}

Bytes ContentDesk::open_session(const DeviceId& device) {
  const auto row = sure(core_.store().find_device(device));
  ensure(row.has_value());
  return sessions_.open(*row).token;
}

http::Response ContentDesk::answer(http::Request request) {
  if (auto refused = door_.on_head(request, request.body.size())) return *std::move(refused);
  http::Response told;
  door_.on_request(std::move(request),
                   {[&told](http::Response response) { told = std::move(response); }, {}, {}});
  return told;
}

void ContentDesk::note_cut(http::Request partial) {
  if (!door_.on_head(partial, partial.body.size())) door_.on_cut(std::move(partial));
}

std::size_t ContentDesk::contents() { return sure(blobs_.list({}, 10'000)).size(); }

std::optional<std::uint64_t> ContentDesk::bytes_of(const Digest& content, const DeviceId& device) {
  const auto kept = sure(blobs_.kept(UploadTable::id_of({device, content})));
  return kept == 0 ? std::nullopt : std::optional(kept);
}

bool ContentDesk::is_whole(const Digest& content) {
  return sure(blobs_.size_of(content)).has_value();
}

ContentLine::ContentLine(ContentDesk& desk, const DeviceId& device, Signer& signer,
                         std::uint64_t bytes_max)
    : desk_(desk), signer_(signer), token_(desk.open_session(device)), left_(bytes_max) {}

Result<HttpReply> ContentLine::call(const HttpCall& call) {
  sent_ = 0;
  if (broken_) return failure(Errc::kCut, "line");
  http::Request request;
  request.method = call.method;
  request.path = call.target;
  for (const auto& header : call.headers)
    request.headers.push_back({lower(header.name), header.value});
  if (!call.content_type.empty())
    request.headers.push_back({"content-type", std::string(call.content_type)});
  request.headers.push_back({"authorization", "Daybook " + to_base64url(token_)});
  DAYBOOK_ASSIGN(const auto proof,
                 signer_.sign(wire::proof_signing_bytes(token_, request.channel)));
  request.headers.push_back({"proof", to_base64url(encode(proof))});
  sent_ = static_cast<std::size_t>(std::min<std::uint64_t>(call.body.size(), left_));
  request.body = copy_of(call.body.first(sent_));
  left_ -= sent_;
  if (sent_ < call.body.size()) {
    broken_ = true;
    desk_.note_cut(std::move(request));
    return failure(Errc::kCut, "line");
  }
  auto response = desk_.answer(std::move(request));
  HttpReply reply;
  reply.status = response.status;
  for (auto& header : response.headers)
    reply.headers.push_back({lower(header.name), std::move(header.value)});
  reply.headers.push_back({"content-type", response.content_type});
  reply.body = std::move(response.body);
  return reply;
}

}  // namespace daybook::scenario
