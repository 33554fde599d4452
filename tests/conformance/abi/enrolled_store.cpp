// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/abi/enrolled_store.hpp"

#include <cstdlib>
#include <filesystem>

#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/domain/catalog.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"

namespace daybook::test {

EnrolledStore::EnrolledStore(const std::string& server, const std::string& schema) {
  std::string name = (std::filesystem::temp_directory_path() / "daybook-abi-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  folder_ = name;

  SystemClock clock;
  OsRng rng;
  NoTrace trace;
  LocalStoreOptions options;
  options.path = path();
  auto store = open_sqlite_local_store(options);
  REQUIRE(store.ok());
  auto core = ClientCore::open(*std::move(store), clock, rng, trace, ClientOptions{});
  REQUIRE(core.ok());
  Enrolment enrolment;
  enrolment.device = rng.draw<Uuid>();
  enrolment.actor = "li.wei";
  enrolment.role = "technician";
  enrolment.server_url = server;
  enrolment.pins = {rng.draw<Digest>()};
  enrolment.key_seed = Bytes(32, 7);
  enrolment.schema = schema.empty() ? std::string(after_sales_schema_json()) : schema;
  REQUIRE((*core)->enrol(enrolment).ok());
}

EnrolledStore::~EnrolledStore() {
  std::error_code left;
  std::filesystem::remove_all(folder_, left);
}

Answer commit(app::Phone& phone, std::string_view json) {
  char* text = nullptr;
  std::size_t size = 0;
  const Answer answer = answer_of([&](daybook_error* error) {
    return daybook_commit(phone.handle(), json.data(), json.size(), &text, &size, error);
  });
  CHECK((answer.code == DAYBOOK_OK) == (text != nullptr));
  daybook_string_free(text);
  return answer;
}

std::string new_visit(app::Phone& phone, const std::string& symptom) {
  const Json fields = {{"technician", "li.wei"}, {"symptom", symptom}};
  const Json change = {{"collection", "visit"}, {"create", fields}};
  const auto result = Json::parse(phone.commit(Json{{"changes", Json::array({change})}}.dump()));
  return result.at("ids").front().get<std::string>();
}

}  // namespace daybook::test
