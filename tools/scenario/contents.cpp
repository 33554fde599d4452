// SPDX-License-Identifier: Apache-2.0
// Contents of attachments: what a phone photographed, and how far it came on its way.
#include <set>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

constexpr std::uint64_t kHundred = 100;
constexpr std::size_t kKilobyte = 1000;
constexpr std::uint64_t kBreaksMax = 10'000;

// So many bytes that only this name gives: the same photo is the same bytes on every phone.
Bytes bytes_called(const std::string& name, std::size_t size) {
  Bytes bytes;
  bytes.reserve(size + Digest::kSize);
  for (std::size_t i = 0; bytes.size() < size; ++i) {
    const Digest more = sha256(view_of(name + std::to_string(i)));
    bytes.insert(bytes.end(), more.raw.begin(), more.raw.end());
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

const Digest& World::content_named(const std::string& name, int line) const {
  const Digest* content = names_.find_content(name);
  if (content == nullptr)
    throw Mistake(line, "expected the name of a content that a phone holds, found " + name);
  return *content;
}

void World::hold_content(const Step& step, FieldPhone& phone) {
  const Bytes bytes = bytes_called(step.subject, step.number * kKilobyte);
  const Digest content = sha256(bytes);
  const Digest* known = names_.find_content(step.subject);
  if (known != nullptr && *known != content)
    throw Mistake(step.line, "expected the same size again, found " + std::to_string(step.number));
  names_.add_content(step.subject, content);
  phone.hold(content, bytes);
}

// What a host app does with every photo: whoever names a content that lies on his phone promises
// that it comes.
std::vector<Attachment> World::promised_by(FieldPhone& phone,
                                           const std::vector<RecordInput>& changes) {
  std::vector<Attachment> promised;
  for (const auto& change : changes) {
    for (const auto& [name, value] : change.values) {
      const auto* field = field_of(office_.schema(), change.record, name);
      if (field == nullptr || field->type != FieldType::kDigest ||
          value.kind() != Value::Kind::kBytes)
        continue;
      const auto digest = Digest::from(value.as_bytes());
      const auto size = digest ? phone.size_of(*digest) : std::nullopt;
      if (size) promised.push_back({*digest, *size, "image/jpeg", "evidence", change.record});
    }
  }
  return promised;
}

void World::carry_content(const Step& step, FieldPhone& phone) {
  const Digest& content = content_named(step.subject, step.line);
  const auto size = phone.size_of(content);
  if (!size) throw Mistake(step.line, "expected a content of this phone, found " + step.subject);
  phone.begin_to_carry();
  // A whole one needs a line that does not break, however much it has to say.
  const auto bytes_max = step.every > 0            ? step.every * kKilobyte
                         : step.number == kHundred ? UINT64_MAX
                                                   : *size * step.number / kHundred;
  for (;;) {
    if (!phone.carry(office_, content, bytes_max))
      return unmet(step.line, say("that it is to go next: ", "下一个应上传：") + step.subject,
                   say("that it is not", "并非如此"));
    if (phone.broken() > kBreaksMax)
      return unmet(step.line, step.subject, say("a line that breaks for ever", "线路断个不停"));
    if (step.every == 0 || office_.contents().is_whole(content)) return;
    pass(phone.core().contents().retry_in_ms());  // it takes breath
  }
}

// What open cases name as gone with a phone: exactly these.
void World::expect_lost(const Expectation& wanted, int line) {
  std::string lost, expected;
  const auto name = [](std::string& all, const Digest& content) {
    all += (all.empty() ? "" : " ") + to_hex(content.view());
  };
  std::set<Digest> named;
  for (const auto& conflict : office_.open_cases()) {
    if (conflict.kind != CaseKind::kEvidenceLost || !conflict.device_value) continue;
    for (const auto& one : conflict.device_value->as_list()) {
      const auto digest = from_hex(one.as_text().substr(one.as_text().rfind(' ') + 1));
      ensure(digest.has_value());
      named.insert(*Digest::from(*digest));
    }
  }
  for (const auto& content : named) name(lost, content);
  std::set<Digest> contents;
  for (const auto& word : wanted.words) contents.insert(content_named(word, line));
  for (const auto& content : contents) name(expected, content);
  if (lost != expected) unmet(line, expected, lost);
}

void World::expect_content(const Expectation& wanted, int line) {
  const auto percent = [](std::uint64_t number) { return std::to_string(number) + "%"; };
  if (wanted.kind == Expecting::kContents) {
    const auto found = office_.contents().contents();
    if (found != wanted.number)
      unmet(line, std::to_string(wanted.number) + say(" contents", " 个原件"),
            std::to_string(found));
    return;
  }
  if (wanted.kind == Expecting::kCarried || wanted.kind == Expecting::kBroken) {
    FieldPhone* phone = find_phone(wanted.who);
    if (phone == nullptr) throw Mistake(line, "expected a phone, found " + wanted.who);
    if (wanted.kind == Expecting::kBroken) {
      if (phone->broken() != wanted.number)
        unmet(line, std::to_string(wanted.number) + say(" times", " 次"),
              std::to_string(phone->broken()));
      return;
    }
    const auto found = phone->carried_percent();
    if (found != wanted.number) unmet(line, percent(wanted.number), percent(found));
    return;
  }
  const Digest& content = content_named(wanted.words.front(), line);
  std::uint64_t found = office_.contents().is_whole(content) ? kHundred : 0;
  for (auto& phone : phones_) {
    const auto size = phone->size_of(content);
    const auto here = office_.contents().bytes_of(content, phone->device());
    if (found != kHundred && size && here) found = *here * kHundred / *size;
  }
  if (found != wanted.number) unmet(line, percent(wanted.number), percent(found));
}

}  // namespace daybook::scenario
