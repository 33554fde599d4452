// SPDX-License-Identifier: Apache-2.0
// Pages: nothing that a person typed becomes markup, and nothing that a reader needs is left out.
#include "sync-server/views/pages.hpp"

#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "sync-server/views/signature_svg.hpp"
#include "sync-server/views/trouble.hpp"
#include "sync-server/views/value_text.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

constexpr const char* kAttack = "<script>alert('1')</script>\"&";
constexpr std::int64_t kNow = 1'790'000'000'000;

// A store with the after-sales rules and one visit with a fact of every kind, every text of which
// is `planted`.
struct PlantedStore {
  explicit PlantedStore(const std::string& planted) : schema(must(load_after_sales())) {
    core = std::make_unique<ServerCore>(store, schema, clock, rng, trace);
    must(core->open(std::nullopt));
    must(store.begin());
    const auto customer = put("customer", planted, {});
    visit = put("visit", planted, customer);
    for (const auto& collection : schema.collections) {
      if (collection.parent == "visit") put(collection.name, planted, visit);
    }
    DeviceRow device;
    device.device = rng.draw<DeviceId>();
    device.actor = planted;
    device.name = planted;
    must(store.put_device(device));
    must(store.put_contact({device.device, kNow, 0, 0, 2, 3400, 1, kNow, {}}));
    ConflictCase conflict;
    conflict.number = 1;
    conflict.record = {"visit", visit};
    conflict.field = "category";
    conflict.rule = planted;
    conflict.base_value = text(planted);
    conflict.device_value = text(planted);
    conflict.device_actor = planted;
    must(store.put_case(conflict));
    must(store.commit());
  }

  // Every field filled; written past the door, because the door would refuse such values.
  Uuid put(const std::string& name, const std::string& planted, const Uuid& points_to) {
    const auto& collection = *schema.find(name);
    RecordState state;
    state.record = {name, rng.draw<Uuid>()};
    for (const auto& field : collection.fields) {
      Value value = Value::integer(1000);
      if (field.type == FieldType::kText) value = text(planted);
      if (field.type == FieldType::kTextList) value = Value::list({text(planted), text(planted)});
      if (field.type == FieldType::kBool) value = Value::boolean(true);
      if (field.type == FieldType::kReference) value = id_value(points_to);
      if (field.type == FieldType::kReferenceList) value = Value::list({id_value(points_to)});
      if (field.type == FieldType::kDigest) value = Value::bytes(Bytes(32, 1));
      state.fields[field.name].value = value;
    }
    state.fields["unheard_<i>of"].value = text(planted);
    const bool child = collection.parent == "visit";
    must(store.put_record(state, child ? std::optional(points_to) : std::nullopt));
    return state.record.id;
  }

  ManualClock clock;
  SeededRng rng{9};
  NoTrace trace;
  MemoryServerStore store;
  Schema schema;
  std::unique_ptr<ServerCore> core;
  Uuid visit;
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("views: text is escaped, control characters included") {
  CHECK(escape_html("a<b>&\"'\n") == "a&lt;b&gt;&amp;&quot;&#39;\n");
  CHECK(escape_html(std::string_view("\x01\x7f", 2)) == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escape_html("现场") == "现场");
}

TEST_CASE("views: markup planted in every field stays text on every page") {
  PlantedStore planted(kAttack);
  const PageSetting setting{kNow, 480, kAttack};
  const auto list = must(visits_page(planted.store, planted.schema, setting, std::nullopt));
  const auto sheet = must(visit_page(planted.store, planted.schema, setting, planted.visit));
  for (const auto* page : {&list, &sheet}) {
    CHECK(page->find("<script") == std::string::npos);
    CHECK(page->find("<i>") == std::string::npos);
    CHECK(page->find("onload") == std::string::npos);
    CHECK(count_of(*page, "&lt;script&gt;") > 3);
  }
  CHECK(count_of(sheet, "&lt;script&gt;") > 60);
}

TEST_CASE("views: a page is a whole document with landmarks, in both languages, and runs nothing") {
  PlantedStore planted("王小明");
  const auto page =
      must(visit_page(planted.store, planted.schema, {kNow, 480, "ada"}, planted.visit));
  for (const char* part :
       {"<!doctype html>", "<html lang=\"zh\">", "<main id=\"main\">", "<header>", "<nav ",
        "<footer>", "<h1>", "售后服务处理单", "Service form", "换件", "Part swap", "旧件编号",
        "Old serial", "签名", "Open cases"}) {
    INFO(part);
    CHECK(page.find(part) != std::string::npos);
  }
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("style=") == std::string::npos);
  CHECK(count_of(page, "<h1>") == 1);
}

