// SPDX-License-Identifier: Apache-2.0
// The feed by commit, in pages and live.
#include <sstream>

#include "sync-server/integration/commit_line.hpp"
#include "sync-server/integration/feed_streams.hpp"
#include "tests/unit/sync-server/api/office_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

class HeardStream final : public http::LiveStream {
 public:
  void write(std::string_view text) override {
    CHECK(has_room);  // nobody is written to who has not taken the last
    heard += text;
    ++writes;
  }
  void close() override { closed_ = true; }
  bool closed() const override { return closed_; }
  bool idle() const override { return has_room; }

  std::string heard;
  int writes = 0;
  bool has_room = true;

 private:
  bool closed_ = false;
};

// What stands behind `prefix` in each line that begins with it.
std::vector<Json> lines_of(const std::string& text, const std::string& prefix) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.compare(0, prefix.size(), prefix) == 0)
      lines.push_back(Json::parse(line.substr(prefix.size())));
  }
  return lines;
}

}  // namespace

TEST_CASE("feed: pages of any size tell every commit once and in order") {
  OfficeWorld office;
  const auto record = office.world.visit();
  office.world.office_create(record, {{"priority", number(0)}});
  for (int i = 1; i < 30; ++i) office.world.office_edit(record, "priority", number(i));
  const auto viewer = office.token_of(Role::kViewer);
  for (const int limit : {1, 7, 100}) {
    std::string cursor = "0";
    std::vector<Json> told;
    while (true) {
      const auto page = office.send(
          "GET", "/api/feed?after=" + cursor + "&limit=" + std::to_string(limit), viewer);
      REQUIRE(page.status == 200);
      for (auto& line : lines_of(page.text, "")) told.push_back(std::move(line));
      cursor = *page.find_header("Daybook-Next");
      if (*page.find_header("Daybook-Behind") == "0") break;
    }
    REQUIRE(told.size() == 30);
    for (std::size_t i = 0; i < told.size(); ++i) {
      CHECK(told[i]["version"] == i + 1);
      CHECK(told[i]["changes"][0]["set"]["priority"] == i);
      CHECK(told[i]["changes"][0]["in_force"]["priority"] == 29);
      CHECK(told[i]["changes"][0]["record_version"] == 30);
    }
  }
}

TEST_CASE("feed: a commit that was merged tells what is in force and by which rule") {
  OfficeWorld office;
  const auto record = office.world.visit();
  office.world.office_create(record, {{"technician", text("wang")}, {"notes", text("first")}});
  Pen pen(office.world, "wang");
  pen.sync();
  const Version seen = office.world.version();
  office.world.office_edit(record, "notes", text("office"));
  pen.edit(record, "notes", text("first"), seen, text("phone"));
  pen.sync();
  const auto page = office.send("GET", "/api/feed?after=0", office.token_of(Role::kViewer));
  const auto lines = lines_of(page.text, "");
  const auto& last = lines.back();
  CHECK(last["from"] == "device");
  CHECK(last["by"] == "wang");
  CHECK(last["verdict"] == "merged");
  CHECK(last["changes"][0]["set"]["notes"] == "phone");
  const std::string in_force = last["changes"][0]["in_force"]["notes"];
  CHECK(in_force.find("office") != std::string::npos);
  CHECK(in_force.find("phone") != std::string::npos);
  CHECK(last["changes"][0]["outcomes"][0]["rule"] == "keep_both");
}

TEST_CASE("feed: a cursor of another past is refused and not read on") {
  OfficeWorld office;
  office.world.office_create(office.world.visit(), {{"priority", number(0)}});
  const auto viewer = office.token_of(Role::kViewer);
  for (const std::string after : {"1.0000000000000000", "2.0000000000000000"})
    CHECK(office.send("GET", "/api/feed?after=" + after, viewer).status == 404);
  for (const std::string after :
       {"1", "x", "1.", "1.zz", "-1.0000000000000000", "1.00000000000000000"})
    CHECK(office.send("GET", "/api/feed?after=" + after, viewer).status == 400);
  CHECK(office.send("GET", "/api/feed?collections=visit,nothing", viewer).status == 404);
}

TEST_CASE("feed: who reads the book only does not make the reports follow it") {
  OfficeWorld office;
  office.world.office_create(office.world.visit(), {{"priority", number(0)}});
  const auto viewer = office.token_of(Role::kViewer);
  CHECK(office.send("GET", "/api/feed?after=0", viewer).status == 200);
  CHECK(office.reports_file->stands_at().version == 0);
  CHECK(office.send("GET", "/api/records/visit", viewer).json["records"].size() == 1);
  CHECK(office.reports_file->stands_at().version == 1);
}

TEST_CASE("feed: a live reader gets each commit once, as fast as it takes them") {
  OfficeWorld office;
  auto& world = office.world;
  const auto record = world.visit();
  world.office_create(record, {{"notes", text(std::string(20'000, 'x'))}});
  for (int i = 0; i < 9; ++i)
    world.office_create(world.visit(), {{"notes", text(std::string(20'000, 'y'))}});
  FeedStreams streams(office.sessions);
  const auto stream = std::make_shared<HeardStream>();
  Call call;
  call.user = {"viewer", Role::kViewer};
  office.token_of(Role::kViewer);
  office.send("GET", "/api/records/visit", office.token_of(Role::kViewer));  // opens the reports
  const ApiDoor::Parts parts{office.sessions,
                             office.devices,
                             office.hub,
                             world.schema,
                             world.clock,
                             world.rng,
                             {},
                             {},
                             {},
                             {},
                             {},
                             {},
                             {}};
  ReadDesk desk{world.store, *office.reports_reader, world.schema, parts};
  http::ReplySink sink;
  sink.open_stream = [&] { return stream; };
  sink.reply = [](const http::Response& response) { FAIL(text_of(response.body)); };
  streams.open(call, desk, sink);
  CHECK_FALSE(streams.pump(world.store, world.schema));
  auto told = lines_of(stream->heard, "data: ");
  REQUIRE(told.size() == 10);
  CHECK(stream->writes > 1);  // never much more than a batch at a time
  // A reader that is slow is behind, and misses nothing.
  stream->has_room = false;
  for (int i = 0; i < 5; ++i) world.office_edit(record, "priority", number(i));
  CHECK(streams.pump(world.store, world.schema));
  CHECK(lines_of(stream->heard, "data: ").size() == 10);
  stream->has_room = true;
  CHECK_FALSE(streams.pump(world.store, world.schema));
  told = lines_of(stream->heard, "data: ");
  REQUIRE(told.size() == 15);
  for (std::size_t i = 0; i < told.size(); ++i) CHECK(told[i]["version"] == i + 1);
  // And one whose account changed hears no more.
  office.sessions.forget("viewer");
  world.office_edit(record, "priority", number(77));
  streams.pump(world.store, world.schema);
  CHECK(stream->closed());
  CHECK(lines_of(stream->heard, "data: ").size() == 15);
  CHECK(streams.size() == 0);
}
