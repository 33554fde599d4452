// SPDX-License-Identifier: Apache-2.0
// One command's talk with the server it is logged in to: asks, prints the answer, or says what went
// wrong and what to do. Used by the commands. One thread.
#pragma once

#include <optional>
#include <string>

#include "tools/cli/commands.hpp"
#include "tools/cli/office_client.hpp"
#include "tools/cli/words.hpp"

namespace daybook::cli {

using Print = std::string (*)(const Words& words, const Json& json);

// A fresh id, for a key under which a command acts once.
std::string new_id();

Ending complain(const std::string& sentence, Ending ending);
Ending complain_of_line(const Words& words, const Error& error, const std::string& server);

class Talk {
 public:
  Talk(const Wish& wish, const Words& words) : wish_(wish), words_(words) {}

  // Sends, and prints the answer or the complaint. `about` names the record for the latter.
  Ending ask(const std::string& method, const std::string& path, const std::optional<Json>& body,
             Print print, const std::string& about = {}, const std::string& key = {});
  Ending fetch(const std::string& method, const std::string& path, const std::optional<Json>& body,
               Json& json, const std::string& about = {}, const std::string& key = {});
  // The answer itself, refusals too; only a line that failed is complained of. A `key` makes it one
  // act however often it is sent.
  Ending send(const std::string& method, const std::string& path, const std::optional<Json>& body,
              Answer& answer, const std::string& key = {});
  // A POST of JSON that is text already.
  Ending send_text(const std::string& path, const std::string& body, Answer& answer,
                   const std::string& key);
  // An answer that is not JSON: lines, tables.
  Ending fetch_text(const std::string& path, TextAnswer& answer, const std::string& about = {});

  Ending fetch_part(const std::string& path, std::uint64_t first, std::uint64_t last,
                    PartAnswer& answer);

 private:
  Ending open();
  Ending refused(int status, const Json& json, const std::string& about);

  const Wish& wish_;
  const Words& words_;
  SavedSession saved_;
  std::optional<OfficeClient> client_;
};

}  // namespace daybook::cli
