// SPDX-License-Identifier: Apache-2.0
// From a question for a paper to its bytes: the records are read on the reading thread, the drawing
// is awaited aside, so that neither the core nor other readers wait for fonts. Built and called by
// serve(); `give` on the loop thread, replies leave from whichever thread has them.
#pragma once

#include <functional>

#include "sync-server/api/api_door.hpp"
#include "sync-server/paper/documents.hpp"
#include "sync-server/paper/press.hpp"

namespace daybook {

class PaperDesk {
 public:
  using Reply = std::function<void(http::Response)>;
  using SubmitRead = std::function<bool(ReadTask)>;

  // Both are false when too many wait. What runs aside takes tenths of a second and a process of
  // some 60 MB: few at a time.
  PaperDesk(SubmitRead submit_read, ApiDoor::RunAside run_aside)
      : submit_read_(std::move(submit_read)), run_aside_(std::move(run_aside)) {}

  void give(const Call& call, Reply reply);

 private:
  void print(Document document, bool page, Reply reply);

  SubmitRead submit_read_;
  Press press_;
  ApiDoor::RunAside run_aside_;
};

}  // namespace daybook
