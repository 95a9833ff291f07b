#include "foreign_tracks.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "limits.hpp"

namespace parley {
namespace {

std::vector<std::string> names_of(MediaKind kind, const std::vector<Slot>& slots) {
  std::vector<std::string> usual = kind == MediaKind::audio
                                       ? std::vector<std::string>{"microphone", "screen-sound"}
                                       : std::vector<std::string>{"camera", "screen"};
  std::vector<std::string> ours;
  for (const Slot& slot : slots) {
    if (slot.kind == kind) ours.push_back(slot.name);
  }
  const bool all_usual = std::all_of(ours.begin(), ours.end(), [&](const std::string& name) {
    return std::find(usual.begin(), usual.end(), name) != usual.end();
  });
  return all_usual ? usual : ours;
}

}  // namespace

ForeignTracks::ForeignTracks(const std::vector<Slot>& slots)
    : audio_(names_of(MediaKind::audio, slots)), video_(names_of(MediaKind::video, slots)) {}

const std::vector<std::string>& ForeignTracks::names(MediaKind kind) const {
  return kind == MediaKind::audio ? audio_ : video_;
}

/// A line keeps its place in all descriptions (RFC 3264 section 8), so its place tells it better than a mid
/// that a description need not have.
void ForeignTracks::describe(const std::vector<MediaLine>& lines) {
  auto before = std::exchange(lines_, {});
  for (std::size_t i = 0; i < std::min(lines.size(), limits.slots); ++i) {
    Line line{.media = lines[i]};
    const bool known = i < before.size() && before[i].media.kind == line.media.kind &&
                       (line.media.mid.empty() || line.media.mid == before[i].media.mid);
    if (known && line.media.sends && before[i].media.sends) {
      line = std::move(before[i]);
    } else if (known && line.media.mid.empty()) {
      line.media.mid = before[i].media.mid;
    }
    lines_.push_back(std::move(line));
  }
}

void ForeignTracks::added(const std::string& mid, MediaKind kind) {
  const auto is_it = [&](const Line& line) { return line.media.mid == mid; };
  // The browser has given a mid of its own to a line without one.
  const auto is_without = [&](const Line& line) {
    return line.media.mid.empty() && line.media.sends && line.media.kind == kind;
  };
  if (std::any_of(lines_.begin(), lines_.end(), is_it)) return;
  const auto found = std::find_if(lines_.begin(), lines_.end(), is_without);
  if (found != lines_.end()) found->media.mid = mid;
}

std::vector<NamedTrack> ForeignTracks::flows(const std::string& mid) {
  const auto is_it = [&](const Line& line) { return line.media.sends && line.media.mid == mid; };
  auto unnamed = std::find_if(lines_.begin(), lines_.end(), is_it);
  if (unnamed == lines_.end() || std::exchange(unnamed->flowing, true)) return {};
  const MediaKind kind = unnamed->media.kind;
  std::vector<NamedTrack> renamed;
  for (const std::string& name : names(kind)) {
    const auto holder = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
      return line.media.kind == kind && line.slot == name;
    });
    if (holder < unnamed) continue;
    unnamed->slot = name;
    renamed.push_back({.mid = unnamed->media.mid, .kind = kind, .slot = name});
    if (holder == lines_.end()) break;
    // The line in front of it was taken for empty, and was only late.
    holder->slot.clear();
    unnamed = holder;
  }
  return renamed;
}

}  // namespace parley
