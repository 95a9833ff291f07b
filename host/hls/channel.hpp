#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "hls/disk.hpp"
#include "hls/playlist.hpp"

namespace parley::hls {

/// One of a publisher's channels as a player sees it: a playlist and its segments in a folder.
class Channel {
 public:
  Channel(std::filesystem::path folder, unsigned number, Playlist::Shape shape, Disk& disk);

  /// Goes on with what a gateway before this one left in the folder. False where that is not what is there.
  [[nodiscard]] bool take_up();

  /// Of the segments of a recording, up to their number. Each time another: a name once served is never
  /// served with other bytes.
  [[nodiscard]] std::filesystem::path new_files() const;

  /// A segment that is in the folder. What is wrong, where it cannot be listed; then it is gone.
  [[nodiscard]] std::error_code add(Segment segment);
  /// One that came too late to be listed.
  void discard(const Segment& segment) const;
  /// The next segment is of another recording.
  void interrupt() { playlist_.interrupt(); }
  void end();
  /// Removes all of its files.
  void remove();

 private:
  /// Not listed any more, and maybe being read.
  struct Slid {
    std::string name;
    std::chrono::microseconds left;  ///< of later segments, until nobody reads it
  };

  [[nodiscard]] std::error_code write() const;
  void slide(std::vector<Segment> gone, std::chrono::microseconds listed);

  const std::filesystem::path folder_;
  const unsigned number_;
  const Playlist::Shape shape_;
  Disk& disk_;
  Playlist playlist_;
  std::vector<Slid> slid_;
};

}  // namespace parley::hls
