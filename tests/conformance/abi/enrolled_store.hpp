// SPDX-License-Identifier: Apache-2.0
// A folder with a phone in it that was enrolled without a server, and a few ways to ask the C door.
// For the tests of this folder.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "client-lib/include/daybook/daybook.hpp"
#include "tests/support/catch.hpp"

namespace daybook::test {

using Json = nlohmann::ordered_json;

class EnrolledStore {
 public:
  // Nobody listens at `server`. `schema`: JSON; empty: the built-in rules.
  explicit EnrolledStore(const std::string& server = "https://127.0.0.1:1",
                         const std::string& schema = {});
  ~EnrolledStore();
  EnrolledStore(const EnrolledStore&) = delete;
  EnrolledStore& operator=(const EnrolledStore&) = delete;

  std::string path() const { return folder_ + "/daybook.db"; }
  std::string folder() const { return folder_; }

 private:
  std::string folder_;
};

// What a call answered: code, and field and detail of the error.
struct Answer {
  std::int32_t code = 0;
  std::string field;
  std::string detail;
};

template <class Call>
Answer answer_of(Call&& call) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  const std::int32_t code = call(&error);
  CHECK(error.code == code);
  return {code, error.field, error.detail};
}

Answer commit(app::Phone& phone, std::string_view json);

// A visit in one set; its id.
std::string new_visit(app::Phone& phone, const std::string& symptom = "no picture");

}  // namespace daybook::test
