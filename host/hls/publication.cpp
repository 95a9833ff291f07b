#include "hls/publication.hpp"

#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>

#include "hls/own_files.hpp"

namespace parley::hls {

namespace fs = std::filesystem;

namespace {

/// One publisher takes at most this part of the disk: whatever it sends, there is room for some others.
constexpr std::uintmax_t shares_of_disk = 4;

/// `1.m3u8` is channel 1's.
unsigned number_of(const fs::path& playlist) {
  const std::string stem = playlist.stem();
  unsigned number = 0;
  if (playlist.extension() == ".m3u8") std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return number;
}

}  // namespace

Publication::Publication(fs::path folder, Playlist::Shape shape, Patience patience, Disk& disk,
                         std::function<void()> removed)
    : folder_(std::move(folder)),
      shape_(shape),
      patience_(patience),
      disk_(disk, disk.bound() / shares_of_disk),
      removed_(std::move(removed)) {}

bool Publication::take_up() {
  if (!is_own_folder(folder_)) return false;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const unsigned number = number_of(entry.path());
    if (number > 0 && !channel(number).take_up()) return false;
  }
  lose(publisher_);
  return true;
}

Channel& Publication::channel(unsigned number) {
  return channels_.try_emplace(number, folder_, number, shape_, disk_).first->second;
}

void Publication::begin(std::uint64_t publisher) {
  std::error_code error;  // the first segment that cannot be written says it
  fs::create_directories(folder_, error);
  publisher_ = publisher;
  here_.insert(publisher);
  over_ = false;
  timer_.stop();
}

void Publication::lose(std::uint64_t publisher) {
  end_after(patience_.grace, publisher);
}

void Publication::end(std::uint64_t publisher) {
  end_after(patience_.rejoining, publisher);
}

void Publication::end_after(std::chrono::milliseconds patience, std::uint64_t publisher) {
  here_.erase(publisher);
  if (over_) {
    remove_later();
  } else if (finishing_) {
    if (here_.empty()) end();
  } else if (publisher == publisher_) {
    timer_.once(patience, [this] { end(); });
  }
}

void Publication::finish() {
  finishing_ = true;
  if (here_.empty() && !over_) end();
}

void Publication::end() {
  over_ = true;
  for (auto& [number, channel] : channels_) channel.end();
  remove_later();
}

void Publication::remove_later() {
  if (!here_.empty()) return;
  std::error_code gone_already;
  const bool was_seen = !fs::is_empty(folder_, gone_already) && !gone_already;
  timer_.once(was_seen ? patience_.kept_after_end : std::chrono::milliseconds(0), [this] { remove(); });
}

void Publication::remove() {
  for (auto& [number, channel] : channels_) channel.remove();
  remove_own(folder_);
  const auto removed = removed_;  // a copy, since it may be the end of this one
  removed();
}

}  // namespace parley::hls
