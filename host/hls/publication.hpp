#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "hls/channel.hpp"
#include "hls/loop.hpp"

namespace parley::hls {

/// All that is published under one SIM number: its channels, across the publishers that come, are lost and
/// come again.
class Publication {
 public:
  struct Patience {
    std::chrono::milliseconds grace{};           ///< for a publisher that was lost, before the playlists end
    std::chrono::milliseconds rejoining{};       ///< for one that left, which may be how it begins anew
    std::chrono::milliseconds kept_after_end{};  ///< until the files go
  };

  /// `removed` is called when its files are gone and no publisher is left; the publication may end in it.
  Publication(std::filesystem::path folder, Playlist::Shape shape, Patience patience, Disk& disk,
              std::function<void()> removed);

  /// Goes on with what a gateway before this one left, as if its publisher had just been lost. False where
  /// there is anything else in the folder, which is nobody's to go on with, and stays.
  [[nodiscard]] bool take_up();

  /// A publisher is here, the `publisher`-th of all: what others leave from now on says nothing about the
  /// publication's end.
  void begin(std::uint64_t publisher);
  [[nodiscard]] Channel& channel(unsigned number);
  /// Its publisher's socket was lost: the playlists stay open for some time.
  void lose(std::uint64_t publisher);
  /// Its publisher left: the playlists end in a moment, unless it joins again, and the files go later. What a
  /// playlist says of its end is for good (RFC 8216, section 6.2.1).
  void end(std::uint64_t publisher);
  /// No publisher comes any more: the playlists end, once those that are here have ended.
  void finish();

 private:
  void end_after(std::chrono::milliseconds patience, std::uint64_t publisher);
  void end();
  /// Soon, if its publishers have all gone: one that was replaced may still be closing its last segments.
  void remove_later();
  void remove();

  const std::filesystem::path folder_;
  const Playlist::Shape shape_;
  const Patience patience_;
  Disk disk_;  // its share
  const std::function<void()> removed_;
  std::map<unsigned, Channel> channels_;
  std::uint64_t publisher_ = 0;  // the latest
  std::set<std::uint64_t> here_;
  bool over_ = false;
  bool finishing_ = false;
  Timer timer_;
};

}  // namespace parley::hls
