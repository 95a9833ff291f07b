#include "hls/playlist.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <utility>

namespace parley::hls {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::string_view independent_tag = "#EXT-X-INDEPENDENT-SEGMENTS";
constexpr std::string_view target_tag = "#EXT-X-TARGETDURATION:";
constexpr std::string_view media_sequence_tag = "#EXT-X-MEDIA-SEQUENCE:";
constexpr std::string_view discontinuity_sequence_tag = "#EXT-X-DISCONTINUITY-SEQUENCE:";
constexpr std::string_view discontinuity_tag = "#EXT-X-DISCONTINUITY";
constexpr std::string_view date_tag = "#EXT-X-PROGRAM-DATE-TIME:";
constexpr std::string_view duration_tag = "#EXTINF:";
constexpr std::string_view end_tag = "#EXT-X-ENDLIST";

/// ISO 8601 with milliseconds, in UTC.
std::string date_of(WallClock::time_point instant) {
  const auto since_epoch = duration_cast<milliseconds>(instant.time_since_epoch());
  const std::time_t seconds = since_epoch / 1s;
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &fields);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(since_epoch % 1s / 1ms));
  return std::string(text.data(), length) + fraction.data();
}

template <std::integral Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc{} || end != text.end()) return std::nullopt;
  return value;
}

std::optional<WallClock::time_point> date_in(std::string_view text) {
  std::tm fields{};
  const char* const rest = strptime(std::string(text).c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  if (rest == nullptr || text.size() != form.size()) return std::nullopt;
  const auto fraction = number<int>(text.substr(form.find('.') + 1, 3));
  if (!fraction) return std::nullopt;
  return WallClock::from_time_t(timegm(&fields)) + milliseconds(*fraction);
}

/// Seconds with six decimals, which is a double's number of microseconds exactly.
std::string seconds_of(microseconds duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f", std::chrono::duration<double>(duration).count());
  return text.data();
}

std::optional<microseconds> seconds_in(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), seconds);
  if (error != std::errc{} || end == text.end() || *end != ',') return std::nullopt;
  return std::chrono::round<microseconds>(std::chrono::duration<double>(seconds));
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace

bool Playlist::may_slide() const {
  if (segments_.size() <= shape_.window) return false;
  return duration() - segments_.front().duration >= 3 * target_;
}

microseconds Playlist::duration() const {
  return std::accumulate(segments_.begin(), segments_.end(), microseconds{},
                         [](microseconds sum, const Segment& segment) { return sum + segment.duration; });
}

std::vector<Segment> Playlist::add(Segment segment) {
  segment.discontinuity = std::exchange(interrupted_, false);
  ended_ = false;
  target_ = std::max(target_, std::chrono::round<std::chrono::seconds>(segment.duration));
  segments_.push_back(std::move(segment));
  std::vector<Segment> slid;
  while (may_slide()) {
    ++media_sequence_;
    if (segments_.front().discontinuity) ++discontinuity_sequence_;
    slid.push_back(std::move(segments_.front()));
    segments_.pop_front();
  }
  return slid;
}

void Playlist::interrupt() {
  interrupted_ = !segments_.empty();
}

std::string Playlist::text() const {
  std::string out = "#EXTM3U\n#EXT-X-VERSION:3\n";
  if (std::ranges::all_of(segments_, &Segment::independent)) out.append(independent_tag).append("\n");
  out.append(target_tag).append(std::to_string(target_.count())).append("\n");
  out.append(media_sequence_tag).append(std::to_string(media_sequence_)).append("\n");
  out.append(discontinuity_sequence_tag).append(std::to_string(discontinuity_sequence_)).append("\n");
  for (const Segment& segment : segments_) {
    if (segment.discontinuity) out.append(discontinuity_tag).append("\n");
    out.append(date_tag).append(date_of(segment.begins)).append("\n");
    out.append(duration_tag).append(seconds_of(segment.duration)).append(",\n");
    out.append(segment.name).append("\n");
  }
  if (ended_) out.append(end_tag).append("\n");
  return out;
}

std::optional<Playlist> Playlist::read(std::string_view text, Shape shape) {
  if (take_line(text) != "#EXTM3U") return std::nullopt;
  Playlist playlist(shape);
  Segment next;
  bool independent = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto value = [&](std::string_view tag) { return line.substr(tag.size()); };
    bool understood = true;
    const auto set = [&](auto& field, const auto& found) {
      understood = found.has_value();
      if (found) field = *found;
    };
    if (line == independent_tag) {
      independent = true;
    } else if (line.starts_with(target_tag)) {
      const auto target = number<std::int64_t>(value(target_tag));
      understood = target.has_value();
      if (target) playlist.target_ = std::max(shape.target, std::chrono::seconds(*target));
    } else if (line.starts_with(media_sequence_tag)) {
      set(playlist.media_sequence_, number<std::uint64_t>(value(media_sequence_tag)));
    } else if (line.starts_with(discontinuity_sequence_tag)) {
      set(playlist.discontinuity_sequence_, number<std::uint64_t>(value(discontinuity_sequence_tag)));
    } else if (line == discontinuity_tag) {
      next.discontinuity = true;
    } else if (line.starts_with(date_tag)) {
      set(next.begins, date_in(value(date_tag)));
    } else if (line.starts_with(duration_tag)) {
      set(next.duration, seconds_in(value(duration_tag)));
    } else if (line == end_tag) {
      playlist.ended_ = true;
    } else if (!line.empty() && !line.starts_with('#')) {
      next.name = line;
      next.independent = independent;
      playlist.segments_.push_back(std::exchange(next, {}));
    }
    if (!understood) return std::nullopt;
  }
  return playlist;
}

}  // namespace parley::hls
