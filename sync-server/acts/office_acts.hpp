// SPDX-License-Identifier: Apache-2.0
// An act of the schema at headquarters: what it requires is asked of the reports file, and what it
// does becomes the edits of one office act. Writes nothing itself. Used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/acts/evaluate.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/office/office.hpp"

namespace daybook {

class OfficeActs {
 public:
  // `schema` outlives it and is the one that the reports file was made with.
  static Result<std::unique_ptr<OfficeActs>> open(const std::string& reports, const Schema& schema);

  // As evaluate_act() and weigh_act(). kNotFound: the schema has no such act.
  Result<ActEffect> evaluate(const std::string& act, const ActCall& call,
                             const std::function<Uuid()>& make_id);
  Result<ActEffect> weigh(const std::string& act, const ActCall& call,
                          const std::function<Uuid()>& make_id);

 private:
  OfficeActs(std::unique_ptr<sqlite::ReadDoor> door, const Schema& schema)
      : door_(std::move(door)), schema_(schema) {}
  std::unique_ptr<sqlite::ReadDoor> door_;
  const Schema& schema_;
};

// What an effect that may go on asks of the one write door; `seen` is the commit that the reports
// file stood at. kInvalid when the act changes nothing.
Result<std::vector<OfficeEdit>> edits_of(const ActSchema& act, const ActCall& call,
                                         const ActEffect& effect, Version seen);

}  // namespace daybook
