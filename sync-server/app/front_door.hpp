// SPDX-License-Identifier: Apache-2.0
// Sends each request to the door it belongs to: devices under /v1, with a door of its own for
// attachments, everything else to headquarters. Loop thread only.
#pragma once

#include "sync-server/api/api_door.hpp"
#include "sync-server/attachments/attachment_door.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/session/device_door.hpp"

namespace daybook {

class FrontDoor final : public http::Handler {
 public:
  // REQUIRES: called before the first request.
  void open(DeviceDoor& devices, AttachmentDoor& attachments, ApiDoor& office) {
    devices_ = &devices;
    attachments_ = &attachments;
    office_ = &office;
  }

  std::optional<http::Response> on_head(const http::Request& head,
                                        std::uint64_t content_length) override {
    if (AttachmentDoor::owns(head)) return attachments_->on_head(head, content_length);
    return DeviceDoor::owns(head) ? devices_->on_head(head, content_length)
                                  : office_->on_head(head, content_length);
  }
  void on_request(http::Request request, http::ReplySink sink) override {
    if (AttachmentDoor::owns(request))
      return attachments_->on_request(std::move(request), std::move(sink));
    if (DeviceDoor::owns(request)) return devices_->on_request(std::move(request), std::move(sink));
    office_->on_request(std::move(request), std::move(sink));
  }
  void on_cut(http::Request partial, std::uint64_t) override {
    // Only what devices bring can go on where it broke.
    if (AttachmentDoor::owns(partial)) return attachments_->on_cut(std::move(partial));
    if (DeviceDoor::owns(partial)) devices_->on_cut(std::move(partial));
  }

 private:
  DeviceDoor* devices_ = nullptr;
  AttachmentDoor* attachments_ = nullptr;
  ApiDoor* office_ = nullptr;
};

}  // namespace daybook
