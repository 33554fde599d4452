// SPDX-License-Identifier: Apache-2.0
#include "core/domain/signature/form_place.hpp"

#include <algorithm>

#include "core/domain/signature/sealed_form.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {

constexpr std::size_t kTagSize = 15;  // "daybook form 1\n"
constexpr std::size_t kLengthSize = 8;
constexpr std::size_t kPlacesMax = 20;  // after so many it is another paper

// What stands where: one after the other, each with the place behind its last byte.
class Plan {
 public:
  void add(std::size_t size, std::string name) {
    end_ += size;
    items_.emplace_back(end_, std::move(name));
  }
  // The rest up to there, whatever its size is: heads of lists and maps.
  void add_upto(std::size_t end, std::string name) {
    add(end - std::min(end, end_), std::move(name));
  }
  std::size_t end() const { return end_; }
  const std::string& at(std::size_t place) const {
    const auto found =
        std::upper_bound(items_.begin(), items_.end(), place,
                         [](std::size_t wanted, const auto& item) { return wanted < item.first; });
    return found == items_.end() ? items_.back().second : found->second;
  }

 private:
  std::size_t end_ = 0;
  std::vector<std::pair<std::size_t, std::string>> items_;
};

std::size_t size_of(const Uuid& id) { return CborWriter().bytes(id.view()).size(); }
std::size_t size_of(std::uint64_t number) { return CborWriter().unsigned_integer(number).size(); }
std::size_t size_of(const std::string& text) { return CborWriter().text(text).size(); }
std::size_t size_of_head(std::size_t count) { return CborWriter().array(count).size(); }

void plan_record(const FormRecord& one, Plan& plan) {
  const std::string& collection = one.record.collection;
  plan.add(1 + size_of(collection), collection);
  plan.add(size_of(one.record.id), collection + ".id");
  plan.add(CborWriter().map(one.values.size()).size(), collection);
  for (const auto& [name, value] : one.values)
    plan.add(CborWriter().text(name).value(value).size(), collection + "." + name);
}

void plan_content(const SealedForm& form, Plan& plan) {
  plan.add(1 + size_of(std::uint64_t{1}), "form.format");
  plan.add(size_of(form.paper), "form.paper");
  plan.add(size_of(form.id), "form.id");
  plan.add(size_of(form.version), "form.version");
  plan.add(form.previous ? CborWriter().bytes(form.previous->view()).size() : 1, "form.previous");
  plan.add(size_of(form.reason), "form.reason");
  plan.add(size_of(form.subject), "form.subject");
  plan.add(size_of(form.rules), "form.rules");
  plan.add(size_of(form.rules_version), "form.rules_version");
  plan.add(size_of_head(form.records.size()), "form.records");
  for (const auto& one : form.records) plan_record(one, plan);
}

void plan_manifest(const SealedForm& form, Plan& plan) {
  plan.add(size_of_head(form.manifest.size()), "manifest");
  for (const auto& item : form.manifest) {
    CborWriter out;
    out.array(4).text(item.kind).bytes(item.id.view()).bytes(item.digest.view());
    plan.add(out.unsigned_integer(item.size).size(), "manifest." + item.kind);
  }
}

Result<Plan> plan_of(BytesView whole) {
  DAYBOOK_ASSIGN(const auto parts, split_signed_bytes(whole));
  DAYBOOK_ASSIGN(const auto form, decode_form(parts));
  Plan plan;
  plan.add(kTagSize, "tag");
  plan.add(kLengthSize, "length of content");
  const std::size_t content = plan.end();
  plan_content(form, plan);
  plan.add_upto(content + parts.content.size(), "content");
  plan.add(kLengthSize, "length of manifest");
  const std::size_t manifest = plan.end();
  plan_manifest(form, plan);
  plan.add_upto(manifest + parts.manifest.size(), "manifest");
  plan.add(kLengthSize, "length of included_upto");
  plan.add(parts.included_upto.size(), "included_upto");
  return plan;
}

}  // namespace

Result<std::vector<std::string>> changed_places(BytesView whole, BytesView changed) {
  DAYBOOK_ASSIGN(const Plan plan, plan_of(whole));
  std::vector<std::string> places;
  const auto note = [&](const std::string& name) {
    if (std::find(places.begin(), places.end(), name) == places.end()) places.push_back(name);
  };
  // Behind bytes that were put in or taken out nothing stands where it stood: only the first
  // difference can be told then.
  const bool moved = whole.size() != changed.size();
  const std::size_t size = std::min(whole.size(), changed.size());
  for (std::size_t at = 0; at < size && places.size() < kPlacesMax; ++at) {
    if (whole[at] == changed[at]) continue;
    note(plan.at(at));
    if (moved) return places;
  }
  if (moved) note(plan.at(size));
  return places;
}

}  // namespace daybook
