// SPDX-License-Identifier: Apache-2.0
// Tells what happens in a scenario, in Chinese or English, a line an act: below it each verdict
// with the rule that spoke, its reason and the case it opened, and what phones are told. Writes to
// a stream; decides nothing.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/model/receipt.hpp"
#include "tools/scenario/onlooker.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/script/words.hpp"
#include "tools/scenario/values.hpp"

namespace daybook::scenario {

class Story {
 public:
  Story(std::ostream& out, Language language) : out_(out), language_(language) {}

  void begin(const Scenario& scenario, const Schema& schema);
  void act(std::int64_t now_ms, const Step& step);
  void could_not(const std::string& error);
  void decided(const ToldCommit& commit, const Schema& schema, const Names& names);
  void heard(const std::string& phone, const Receipt& receipt, const Names& names);
  void holds(const Step& step);

  Language language() const { return language_; }
  std::string both(std::string_view english, std::string_view chinese) const {
    return either(language_, english, chinese);
  }

 private:
  std::string retold(const std::vector<Token>& tokens, std::size_t from) const;
  void field(const ToldField& told, const Schema& schema, const Names& names);

  std::ostream& out_;
  Language language_;
};

// By its name or its label in either language.
const FieldSchema* field_of(const CollectionSchema& collection, const std::string& text);
const FieldSchema* field_of(const Schema& schema, const RecordRef& record, const std::string& text);

}  // namespace daybook::scenario
