// SPDX-License-Identifier: Apache-2.0
// Sends each request to the door it belongs to: devices under /v1, everything else to headquarters.
// Loop thread only.
#pragma once

#include "sync-server/api/api_door.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/session/device_door.hpp"

namespace daybook {

class FrontDoor final : public http::Handler {
 public:
  // REQUIRES: called before the first request.
  void open(DeviceDoor& devices, ApiDoor& office) {
    devices_ = &devices;
    office_ = &office;
  }

  std::optional<http::Response> on_head(const http::Request& head,
                                        std::uint64_t content_length) override {
    return DeviceDoor::owns(head) ? devices_->on_head(head, content_length)
                                  : office_->on_head(head, content_length);
  }
  void on_request(http::Request request, http::ReplySink sink) override {
    if (DeviceDoor::owns(request)) return devices_->on_request(std::move(request), std::move(sink));
    office_->on_request(std::move(request), std::move(sink));
  }
  void on_cut(http::Request partial, std::uint64_t) override {
    // Only a device's exchange can go on where it broke.
    if (DeviceDoor::owns(partial)) devices_->on_cut(std::move(partial));
  }

 private:
  DeviceDoor* devices_ = nullptr;
  ApiDoor* office_ = nullptr;
};

}  // namespace daybook
