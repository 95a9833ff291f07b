#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace parley::engine_io {

/// Every limit of the layer: its default and the reason for it.
struct Limits {
  /// One a connection that a host is made for; each may hold a poll and, for a moment, a POST.
  std::size_t sessions = 10'000;
  /// Of a POST's body and of a WebSocket message; told to the client as maxPayload. The reference server's.
  std::size_t payload_bytes = 1'000'000;
  /// Empty messages take two bytes of a POST each, and far more once decoded. No client writes this many.
  std::size_t payload_packets = 65'536;
  /// What waits for a client's next poll. One that is this far behind has stopped polling.
  std::size_t buffered_bytes = std::size_t{1024} * 1024;
  /// The same of all sessions together: a session costs its client nothing to leave behind. Past it whoever
  /// is furthest behind goes first.
  std::size_t buffered_bytes_together = std::size_t{64} * 1024 * 1024;
  /// From a WebSocket's opening to the packet that completes the upgrade. The reference server's.
  std::chrono::milliseconds upgrade{10'000};
  /// How long the last answer of a session that has ended waits for one more poll: a client that is there
  /// polls again within a round trip.
  std::chrono::milliseconds farewell{5'000};
};

struct Config {
  Limits limits{};
  /// Proxies commonly cut what was silent for 60 s. This and the next are the reference server's.
  std::chrono::milliseconds ping_interval{25'000};
  /// For the answer to a ping. A phone that changes networks is back within it.
  std::chrono::milliseconds ping_timeout{20'000};
  /// From the probe until the poll that is held is released with a noop, which the client waits for before it
  /// upgrades: at once is quickest. The reference server looks every 100 ms; the public suites, which send a
  /// probe, the upgrade and a poll without waiting, need a moment where threads may change their order.
  std::chrono::milliseconds release_delay{0};
  /// Makes a session's id, each time another. Who knows it can read and write the session, so it must be
  /// unguessable: 128 random bits or more, in letters, digits, '-' and '_'.
  std::function<std::string()> make_sid{};
};

}  // namespace parley::engine_io
