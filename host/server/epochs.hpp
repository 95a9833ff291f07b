#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace parley::server {

/// In which epoch each room is, by the second in which it has begun: invitations that were made before are withdrawn. Kept in a file, so that they stay so
/// when the host starts again. From any thread.
class Epochs {
 public:
  using Time = std::chrono::sys_seconds;

  // An invitation lasts no longer, so that nobody needs to remember for longer what was withdrawn.
  static constexpr std::chrono::hours remembered{24 * 30};
  // What withdraws them is a person, or a program that may moderate.
  static constexpr std::size_t most = 10'000;

  /// Reads the file, where there is one. The error is a sentence.
  [[nodiscard]] static Result<Epochs, std::string> read(std::filesystem::path file, Time now);
  Epochs(Epochs&& other) noexcept : file_(std::move(other.file_)), rooms_(std::move(other.rooms_)) {}

  /// Of the room that this pattern is for. 0 where none was withdrawn lately.
  [[nodiscard]] std::uint64_t of(std::string_view room) const;
  /// Withdraws all invitations to it. The error is a sentence; then all is as it was.
  [[nodiscard]] Result<void, std::string> advance(const std::string& room, Time now);

 private:
  struct Entry {
    std::uint64_t epoch = 0;
    Time since{};
  };
  using Rooms = std::map<std::string, Entry, std::less<>>;

  Epochs(std::filesystem::path file, Rooms rooms) : file_(std::move(file)), rooms_(std::move(rooms)) {}

  std::filesystem::path file_;
  std::mutex writing_;  // before the other
  mutable std::mutex mutex_;
  Rooms rooms_;
};

}  // namespace parley::server