TEST_CASE("views: phones with unsent work stand above the visits") {
  PlantedStore planted("Zhang");
  const auto page = must(visits_page(planted.store, planted.schema, {kNow, 0, ""}, std::nullopt));
  const auto notice = page.find("id=\"unsent\"");
  REQUIRE(notice != std::string::npos);
  CHECK(notice < page.find("<table>"));
  CHECK(page.find("3.4 kB") != std::string::npos);
}

TEST_CASE("views: a visit that is not there is said to be so") {
  PlantedStore planted("x");
  const auto page = visit_page(planted.store, planted.schema, {}, planted.rng.draw<Uuid>());
  REQUIRE_FALSE(page.ok());
  CHECK(page.error().code == Errc::kNotFound);
}

TEST_CASE("views: what the rules did and what is promised is told with the visit") {
  ServerWorld world;
  const auto visit = world.visit();
  world.office_create(visit, {{"technician", text("zhang")}, {"priority", number(3)}});
  Pen pen(world, "zhang");
  const Base base{must(world.store.head()).epoch, world.version()};
  auto body = pen.blank();
  Change change;
  change.record = visit;
  change.kind = Change::Kind::kEdit;
  change.edits.push_back({"cause", std::nullopt, base, text("a fuse")});
  change.edits.push_back({"priority", number(3), base, number(1)});
  body.changes.push_back(change);
  body.attachments.push_back({Digest{}, 5000, "image/<b>", "evidence", visit});
  pen.write(body);
  REQUIRE(pen.sync().push == wire::PushStatus::kStored);
  const auto story = must(load_story(world.store, {visit}));
  REQUIRE(story.notices.size() == 1);
  CHECK(story.notices[0].field.field == "priority");
  CHECK(story.notices[0].field.outcome == FieldOutcome::kProposed);
  const auto page = must(visit_page(world.store, world.schema, {kNow, 0, ""}, visit.id));
  CHECK(page.find("kept as a proposal, not in force") != std::string::npos);
  CHECK(page.find("promised, content not here yet") != std::string::npos);
  CHECK(page.find("evidence") != std::string::npos);
  CHECK(page.find("0 of 1 here") != std::string::npos);
  CHECK(page.find("image/&lt;b&gt;") != std::string::npos);
  world.within([&] {
    ContentRow content;
    content.size = 5000;
    return must(world.store.put_content(content)), 0;
  });
  const auto later = must(visit_page(world.store, world.schema, {kNow, 0, ""}, visit.id));
  CHECK(later.find("1 of 1 here") != std::string::npos);
  CHECK(later.find("promised, content not here yet") == std::string::npos);
  const auto with = [&](const char* kind, std::uint32_t width, std::uint32_t height) {
    ContentRow content;
    content.size = 5000;
    content.kind = kind;
    content.width = width;
    content.height = height;
    world.within([&] { return must(world.store.put_content(content)), 0; });
    return must(visit_page(world.store, world.schema, {kNow, 0, ""}, visit.id));
  };
  const auto picture = with("image/png", 640, 480);
  CHECK(picture.find("in fact </span>image/png") != std::string::npos);
  CHECK(picture.find("640 × 480") != std::string::npos);
  CHECK(picture.find("to be saved") == std::string::npos);
  CHECK(with("image/png", 20'001, 10).find("to be saved, not shown") != std::string::npos);
  CHECK(with("application/octet-stream", 0, 0).find("kind not recognised") != std::string::npos);
}

TEST_CASE("views: strokes are drawn as paths") {
  const Strokes strokes{{{10, 20, 0, 5}, {15, 25, 16, 11}, {12, 29, 32, 18}}, {{100, 100, 400, 1}}};
  auto drawn = draw_signature(strokes, 300, 120, "王 <小> 明");
  const auto svg = drawn.take();
  CHECK(svg.find("M10 20L15 25L12 29\"") != std::string::npos);
  CHECK(svg.find("M100 100h0\"") != std::string::npos);
  CHECK(svg.find("viewBox=\"0 0 300 120\"") != std::string::npos);
  CHECK(svg.find("aria-label=\"王 &lt;小&gt; 明\"") != std::string::npos);
}

TEST_CASE("views: numbers are shown as people write them") {
  CHECK(decimal_text(1234567, 2, false) == "12345.67");
  CHECK(decimal_text(5, 2, false) == "0.05");
  CHECK(decimal_text(-5, 2, false) == "-0.05");
  CHECK(decimal_text(2000, 3, true) == "2");
  CHECK(decimal_text(1500, 3, true) == "1.5");
  CHECK(decimal_text(INT64_MIN, 2, false) == "-92233720368547758.08");
  CHECK(time_text(1'790'000'000'000, 480) == "2026-09-21 22:13 +08:00");
  CHECK(time_text(0, -210) == "1969-12-31 20:30 -03:30");
  CHECK(time_text(INT64_MAX, 0) == "9223372036854775807 ms");
  CHECK(size_text(999) == "999 B");
  CHECK(size_text(3400) == "3.4 kB");
  CHECK(size_text(2'000'000) == "2 MB");
}
