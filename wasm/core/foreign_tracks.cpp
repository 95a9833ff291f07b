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

std::vector<NamedTrack> ForeignTracks::added(const std::string& mid, MediaKind kind) {
  const auto is_it = [&](const Line& line) { return line.media.mid == mid; };
  // The browser has given a mid of its own to a line without one.
  const auto is_without = [&](const Line& line) {
    return line.media.mid.empty() && line.media.sends && line.media.kind == kind;
  };
  auto found = std::find_if(lines_.begin(), lines_.end(), is_it);
  if (found == lines_.end()) found = std::find_if(lines_.begin(), lines_.end(), is_without);
  if (found == lines_.end()) return {};
  found->media.mid = mid;
  found->has_track = true;
  if (found->slot.empty()) {
    for (const std::string& name : names(kind)) {
      const auto has_it = [&](const Line& line) { return line.slot == name; };
      if (std::any_of(lines_.begin(), lines_.end(), has_it)) continue;
      found->slot = found->first_slot = name;
      break;
    }
  }
  if (found->slot.empty()) return {};
  return {{.mid = mid, .kind = kind, .slot = found->slot}};
}

std::vector<NamedTrack> ForeignTracks::flows(const std::string& mid) {
  const auto is_it = [&](const Line& line) { return line.has_track && line.media.mid == mid; };
  const auto found = std::find_if(lines_.begin(), lines_.end(), is_it);
  if (found == lines_.end() || std::exchange(found->flowing, true)) return {};
  std::vector<NamedTrack> renamed;
  Line* line = &*found;
  Line* other = holder_of(line->first_slot, line->media.kind);
  // It was taken for empty, and was only late.
  if (other != nullptr && other != line) {
    exchange(*line, *other, renamed);
    line = other;
  }
  // What flows needs a name more than what is empty.
  for (const std::string& name : names(line->media.kind)) {
    if (name == line->slot) break;
    other = holder_of(name, line->media.kind);
    if (other == nullptr || other->flowing) continue;
    exchange(*line, *other, renamed);
    break;
  }
  return renamed;
}

ForeignTracks::Line* ForeignTracks::holder_of(const std::string& name, MediaKind kind) {
  const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.has_track && line.media.kind == kind && line.slot == name;
  });
  return name.empty() || found == lines_.end() ? nullptr : &*found;
}

void ForeignTracks::exchange(Line& one, Line& other, std::vector<NamedTrack>& renamed) {
  std::swap(one.slot, other.slot);
  for (const Line* line : {&one, &other}) {
    if (line->slot.empty()) continue;
    std::erase_if(renamed, [&](const NamedTrack& track) { return track.slot == line->slot; });
    renamed.push_back({.mid = line->media.mid, .kind = line->media.kind, .slot = line->slot});
  }
}

}  // namespace parley
