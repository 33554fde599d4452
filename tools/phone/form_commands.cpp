// SPDX-License-Identifier: Apache-2.0
// Commands about what a customer signs: present the form, sign it, seal it, or put it away.
#include "tools/phone/desk.hpp"

namespace daybook::phone {
namespace {

void tell_presented(Desk& desk, const Json& answer) {
  if (answer.at("presented").get<bool>()) {
    const auto id = answer.at("id").get<std::string>();
    const auto hash = answer.at("content_hash").get<std::string>();
    desk.variables()["form"] = id;
    return desk.tell(answer, "已出示,编号 " + id + ",摘要 " + hash,
                     "presented as " + id + ", hash " + hash);
  }
  std::string text = desk.say("还缺:\n", "missing:\n");
  for (const Json& one : answer.at("missing"))
    text += "  " + one.at(desk.language()).get<std::string>() + "\n";
  desk.tell_lines(answer, text);
  throw Complaint("the form cannot be presented yet");
}

// present VISIT
void run_present(Desk& desk, const Words& words) {
  tell_presented(
      desk,
      Json::parse(desk.phone().present_form(Json{{"paper", "form"}, {"about", words[1]}}.dump())));
}

// amend VISIT REASON [FIELDS]
void run_amend(Desk& desk, const Words& words) {
  Json asked = {{"paper", "form"}, {"about", words[1]}, {"reason", words[2]}};
  if (words.size() > 3) asked["set"] = Json::parse(read_input(words[3]));
  tell_presented(desk, Json::parse(desk.phone().present_form(asked.dump())));
}

// survey VISIT ANSWERS
void run_survey(Desk& desk, const Words& words) {
  const Json asked = {
      {"paper", "survey"}, {"about", words[1]}, {"answers", Json::parse(read_input(words[2]))}};
  tell_presented(desk, Json::parse(desk.phone().present_form(asked.dump())));
}

// pen FORM SIGNATURE
void run_pen(Desk& desk, const Words& words) {
  Json asked = Json::parse(read_input(words[2]));
  asked["id"] = words[1];
  desk.tell(Json::parse(desk.phone().sign_form(asked.dump())), "已签,尚未封存",
            "signed, not sealed yet");
}

// seal FORM
void run_seal(Desk& desk, const Words& words) {
  desk.tell(Json::parse(desk.phone().seal_form(words[1])), "已封存", "sealed");
}

// unsign FORM
void run_unsign(Desk& desk, const Words& words) {
  desk.phone().close_form(words[1]);
  desk.tell({{"command", "unsign"}}, "已收起,笔迹已销毁", "put away, the strokes are destroyed");
}

}  // namespace

std::vector<Command> form_commands() {
  return {{"present", "VISIT", 1, run_present},
          {"amend", "VISIT REASON [FILE|JSON]", 2, run_amend},
          {"survey", "VISIT FILE|JSON", 2, run_survey},
          {"pen", "FORM FILE|JSON", 2, run_pen},
          {"seal", "FORM", 1, run_seal},
          {"unsign", "FORM", 1, run_unsign}};
}

}  // namespace daybook::phone
