// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/talk.hpp"

#include <iostream>

#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/system_clock.hpp"
#include "tools/cli/print.hpp"

namespace daybook::cli {

std::string new_id() {
  SystemClock clock;
  OsRng rng;
  return to_string(make_uuid7(clock.wall_ms(), rng));
}

Ending complain(const std::string& sentence, Ending ending) {
  std::cerr << "daybook: " << sentence << "\n";
  return ending;
}

Ending complain_of_line(const Words& words, const Error& error, const std::string& server) {
  if (error.code == Errc::kUnauthorized) {
    return complain(sentence_of(words, {{"code", "unauthorized"}}, ""), Ending::kLogin);
  }
  std::string detail = error.field;
  if (!error.detail.empty()) detail += (detail.empty() ? "" : ": ") + error.detail;
  return complain(sentence_of_line(words, name_of(error.code), detail, server), Ending::kLine);
}

Ending Talk::open() {
  if (client_) return Ending::kGood;
  const auto where = session_path();
  if (!where.ok()) return complain_of_line(words_, where.error(), "");
  auto saved = load_session(*where);
  if (!saved.ok()) return complain_of_line(words_, saved.error(), "");
  saved_ = *std::move(saved);
  const auto address = address_of(saved_.server, saved_.pin);
  if (!address.ok()) return complain_of_line(words_, address.error(), saved_.server);
  client_.emplace(*address, saved_.token);
  return Ending::kGood;
}

Ending Talk::refused(int status, const Json& json, const std::string& about) {
  const auto error = json.is_object() && json.contains("error") ? json["error"] : Json::object();
  // What an act lacks is said before the sentence about it.
  std::cerr << sayings_of(words_, json);
  return complain(sentence_of(words_, error, about),
                  status == 401 ? Ending::kLogin : Ending::kRefused);
}

Ending Talk::ask(const std::string& method, const std::string& path,
                 const std::optional<Json>& body, Print print, const std::string& about,
                 const std::string& key) {
  Json json;
  const Ending ending = fetch(method, path, body, json, about, key);
  if (ending != Ending::kGood) return ending;
  std::cout << (wish_.json ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                           : print(words_, json));
  return ending;
}

Ending Talk::fetch(const std::string& method, const std::string& path,
                   const std::optional<Json>& body, Json& json, const std::string& about,
                   const std::string& key) {
  if (const Ending opened = open(); opened != Ending::kGood) return opened;
  auto answer = client_->call(method, path, body, key);
  if (!answer.ok()) return complain_of_line(words_, answer.error(), saved_.server);
  json = std::move(answer->json);
  return answer->ok() ? Ending::kGood : refused(answer->status, json, about);
}

Ending Talk::send(const std::string& method, const std::string& path,
                  const std::optional<Json>& body, Answer& answer, const std::string& key) {
  if (const Ending opened = open(); opened != Ending::kGood) return opened;
  auto told = client_->call(method, path, body, key);
  if (!told.ok()) return complain_of_line(words_, told.error(), saved_.server);
  answer = *std::move(told);
  return answer.status == 401 ? refused(401, answer.json, {}) : Ending::kGood;
}

Ending Talk::send_text(const std::string& path, const std::string& body, Answer& answer,
                       const std::string& key) {
  if (const Ending opened = open(); opened != Ending::kGood) return opened;
  auto told = client_->call_with("POST", path, body, key);
  if (!told.ok()) return complain_of_line(words_, told.error(), saved_.server);
  answer = *std::move(told);
  return answer.status == 401 ? refused(401, answer.json, {}) : Ending::kGood;
}

Ending Talk::fetch_text(const std::string& path, TextAnswer& answer, const std::string& about) {
  if (const Ending opened = open(); opened != Ending::kGood) return opened;
  auto told = client_->text(path);
  if (!told.ok()) return complain_of_line(words_, told.error(), saved_.server);
  answer = *std::move(told);
  if (answer.status >= 200 && answer.status < 300) return Ending::kGood;
  return refused(answer.status, Json::parse(answer.text, nullptr, false), about);
}

Ending Talk::fetch_part(const std::string& path, std::uint64_t first, std::uint64_t last,
                        PartAnswer& answer) {
  if (const Ending opened = open(); opened != Ending::kGood) return opened;
  auto told = client_->part(path, first, last);
  if (!told.ok()) return complain_of_line(words_, told.error(), saved_.server);
  answer = *std::move(told);
  if (answer.status >= 200 && answer.status < 300) return Ending::kGood;
  return refused(answer.status, Json::parse(text_of(answer.bytes), nullptr, false), {});
}

}  // namespace daybook::cli
