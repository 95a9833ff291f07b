#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "swarm.hpp"
#include "talk.hpp"

namespace parley::bench {

/// Reads a text in parts of any size and tells it from all others.
class Digest {
 public:
  void add(std::string_view part);
  /// Of all that was added; begins anew.
  [[nodiscard]] std::uint64_t take();

 private:
  void mix(std::uint64_t word);

  std::uint64_t hash_ = 0;
  std::uint64_t bytes_ = 0;
  std::string rest_;  // of a word whose other bytes are still to come
};

/// Users of `calls` who come within a given time, and the lists of who is online that each of them is sent.
/// One user's lists are read in full; of the others' it is enough to know that they are the same.
class Registration {
 public:
  explicit Registration(Swarm& swarm);

  /// Registers all of them, evenly spread over this time.
  void run(Clock::duration within, Clock::duration limit);
  /// Waits until each has a list that has everyone in it, and says how long that took. Throws after `limit`.
  [[nodiscard]] Clock::duration wait_for_complete_lists(Clock::duration limit);

  [[nodiscard]] Latencies& waits() { return waits_; }
  [[nodiscard]] std::size_t lists() const { return lists_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// The most that the kernel held for all TCP sockets of this machine at any time.
  [[nodiscard]] std::size_t peak_kernel_bytes() const { return peak_kernel_bytes_; }

 private:
  struct User {
    Digest arriving;
    std::uint64_t list = 0;  // the digest of the last whole one
  };

  void read(std::size_t client, std::string_view part, bool last);
  [[nodiscard]] bool has_everyone(std::string_view list) const;
  [[nodiscard]] bool complete() const;

  Swarm& swarm_;
  std::vector<User> users_;
  std::string list_;            // of the user whose lists are read in full
  std::uint64_t complete_ = 0;  // the digest of a list that has everyone in it
  Latencies waits_;
  std::size_t lists_ = 0;
  std::size_t bytes_ = 0;
  std::size_t peak_kernel_bytes_ = 0;
};

}  // namespace parley::bench
