#include "hls/channel.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/files.hpp"
#include "hls/own_files.hpp"

namespace parley::hls {

namespace fs = std::filesystem;

Channel::Channel(fs::path folder, unsigned number, Playlist::Shape shape, Disk& disk)
    : folder_(std::move(folder)), number_(number), shape_(shape), disk_(disk), playlist_(shape) {}

bool Channel::take_up() {
  const auto text = read_file(folder_ / (std::to_string(number_) + ".m3u8"));
  auto found = text ? Playlist::read(*text, shape_) : std::nullopt;
  if (!found) return false;
  const auto listed_by_us = [](const Segment& segment) { return is_segment_name(segment.name); };
  if (!std::ranges::all_of(found->segments(), listed_by_us)) return false;
  playlist_ = std::move(*found);
  playlist_.interrupt();
  const std::string prefix = std::to_string(number_) + "-";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(prefix) || !is_own_name(name)) continue;
    const bool listed =
        std::ranges::find(playlist_.segments(), name, &Segment::name) != playlist_.segments().end();
    // It is what there is; a disk that is too full already is for the next segment to find.
    static_cast<void>(disk_.keep(entry.path()));
    if (!listed) disk_.remove(entry.path());
  }
  return true;
}

fs::path Channel::new_files() const {
  using std::chrono::milliseconds;
  const auto now = std::chrono::duration_cast<milliseconds>(WallClock::now().time_since_epoch());
  return folder_ / (std::to_string(number_) + "-" + std::to_string(now.count()) + "-");
}

std::error_code Channel::add(Segment segment) {
  const fs::path file = folder_ / segment.name;
  if (!disk_.keep(file)) {
    disk_.remove(file);
    return std::make_error_code(std::errc::no_space_on_device);
  }
  std::erase_if(slid_, [&](Slid& slid) {
    slid.left -= segment.duration;
    if (slid.left.count() <= 0) disk_.remove(folder_ / slid.name);
    return slid.left.count() <= 0;
  });
  const auto listed = playlist_.duration();
  slide(playlist_.add(std::move(segment)), listed);
  const auto wrong = write();
  if (wrong) {
    // What no playlist lists makes room for the last lines of this one.
    playlist_.take_back();
    disk_.remove(file);
  }
  return wrong;
}

/// A segment stays for as long as it lasts itself and the longest playlist that listed it (RFC 8216,
/// section 6.2.2): somebody may have read that a moment ago.
void Channel::slide(std::vector<Segment> gone, std::chrono::microseconds listed) {
  for (Segment& segment : gone)
    slid_.push_back({.name = std::move(segment.name), .left = segment.duration + listed});
}

void Channel::discard(const Segment& segment) const {
  std::error_code gone_already;
  fs::remove(folder_ / segment.name, gone_already);
}

void Channel::end() {
  if (playlist_.segments().empty() || playlist_.ended()) return;
  playlist_.end();
  if (!write()) return;
  // The disk is full. What is not listed any more makes room for some lines.
  for (const Slid& slid : std::exchange(slid_, {})) disk_.remove(folder_ / slid.name);
  static_cast<void>(write());
}

void Channel::remove() {
  std::error_code error;
  fs::remove(folder_ / (std::to_string(number_) + ".m3u8"), error);
  for (const Slid& slid : std::exchange(slid_, {})) disk_.remove(folder_ / slid.name);
  for (const Segment& segment : playlist_.segments()) disk_.remove(folder_ / segment.name);
}

std::error_code Channel::write() const {
  return write_at_once(folder_ / (std::to_string(number_) + ".m3u8"), playlist_.text());
}

}  // namespace parley::hls
