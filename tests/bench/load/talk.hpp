#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "swarm.hpp"

namespace parley::bench {

/// How long each relayed message took from its sender's write to its recipient's read.
class Latencies {
 public:
  void add(Clock::duration latency) { all_.push_back(latency); }
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  /// The latency that this share of the messages stayed below.
  [[nodiscard]] std::chrono::duration<double, std::micro> percentile(double share);

 private:
  std::vector<Clock::duration> all_;
};

struct Talk {
  Latencies latencies;
  Clock::duration lasted{};
};

/// Lets the first `pairs` pairs of the swarm play ping-pong: one message of a pair is under way at any time,
/// and each is answered as soon as it is there.
class PingPong {
 public:
  PingPong(Swarm& swarm, std::size_t pairs, std::size_t sdp_bytes);

  void start();
  /// Measures for this long. `meanwhile` is called every few milliseconds.
  [[nodiscard]] Talk measure(Clock::duration duration, const std::function<void()>& meanwhile = {});
  /// Answers nothing any more, and waits until nothing is under way.
  void stop();

 private:
  [[nodiscard]] bool is_talker(std::size_t client) const { return client / 2 < sent_.size(); }
  void run(Clock::duration duration, Latencies* latencies, const std::function<void()>& meanwhile);

  Swarm& swarm_;
  std::string sdp_;
  std::vector<Clock::time_point> sent_;  ///< by pair
};

/// Clients that get more than they may be reading: the second of each of these pairs receives, the first
/// sends, at a steady rate whatever happens.
class Feed {
 public:
  Feed(Swarm& swarm, std::size_t first_pair, std::size_t pairs, std::size_t sdp_bytes,
       Clock::duration interval);

  /// Sends what is due.
  void pump();
  void stop_readers();

 private:
  Swarm& swarm_;
  std::size_t first_pair_;
  std::size_t pairs_;
  std::string sdp_;
  Clock::duration interval_;
  Clock::time_point due_ = Clock::now();
};

}  // namespace parley::bench
