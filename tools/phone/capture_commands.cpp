// SPDX-License-Identifier: Apache-2.0
// Commands that write: each is one act, one change set, durable when its line is printed.
#include "tools/phone/desk.hpp"

namespace daybook::phone {
namespace {

Json create(const std::string& collection, Json fields) {
  return Json{{"collection", collection}, {"create", std::move(fields)}};
}

// "… as NAME" at the end keeps the id of the first record under that name. Returns the words
// without it.
Words take_name(const Words& words, std::string& name) {
  if (words.size() < 3 || words[words.size() - 2] != "as") return words;
  name = words.back();
  return {words.begin(), words.end() - 2};
}

Json commit(Desk& desk, const Json& set, const std::string& name, const std::string& zh,
            const std::string& en) {
  const Json result = Json::parse(desk.phone().commit(set.dump()));
  const std::string id =
      result.at("ids").empty() ? std::string() : result.at("ids").front().get<std::string>();
  desk.variables()["last"] = id;
  desk.variables()["set"] = result.at("set").get<std::string>();
  if (!name.empty()) desk.variables()[name] = id;
  Json answer = {{"command", "commit"}};
  answer.update(result);
  const std::string number = std::to_string(result.at("number").get<std::uint64_t>());
  desk.tell(answer, "已写下（第 " + number + " 项）：" + zh + " " + id,
            "written (no. " + number + "): " + en + " " + id);
  return result;
}

Json read_object(const std::string& file_or_text) {
  const Json object = Json::parse(read_input(file_or_text));
  if (!object.is_object()) throw Complaint("not a JSON object: " + file_or_text);
  return object;
}

void run_new(Desk& desk, const Words& given) {
  std::string name;
  const Words words = take_name(given, name);
  Json change = create(words[1], read_object(words[2]));
  if (words.size() > 3) change["id"] = words[3];
  commit(desk, {{"changes", Json::array({change})}}, name, words[1], words[1]);
}

// Text needs no quotes, everything else is JSON.
Json value_by_type(const std::string& type, const std::string& field, const std::string& text) {
  const bool is_text =
      type == "text" || type == "bytes" || type == "digest" || type == "reference" || type.empty();
  if (is_text && text != "null") return text;
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    throw Complaint(field + " is " + type + ": write it as JSON, not " + text);
  }
}

// By the type that the rules give the field.
Json value_of(Desk& desk, const std::string& collection, const std::string& field,
              const std::string& text) {
  return value_by_type(desk.type_of(collection, field), field, text);
}

void run_set(Desk& desk, const Words& words) {
  if (words.size() % 2 == 0) throw Complaint("a field without a value: " + words.back());
  Json fields = Json::object();
  for (std::size_t i = 3; i + 1 < words.size(); i += 2) {
    fields[words[i]] = value_of(desk, words[1], words[i], words[i + 1]);
  }
  const Json change = {{"collection", words[1]}, {"id", words[2]}, {"set", fields}};
  commit(desk, {{"changes", Json::array({change})}}, {}, "修改 " + words[1], "changed " + words[1]);
}

void run_swap(Desk& desk, const Words& given) {
  std::string name;
  const Words words = take_name(given, name);
  Json fields = read_object(words[2]);
  fields["visit"] = words[1];
  commit(desk, {{"changes", Json::array({create("part_swap", fields)})}}, name, "换件",
         "part swap");
}

// The signature, the event of signing and the state of the visit are one act.
void run_sign(Desk& desk, const Words& words) {
  const std::int64_t at = now_ms();
  const Json signature = {{"visit", words[1]},     {"signer", words[2]},
                          {"signer_role", "user"}, {"kind", "drawn"},
                          {"signed_at", at},       {"width", 600},
                          {"height", 200},         {"strokes", Json::parse(read_input(words[3]))}};
  const Json event = {{"visit", words[1]}, {"kind", "signed"}, {"at", at}};
  const Json state = {{"collection", "visit"}, {"id", words[1]}, {"set", {{"status", "signed"}}}};
  const Json changes =
      Json::array({create("signature", signature), create("visit_event", event), state});
  commit(desk, {{"changes", changes}}, {}, "签名 " + words[2], "signature of " + words[2]);
}

void run_event(Desk& desk, const Words& words) {
  Json event = {{"visit", words[1]}, {"kind", words[2]}, {"at", now_ms()}};
  if (words.size() > 3) event["note"] = words[3];
  commit(desk, {{"changes", Json::array({create("visit_event", event)})}}, {}, "事件 " + words[2],
         "event " + words[2]);
}

void run_commit(Desk& desk, const Words& given) {
  std::string name;
  const Words words = take_name(given, name);
  commit(desk, read_object(words[1]), name, "一组修改", "change set");
}

std::string sayings(Desk& desk, const Json& answer) {
  std::string text;
  for (const char* kind : {"missing", "warnings"}) {
    const bool warns = kind[0] == 'w';
    for (const auto& saying : answer.value(kind, Json::array())) {
      text += "\n  " + (warns ? desk.say("提醒：", "warning: ") : desk.say("缺：", "missing: ")) +
              saying.at(desk.language()).get<std::string>();
    }
  }
  return text;
}

// The words behind the act's name as daybook_act() takes them: the id of the record it is about,
// where it is about one, and its arguments by the types that the rules give them.
Json act_call(Desk& desk, const Words& words) {
  const Json schema = Json::parse(desk.phone().schema());
  const Json acts = schema.value("acts", Json::object());
  const Json act = acts.value(words[1], Json::object());
  Json call = Json::object();
  std::size_t at = 2;
  if (act.contains("about") && at < words.size()) call["about"] = words[at++];
  for (; at < words.size() && words[at] != "anyway"; at += 2) {
    if (at + 1 == words.size()) throw Complaint("an argument without a value: " + words[at]);
    const Json takes = act.value("takes", Json::object());
    const std::string type = takes.value(words[at], Json::object()).value("type", "");
    call["arguments"][words[at]] = value_by_type(type, words[at], words[at + 1]);
  }
  if (at < words.size()) call["despite_warnings"] = true;
  return call;
}

void run_act(Desk& desk, const Words& given) {
  std::string name;
  const Words words = take_name(given, name);
  const auto answer = desk.phone().act(words[1], act_call(desk, words).dump());
  Json json = {{"command", "act"}, {"done", answer.done}};
  json.update(Json::parse(answer.json));
  if (!answer.done) {
    desk.tell(json, "还不能做：" + words[1] + sayings(desk, json),
              "not done: " + words[1] + sayings(desk, json));
    throw app::Failure(DAYBOOK_MISSING, "act", words[1]);
  }
  desk.variables()["set"] = json.at("set").get<std::string>();
  const Json& records = json.at("records");
  if (!records.empty()) desk.variables()["last"] = records.begin()->get<std::string>();
  for (const auto& [as, id] : records.items()) desk.variables()[as] = id.get<std::string>();
  if (!name.empty()) desk.variables()[name] = desk.variables()["last"];
  const std::string number = std::to_string(json.at("number").get<std::uint64_t>());
  desk.tell(json, "已写下（第 " + number + " 项）：" + words[1] + sayings(desk, json),
            "written (no. " + number + "): " + words[1] + sayings(desk, json));
}

void run_may(Desk& desk, const Words& words) {
  const auto answer = desk.phone().check_act(words[1], act_call(desk, words).dump());
  Json json = {{"command", "may"}, {"may", answer.done}};
  json.update(Json::parse(answer.json));
  desk.tell(
      json, (answer.done ? "可以做：" : "还不能做：") + words[1] + sayings(desk, json),
      (answer.done ? "can be done: " : "cannot be done yet: ") + words[1] + sayings(desk, json));
}

}  // namespace

std::vector<Command> capture_commands() {
  return {
      {"new", "COLLECTION FILE|JSON [ID] [as NAME]", 2, run_new},
      {"set", "COLLECTION ID FIELD VALUE [FIELD VALUE ...]", 4, run_set},
      {"swap", "VISIT FILE|JSON [as NAME]", 2, run_swap},
      {"sign", "VISIT SIGNER STROKES-FILE", 3, run_sign},
      {"event", "VISIT KIND [NOTE]", 2, run_event},
      {"commit", "FILE|JSON [as NAME]", 1, run_commit},
      {"act", "ACT [ID] [ARGUMENT VALUE ...] [anyway] [as NAME]", 1, run_act},
      {"may", "ACT [ID] [ARGUMENT VALUE ...] [anyway]", 1, run_may},
  };
}

}  // namespace daybook::phone
