// SPDX-License-Identifier: Apache-2.0
// Questions to the core thread, and work on threads that may wait; both answers come back on the
// loop thread. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "sync-server/session/server_core.hpp"

namespace daybook {

class Errands {
 public:
  template <class T>
  using Then = std::function<void(Result<T>)>;

  // `submit` hands a task to the core thread, false when its queue is full; `post` runs a function
  // on the loop thread; `run_aside` runs one on a thread that may wait, false when too much waits
  // already.
  Errands(std::function<bool(CoreTask)> submit, std::function<void(std::function<void()>)> post,
          std::function<bool(std::function<void()>)> run_aside)
      : submit_(std::move(submit)), post_(std::move(post)), run_aside_(std::move(run_aside)) {}

  template <class T>
  void ask_core(std::function<Result<T>(ServerCore&)> question, const Then<T>& then) const {
    const auto post = post_;
    const auto fail = [post, then](const Error& why) { post([then, why] { then(why); }); };
    const bool taken = submit_(
        {[question = std::move(question), post, then](ServerCore& core) -> Result<AfterCommit> {
           auto answer = question(core);
           return AfterCommit([post, then, answer = std::move(answer)] {
             post([then, answer] { then(answer); });
           });
         },
         fail});
    if (!taken) fail(failure(Errc::kBusy, "core"));
  }

  template <class T>
  void aside(std::function<Result<T>()> work, const Then<T>& then) const {
    const auto post = post_;
    const bool taken = run_aside_([work = std::move(work), post, then] {
      auto result = std::make_shared<Result<T>>(work());
      post([then, result] { then(std::move(*result)); });
    });
    if (!taken) post([then] { then(failure(Errc::kBusy, "disk")); });
  }

 private:
  std::function<bool(CoreTask)> submit_;
  std::function<void(std::function<void()>)> post_;
  std::function<bool(std::function<void()>)> run_aside_;
};

}  // namespace daybook
