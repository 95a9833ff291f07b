#pragma once

#include <string>
#include <vector>

#include "media.hpp"
#include "sdp.hpp"

namespace parley {

/// Remote media with the name of its slot.
struct NamedTrack {
  std::string mid;
  MediaKind kind = MediaKind::video;
  std::string slot;

  bool operator==(const NamedTrack&) const = default;
};

/// What a foreign client sends, by slots. Its m-lines have no names, and any of them may be empty, also one
/// on which it says that it sends. So the first of a kind that carries something is the microphone or the
/// camera, the next one belongs to a shared screen, and there is no name for more. A line keeps its name
/// until it is closed, or until one in front of it turns out to carry something, too.
class ForeignTracks {
 public:
  /// `slots` are ours: where their names are an application's own, a foreign client's tracks have those.
  explicit ForeignTracks(const std::vector<Slot>& slots);

  /// A description of its that is about to be applied.
  void describe(const std::vector<MediaLine>& lines);
  /// There is a track on this line.
  void added(const std::string& mid, MediaKind kind);
  /// Media has come in on this line. Returns what is to be known by a name, or by another than before.
  [[nodiscard]] std::vector<NamedTrack> flows(const std::string& mid);

 private:
  struct Line {
    MediaLine media;
    bool flowing = false;
    std::string slot{};  ///< the name that it has; empty without one
  };

  [[nodiscard]] const std::vector<std::string>& names(MediaKind kind) const;

  std::vector<std::string> audio_;  ///< names, the first to be given first
  std::vector<std::string> video_;
  std::vector<Line> lines_;  ///< as in the description
};

}  // namespace parley
