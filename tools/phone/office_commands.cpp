// SPDX-License-Identifier: Apache-2.0
// Commands about the office: enrolment, exchange, status, receipts, what waits; and the two that
// delete.
#include <algorithm>

#include "tools/phone/desk.hpp"

namespace daybook::phone {
namespace {

constexpr std::int64_t kIdleDefaultMs = 30'000;

daybook_key_alg read_key_alg(const std::string& name) {
  if (name == "ed25519") return DAYBOOK_KEY_ALG_ED25519;
  if (name == "es256") return DAYBOOK_KEY_ALG_ES256;
  throw Complaint("--key is ed25519 or es256");
}

void run_enrol(Desk& desk, const Words& words) {
  Words given(words.begin() + 1, words.end());
  daybook_key_alg key_alg = DAYBOOK_KEY_ALG_DEFAULT;
  const auto option = std::find(given.begin(), given.end(), "--key");
  if (option != given.end()) {
    key_alg = read_key_alg(option + 1 == given.end() ? "" : *(option + 1));
    given.erase(option, option + 2);
  }
  if (given.empty() || given.size() > 2)
    throw Complaint("usage: enrol CODE [DEVICE-NAME] [--key ed25519|es256]");
  desk.phone().enrol(given[0], given.size() > 1 ? given[1] : "daybook-phone", key_alg);
  Json answer = {{"command", "enrol"}};
  answer.update(Json::parse(desk.phone().device()));
  const std::string actor = answer.at("actor");
  const std::string device = answer.at("device");
  desk.tell(answer, "已登记：" + actor + "，设备 " + device,
            "enrolled: " + actor + ", device " + device);
}

void run_device(Desk& desk, const Words&) {
  const Json device = Json::parse(desk.phone().device());
  desk.tell_lines(device, device.dump(2) + "\n");
}

void run_status(Desk& desk, const Words&) {
  const Json status = Json::parse(desk.phone().status());
  desk.tell_lines(status, desk.sentence(status) + "\n");
}

Json counters_of(Desk& desk) { return Json::parse(desk.phone().counters()); }

std::string counters_line(const Desk& desk, const Json& counters) {
  const auto number = [&](const char* key) {
    return std::to_string(counters.at(key).get<std::uint64_t>());
  };
  return desk.say("连接 " + number("connections") + " 次，中断 " + number("cuts") + " 次，发送 " +
                      number("payload_up") + " 字节，其中重发 " + number("payload_resent") +
                      " 字节，收到 " + number("payload_down") + " 字节",
                  number("connections") + " connections, " + number("cuts") + " cut, " +
                      number("payload_up") + " payload bytes sent, " + number("payload_resent") +
                      " of them again, " + number("payload_down") + " received");
}

void run_sync(Desk& desk, const Words& words) {
  std::int64_t timeout_ms = kIdleDefaultMs;
  if (words.size() > 1 && words[1] != "--until-idle")
    throw Complaint("usage: sync [--until-idle SECONDS]");
  if (words.size() > 2) timeout_ms = read_duration_ms(words[2]);
  desk.phone().start_sync();
  desk.phone().wait_idle(timeout_ms);
  const Json status = Json::parse(desk.phone().status());
  const Json counters = counters_of(desk);
  desk.tell_lines({{"command", "sync"}, {"status", status}, {"counters", counters}},
                  desk.sentence(status) + "\n  " + counters_line(desk, counters) + "\n");
}

void run_counters(Desk& desk, const Words&) {
  const Json counters = counters_of(desk);
  desk.tell_lines(counters, counters_line(desk, counters) + "\n");
}

void run_start(Desk& desk, const Words&) {
  desk.phone().start_sync();
  desk.tell({{"command", "start"}}, "后台同步已启动", "background sync started");
}

void run_stop(Desk& desk, const Words&) {
  desk.phone().stop_sync();
  desk.tell({{"command", "stop"}}, "后台同步已停止", "background sync stopped");
}

void set_network(Desk& desk, daybook_network network, const char* name, const std::string& zh) {
  desk.phone().set_network(network);
  desk.tell({{"command", name}}, zh, std::string("network: ") + name);
}
void run_online(Desk& desk, const Words&) {
  set_network(desk, DAYBOOK_NETWORK_ONLINE, "online", "网络：已接通");
}
void run_offline(Desk& desk, const Words&) {
  set_network(desk, DAYBOOK_NETWORK_OFFLINE, "offline", "网络：已断开");
}
void run_metered(Desk& desk, const Words&) {
  set_network(desk, DAYBOOK_NETWORK_METERED, "metered", "网络：按流量计费");
}

void tell_list(Desk& desk, const Json& list, const std::string& none_zh,
               const std::string& none_en) {
  std::string text;
  for (const Json& item : list) {
    text += item.value("set", "") + "  " + desk.sentence(item) + "\n";
  }
  desk.tell_lines(list, text.empty() ? desk.say(none_zh, none_en) + "\n" : text);
}

void run_receipts(Desk& desk, const Words& words) {
  const Json list = Json::parse(words.size() > 1 ? desk.phone().receipts_of(words[1])
                                                 : desk.phone().receipts_since(0));
  tell_list(desk, list, "没有回执", "no receipts");
}

void run_outbox(Desk& desk, const Words&) {
  tell_list(desk, Json::parse(desk.phone().own_sets()), "没有待办", "nothing waits");
}

void run_parked(Desk& desk, const Words&) {
  tell_list(desk, Json::parse(desk.phone().own_sets(DAYBOOK_SETS_PARKED)), "没有待人处理的",
            "nothing is parked");
}

void run_discard(Desk& desk, const Words& words) {
  const bool with_dependents = words.size() > 3 && words[3] == "with-dependents";
  desk.phone().discard_set(words[1], words[2], with_dependents);
  desk.tell({{"command", "discard"}, {"set", words[1]}}, "已删除 " + words[1],
            "deleted " + words[1]);
}

void run_wipe(Desk& desk, const Words& words) {
  desk.phone().wipe(words[1]);
  desk.tell({{"command", "wipe"}}, "已全部清除", "everything was deleted");
}

void run_inspect(Desk& desk, const Words&) {
  const Json inspection = Json::parse(desk.phone().inspect());
  desk.tell_lines(inspection, inspection.dump(2) + "\n");
}

void run_watch(Desk& desk, const Words& words) {
  const std::int64_t end_ms = now_ms() + read_duration_ms(words[1]);
  Json collections = Json::array();
  for (std::size_t i = 2; i < words.size(); ++i) collections.push_back(words[i]);
  std::uint64_t watch = 0;
  if (!collections.empty()) watch = desk.phone().watch(Json{{"collections", collections}}.dump());
  desk.phone().start_sync();
  for (std::int64_t left_ms = end_ms - now_ms(); left_ms > 0; left_ms = end_ms - now_ms()) {
    const auto event = desk.phone().next_event(left_ms);
    if (!event) break;
    const Json json = Json::parse(*event);
    std::string text = *event;
    if (json.at("event") == "receipt") text = desk.sentence(json.at("receipt"));
    if (json.at("event") == "status") text = desk.sentence(Json::parse(desk.phone().status()));
    desk.tell_lines(json, text + "\n");
  }
  if (watch != 0) desk.phone().unwatch(watch);
}

}  // namespace

std::vector<Command> office_commands() {
  return {
      {"enrol", "CODE [DEVICE-NAME] [--key ed25519|es256]", 1, run_enrol},
      {"device", "", 0, run_device},
      {"status", "", 0, run_status},
      {"sync", "[--until-idle SECONDS]", 0, run_sync},
      {"start", "", 0, run_start},
      {"stop", "", 0, run_stop},
      {"online", "", 0, run_online},
      {"offline", "", 0, run_offline},
      {"metered", "", 0, run_metered},
      {"counters", "", 0, run_counters},
      {"receipts", "[SET]", 0, run_receipts},
      {"outbox", "", 0, run_outbox},
      {"parked", "", 0, run_parked},
      {"watch", "SECONDS [COLLECTION ...]", 1, run_watch},
      {"discard", "SET SET-AGAIN [with-dependents]", 2, run_discard},
      {"wipe", "DEVICE", 1, run_wipe},
      {"inspect", "", 0, run_inspect},
  };
}

}  // namespace daybook::phone
