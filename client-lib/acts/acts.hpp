// SPDX-License-Identifier: Apache-2.0
// An act of the schema on a phone: what it requires is asked of the phone's own file, own unsettled
// work included, and what it does becomes one commit. Called by abi on the core's thread, so that
// nothing is written between the question and the commit. Writes nothing itself.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client-lib/capture/capture.hpp"
#include "core/acts/evaluate.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Asks the file at a path; one core's, one thread.
class ActAsker {
 public:
  explicit ActAsker(std::string path) : path_(std::move(path)) {}

  // As evaluate_act() and weigh_act(). kNotFound: the schema has no such act.
  Result<ActEffect> evaluate(const std::shared_ptr<const Schema>& schema, const std::string& act,
                             const ActCall& call, const std::function<Uuid()>& make_id);
  Result<ActEffect> weigh(const std::shared_ptr<const Schema>& schema, const std::string& act,
                          const ActCall& call, const std::function<Uuid()>& make_id);

 private:
  Result<void> open(const std::shared_ptr<const Schema>& schema);

  std::string path_;
  std::shared_ptr<const Schema> schema_;  // that the door lets read
  std::unique_ptr<sqlite::ReadDoor> door_;
};

// The change set of an effect that may go on. kInvalid when the act changes nothing.
Result<CommitInput> commit_of(const ActSchema& act, const ActCall& call, const ActEffect& effect);

}  // namespace daybook
