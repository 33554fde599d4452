// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/paper_text.hpp"

#include "core/base/hex.hpp"

namespace daybook::evidence {

Json json_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return nullptr;
    case Value::Kind::kBool: return value.as_bool();
    case Value::Kind::kInt: return value.as_int();
    case Value::Kind::kText: return value.as_text();
    case Value::Kind::kBytes: {
      const auto id = Uuid::from(value.as_bytes());
      return id ? to_string(*id) : to_hex(value.as_bytes());
    }
    case Value::Kind::kList: break;
  }
  Json list = Json::array();
  for (const auto& one : value.as_list()) list.push_back(json_of(one));
  return list;
}

namespace {

Json records_json(const SealedForm& form) {
  Json records = Json::array();
  for (const auto& one : form.records) {
    Json values = Json::object();
    for (const auto& [name, value] : one.values) values[name] = json_of(value);
    records.push_back({{"collection", one.record.collection},
                       {"id", to_string(one.record.id)},
                       {"values", std::move(values)}});
  }
  return records;
}

Json manifest_json(const SealedForm& form) {
  Json items = Json::array();
  for (const auto& item : form.manifest)
    items.push_back({{"kind", item.kind},
                     {"id", to_string(item.id)},
                     {"sha256", to_hex(item.digest.view())},
                     {"bytes", item.size}});
  return items;
}

Json upto_json(const IncludedUpto& upto) {
  Json own = Json::array();
  for (const auto& one : upto.own)
    own.push_back({{"incarnation", to_string(one.incarnation)}, {"seq", one.seq}});
  return {{"epoch", to_string(upto.office.epoch)},
          {"version", upto.office.version},
          {"own", std::move(own)}};
}

// Of a collection or a field; none where the schema does not know it.
template <class Known>
std::string label_of(const std::string& name, const Known* known) {
  if (known == nullptr || (known->label_zh + known->label_en).empty()) return name;
  const std::string between = known->label_zh.empty() ? "" : " ";
  return known->label_zh + between + known->label_en + " (" + name + ")";
}

std::string text_of(const Value& value) {
  const Json json = json_of(value);
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace

std::string paper_json(const FormParts& parts, const SealedForm& form) {
  const Json json = {
      {"content_hash", to_hex(content_hash(parts).view())},
      {"paper", form.paper},
      {"id", to_string(form.id)},
      {"version", form.version},
      {"previous", form.previous ? Json(to_hex(form.previous->view())) : Json(nullptr)},
      {"reason", form.reason},
      {"visit", to_string(form.subject)},
      {"rules", form.rules},
      {"rules_version", form.rules_version},
      {"records", records_json(form)},
      {"manifest", manifest_json(form)},
      {"included_upto", upto_json(form.included_upto)},
      {"parts",
       {{"content", to_hex(parts.content)},
        {"manifest", to_hex(parts.manifest)},
        {"included_upto", to_hex(parts.included_upto)}}}};
  return json.dump(2) + "\n";
}

Result<Bytes> signed_bytes_in(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  const auto wrong = [] { return failure(Errc::kInvalid, "parts", "not as they were written"); };
  if (!json.is_object() || !json.contains("parts") || !json["parts"].is_object()) return wrong();
  FormParts parts;
  for (const auto& [name, part] :
       {std::pair("content", &parts.content), std::pair("manifest", &parts.manifest),
        std::pair("included_upto", &parts.included_upto)}) {
    const auto& held = json["parts"];
    if (!held.contains(name) || !held[name].is_string()) return wrong();
    auto bytes = from_hex(held[name].get<std::string>());
    if (!bytes) return wrong();
    *part = *std::move(bytes);
  }
  return signed_bytes(parts);
}

std::string paper_text(const SealedForm& form, const Digest& hash, const Schema& schema) {
  std::string text = form.paper == "survey" ? "用户满意度调查表 Satisfaction survey\n"
                                            : "售后服务处理单 Service form\n";
  text += "编号 Id: " + to_string(form.id) + "\n版本 Version: " + std::to_string(form.version) +
          "\n服务单 Visit: " + to_string(form.subject) +
          "\n内容摘要 SHA-256 of the signed bytes: " + to_hex(hash.view()) + "\n";
  if (form.previous) text += "更正 Amends: " + to_hex(form.previous->view()) + "\n";
  if (!form.reason.empty()) text += "更正原因 Reason: " + form.reason + "\n";
  for (const auto& one : form.records) {
    const auto* collection = schema.find(one.record.collection);
    text +=
        "\n" + label_of(one.record.collection, collection) + " " + to_string(one.record.id) + "\n";
    for (const auto& [name, value] : one.values) {
      const auto* field = collection == nullptr ? nullptr : collection->find(name);
      text += "  " + label_of(name, field) + ": " + text_of(value) + "\n";
    }
  }
  if (!form.manifest.empty()) text += "\n清单 Manifest (kind, id, bytes, SHA-256)\n";
  for (const auto& item : form.manifest)
    text += "  " + item.kind + " " + to_string(item.id) + " " + std::to_string(item.size) + " " +
            to_hex(item.digest.view()) + "\n";
  return text;
}

}  // namespace daybook::evidence
