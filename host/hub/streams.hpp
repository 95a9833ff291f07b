#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "hub/config.hpp"
#include "hub/outgoing.hpp"
#include "hub/pending_streams.hpp"
#include "hub/refusal.hpp"
#include "hub/room.hpp"
#include "hub/timeout_queue.hpp"

namespace parley::hub {

/// Streams from a publisher to the media gateway. A publisher offers, and what it says waits until a
/// connection of the gateway has joined its room. From then on signals go between these two. A stream is
/// pending until its media flows; a publisher and its gateway part together.
class Streams {
 public:
  Streams(const Config& config, Outgoing& outgoing)
      : config_(config), limits_(config.limits), outgoing_(outgoing) {}

  /// A signal of the publisher for the gateway. It waits until the gateway has joined.
  [[nodiscard]] Done publish(Session& publisher, command::Signal& signal);
  /// The publisher leaves, or its socket is lost: the gateway goes, too.
  void end(Session& publisher, StreamChange::Kind how);

  /// A connection of the gateway comes for the publisher in this room; null where there is no such room.
  [[nodiscard]] Done join(Connection& gateway, Room* room);
  /// A signal of the gateway for its publisher.
  [[nodiscard]] Done relay(const Session& gateway, command::Signal& signal);
  /// The media of this publisher flows.
  void flows(Session& publisher) { end_pending(publisher); }
  void report(const Session& gateway, command::Report& report);
  /// The gateway lets go of its stream, or its connection is lost.
  void lose(Session& gateway);

  [[nodiscard]] std::optional<Instant> next_timeout() const;
  void expire();

 private:
  [[nodiscard]] Done check_limits(const std::string& address) const;
  [[nodiscard]] Done keep(WaitingStream& waiting, command::Signal& signal) const;
  void stop_waiting(Session& publisher);
  void end_pending(Session& publisher);
  void remove(Session& gateway, std::string_view why);
  void tell_publisher(const Session& publisher, Refusal why);

  const Config& config_;
  const Limits& limits_;
  Outgoing& outgoing_;
  TimeoutQueue<Session> waiting_;  ///< publishers without a gateway, each for `gateway_patience`
  PendingStreams pending_;         ///< those, and those whose media does not flow yet
  std::size_t count_ = 0;          ///< that the gateway has joined
};

}  // namespace parley::hub
