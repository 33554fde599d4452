// SPDX-License-Identifier: Apache-2.0
// The description of the API against the routes, in both directions.
#include <set>

#include "sync-server/api/openapi.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

bool is_described(const Route& route) {
  return route.pattern.compare(0, 4, "/api") == 0 || route.pattern == "/metrics" ||
         route.pattern == "/healthz" || route.pattern == "/readyz";
}

std::string lower(std::string_view text) {
  std::string low;
  for (const char c : text) low += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return low;
}

// Every "$ref" below `json`.
void collect_references(const Json& json, std::set<std::string>& into) {
  if (json.is_object() && json.contains("$ref")) into.insert(json["$ref"].get<std::string>());
  if (json.is_structured()) {
    for (const auto& one : json) collect_references(one, into);
  }
}

}  // namespace

TEST_CASE("openapi: every route is described, and nothing else is") {
  const Json document = Json::parse(openapi_text());
  CHECK(document["openapi"] == "3.1.0");
  std::set<std::string> described;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) described.insert(method + " " + path);
  }
  std::set<std::string> routed;
  for (const auto& route : routes()) {
    if (is_described(route)) routed.insert(lower(route.method) + " " + std::string(route.pattern));
  }
  CHECK(described == routed);
}

TEST_CASE("openapi: what a route takes, who is asked and what a token needs are told as they are") {
  const Json document = Json::parse(openapi_text());
  for (const auto& route : routes()) {
    if (!is_described(route)) continue;
    INFO(route.method << " " << route.pattern);
    const auto& operation = document["paths"][std::string(route.pattern)][lower(route.method)];
    CHECK(operation["security"].empty() == (route.kind == RouteKind::kOpen));
    // Bodies that may be left out entirely are not described.
    if (operation.contains("requestBody")) CHECK(route.body_max > 0);
    std::size_t parts = 0;
    for (const char c : route.pattern) parts += c == '{' ? 1U : 0U;
    std::size_t told = 0;
    if (operation.contains("parameters")) {
      for (const auto& parameter : operation["parameters"])
        told += parameter["in"] == "path" ? 1U : 0U;
    }
    CHECK(told == parts);
    const std::string scope = operation.value("description", "");
    const bool grantable = scope_from(name_of(route.scope)).has_value();
    if (grantable) CHECK(scope == "Token scope: " + std::string(name_of(route.scope)) + ".");
    if (route.scope == Scope::kNobodysToken) CHECK(scope.empty());
  }
}

TEST_CASE("openapi: every reference leads somewhere, and every shape is used") {
  const Json document = Json::parse(openapi_text());
  std::set<std::string> references;
  collect_references(document, references);
  for (const auto& reference : references) {
    INFO(reference);
    CHECK(document.contains(Json::json_pointer(reference.substr(1))));
  }
  for (const auto& [name, shape] : document["components"]["schemas"].items()) {
    INFO(name);
    // Lines of text, described in words beside their route.
    if (name == "CommitLine") continue;
    CHECK(references.contains("#/components/schemas/" + name));
  }
}

TEST_CASE("openapi: the description is served to everybody") {
  OfficeWorld office;
  const auto told = office.send("GET", "/api/openapi.json");
  CHECK(told.status == 200);
  CHECK(told.json["info"]["version"] == "1");
}

TEST_CASE("openapi: the scopes that a token can be given are the ones that are described") {
  const Json document = Json::parse(openapi_text());
  std::vector<std::string> names;
  for (const auto scope : grantable_scopes()) names.emplace_back(name_of(scope));
  CHECK(document["components"]["schemas"]["Scope"]["enum"].get<std::vector<std::string>>() ==
        names);
}
