// SPDX-License-Identifier: Apache-2.0
// The one thread that owns the phone's core and its store. Everybody else asks it and waits; a
// question never waits for the network. Owned by an open handle. ask() from any thread but its own;
// `after_each` runs on its thread, after every question. When a question breaks an invariant, this
// and every later one is answered kInternal: the core may not be used any more.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client-lib/local/local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/base/result.hpp"

namespace daybook::abi {

// What the thread works with. `store` is the core's own, for reading what the core has no question
// for.
struct Desk {
  std::unique_ptr<ClientCore> core;
  LocalStore* store = nullptr;
};

class CoreWorker {
 public:
  using Open = std::function<Result<Desk>()>;
  using AfterEach = std::function<void(Desk&)>;

  // Opens on the new thread and waits for it.
  static Result<std::unique_ptr<CoreWorker>> start(Open open, AfterEach after_each);
  ~CoreWorker();
  CoreWorker(const CoreWorker&) = delete;
  CoreWorker& operator=(const CoreWorker&) = delete;

  template <class Answer>
  Result<Answer> ask(const std::function<Result<Answer>(Desk&)>& question) {
    std::optional<Result<Answer>> answer;
    if (auto ran = run([&](Desk& desk) { answer.emplace(question(desk)); }); !ran.ok())
      return std::move(ran).error();
    return *std::move(answer);
  }

  // Broken from now on, if it was not before.
  void break_with(const Error& why);
  // The error of what broke it, or success.
  Result<void> check();

 private:
  struct Question {
    const std::function<void(Desk&)>* task = nullptr;
    bool done = false;
    std::optional<Error> error;
  };

  explicit CoreWorker(AfterEach after_each) : after_each_(std::move(after_each)) {}
  Result<void> run(const std::function<void(Desk&)>& task);
  void work(const Open& open);
  void open_desk(const Open& open);
  void carry_out(Question& question);
  void use_free_moment();

  const AfterEach after_each_;
  Desk desk_;         // the thread's
  std::mutex mutex_;  // of everything below
  std::optional<Error> broken_;
  std::condition_variable arrived_;
  std::condition_variable answered_;
  std::deque<Question*> waiting_;
  bool opened_ = false;
  bool closing_ = false;
  std::optional<Error> open_error_;
  std::thread thread_;
};

}  // namespace daybook::abi
