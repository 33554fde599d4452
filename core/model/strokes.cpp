// SPDX-License-Identifier: Apache-2.0
#include "core/model/strokes.hpp"

#include <limits>
#include <optional>
#include <string>

namespace daybook {
namespace {

constexpr std::uint8_t kForm = 1;
constexpr int kShiftMax = 63;

Error bad(const std::string& place, std::string detail = {}) {
  return failure(Errc::kInvalid, "strokes" + place, std::move(detail));
}

void put_number(Bytes& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<std::uint8_t>(number | 0x80));
  out.push_back(static_cast<std::uint8_t>(number));
}

// 0, -1, 1, -2, … as 0, 1, 2, 3, …
std::uint64_t folded(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  return (bits << 1) ^ (number < 0 ? ~std::uint64_t{0} : 0);
}

std::int64_t unfolded(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

class Numbers {
 public:
  explicit Numbers(BytesView bytes) : bytes_(bytes) {}

  // Nothing at the end, or where it is not in its shortest form.
  std::optional<std::uint64_t> next() {
    std::uint64_t number = 0;
    for (int shift = 0; at_ < bytes_.size() && shift < kShiftMax; shift += 7) {
      const std::uint8_t byte = bytes_[at_++];
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) != 0) continue;
      if (byte == 0 && shift > 0) return std::nullopt;
      return number;
    }
    return std::nullopt;
  }
  // A number that follows `before` by a folded difference and lies within bounds.
  std::optional<std::int64_t> next_after(std::int64_t before, std::int64_t min, std::int64_t max) {
    const auto difference = next();
    if (!difference || *difference > std::uint64_t{1} << 34) return std::nullopt;
    const std::int64_t number = before + unfolded(*difference);
    if (number < min || number > max) return std::nullopt;
    return number;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  BytesView bytes_;
  std::size_t at_ = 0;
};

// One coordinate of all points, stroke after stroke: numbers of one kind beside each other pack
// well.
template <class Coordinate>
void put_column(Bytes& out, const Strokes& strokes, Coordinate coordinate) {
  std::int64_t before = 0;
  for (const Stroke& stroke : strokes) {
    for (const StrokePoint& point : stroke) {
      const auto now = static_cast<std::int64_t>(point.*coordinate);
      put_number(out, folded(now - before));
      before = now;
    }
  }
}

template <class Part>
bool read_column(Numbers& in, Strokes& strokes, Part StrokePoint::*coordinate, std::int64_t max) {
  const auto min = static_cast<std::int64_t>(std::numeric_limits<Part>::min());
  std::int64_t before = 0;
  for (Stroke& stroke : strokes) {
    for (StrokePoint& point : stroke) {
      const auto now = in.next_after(before, min, max);
      if (!now) return false;
      point.*coordinate = static_cast<Part>(*now);
      before = *now;
    }
  }
  return true;
}

Result<void> check(const Strokes& strokes) {
  if (strokes.size() > kStrokesMax)
    return failure(Errc::kTooLarge, "strokes", "at most " + std::to_string(kStrokesMax));
  std::size_t points = 0;
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < strokes.size(); ++i) {
    const std::string place = "[" + std::to_string(i) + "]";
    if (strokes[i].empty()) return bad(place, "no point");
    points += strokes[i].size();
    if (points > kStrokePointsMax)
      return failure(Errc::kTooLarge, "strokes",
                     "at most " + std::to_string(kStrokePointsMax) + " points");
    for (const StrokePoint& point : strokes[i]) {
      if (point.t_ms < before) return bad(place, "time falls");
      if (point.pressure > kPressureMax) return bad(place, "pressure above 1023");
      before = point.t_ms;
    }
  }
  return success();
}

}  // namespace

Result<Bytes> encode_strokes(const Strokes& strokes) {
  DAYBOOK_TRY(check(strokes));
  Bytes out{kForm};
  put_number(out, strokes.size());
  for (const Stroke& stroke : strokes) put_number(out, stroke.size());
  put_column(out, strokes, &StrokePoint::x);
  put_column(out, strokes, &StrokePoint::y);
  put_column(out, strokes, &StrokePoint::t_ms);
  put_column(out, strokes, &StrokePoint::pressure);
  return out;
}

Result<Strokes> decode_strokes(BytesView bytes) {
  if (bytes.empty() || bytes[0] != kForm) return bad("", "of another form");
  Numbers in(bytes.subspan(1));
  const auto count = in.next();
  if (!count) return bad("", "cut off");
  if (*count > kStrokesMax)
    return failure(Errc::kTooLarge, "strokes", "at most " + std::to_string(kStrokesMax));
  Strokes strokes(static_cast<std::size_t>(*count));
  std::size_t points = 0;
  for (Stroke& stroke : strokes) {
    const auto size = in.next();
    if (!size || *size == 0) return bad("", "a stroke without points");
    if (*size > kStrokePointsMax - points)
      return failure(Errc::kTooLarge, "strokes",
                     "at most " + std::to_string(kStrokePointsMax) + " points");
    points += static_cast<std::size_t>(*size);
    // Each point has four numbers still to come, of a byte at least: what is claimed must be there.
    if (points * 4 > bytes.size()) return bad("", "cut off");
    stroke.resize(static_cast<std::size_t>(*size));
  }
  constexpr auto most = std::numeric_limits<std::int32_t>::max();
  constexpr auto latest = std::numeric_limits<std::uint32_t>::max();
  const bool read = read_column(in, strokes, &StrokePoint::x, most) &&
                    read_column(in, strokes, &StrokePoint::y, most) &&
                    read_column(in, strokes, &StrokePoint::t_ms, latest) &&
                    read_column(in, strokes, &StrokePoint::pressure, kPressureMax);
  if (!read || !in.at_end()) return bad("", "a number that is none, or bytes too many");
  DAYBOOK_TRY(check(strokes));
  return strokes;
}

bool are_strokes(BytesView bytes) { return decode_strokes(bytes).ok(); }

}  // namespace daybook
