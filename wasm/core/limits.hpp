#pragma once

#include <cstddef>

#include "time.hpp"

namespace parley {

/// Every bound and delay of the core, with its reason.
struct Limits {
  // Transport.
  Duration socket_timeout{10'000};   ///< a handshake or a join this slow will not come
  Duration backoff_first{500};       ///< the first retry comes within this (full jitter)
  Duration backoff_cap{8'000};       ///< and no retry waits longer: a host restart is noticed soon
  Duration stable_after{5'000};      ///< joined this long: the next loss starts at the first backoff again
  Duration heartbeat{15'000};        ///< silence before a ping, until the host says otherwise
  Duration heartbeat_grace{10'000};  ///< silence after a ping before the socket counts as lost
  Duration probe_grace{3'000};       ///< the same when the browser says that the network changed
  std::size_t host_bytes = 65'536;   ///< a message to the host, until it says otherwise; it closes on larger
  std::size_t name_bytes = 128;      ///< of ours or of a room, as the host takes it
  std::size_t meta_bytes = 4'096;    ///< likewise
  std::size_t message_bytes = 1 << 20;  ///< a host's message; a full room's `joined` is far smaller
  std::size_t json_depth = 96;          ///< nesting, read recursively: a host's 64, deeper in its roster
  std::size_t json_values = 1 << 16;  ///< in one text; a full room's metadata at its densest is half of that

  // Reliable delivery, over the socket and over a data channel.
  std::size_t ack_every = 32;          ///< messages handled before an ack is owed at once
  Duration ack_delay{1'000};           ///< and an ack waits no longer than this for something to ride on
  std::size_t unacknowledged = 1'024;  ///< messages a stream keeps for a replay
  std::size_t unacknowledged_bytes = 4
                                     << 20;  ///< and of them no more than this: every peer has such a stream

  // Negotiation.
  Duration prepared_for{300'000};       ///< a connection made ahead: addresses and credentials change seldom
  Duration offer_patience{3'000};       ///< how long the waiting side waits before it offers itself
  std::size_t early_candidates = 256;   ///< candidates kept until their remote description is there
  std::size_t inbox = 256;              ///< signals kept while an operation is under way
  std::size_t inbox_bytes = 1 << 20;    ///< and of them no more than this
  std::size_t slots = 64;               ///< named m-lines of a connection; each answer says them all
  std::size_t slot_bytes = 64;          ///< of such a name, and of a mid
  std::size_t candidate_bytes = 1'024;  ///< the longest ones, with their extensions, are a quarter of that
  std::size_t retired = 16;  ///< old ICE generations and connections remembered, to drop their stragglers

  // Verification.
  std::size_t entropy_bytes = 32;  ///< fewer do not keep a nonce secret

  // Connectivity.
  Duration connect_timeout{15'000};  ///< from a fresh connection to connected; a relay over TCP takes seconds
  Duration disconnected_grace{2'000};  ///< `disconnected` often heals by itself
  Duration polite_delay{1'000};  ///< the polite side restarts this much later, so that one restart is enough
  Duration restart_timeout{8'000};  ///< from an ICE restart to connected
  Duration steady_after{10'000};    ///< connected this long: repairs are counted anew
  int restarts = 2;                 ///< ICE restarts before a fresh connection
  int rebuilds = 2;                 ///< fresh connections before the peer is lost

  // Calls by name.
  Duration ring_timeout{30'000};  ///< about five rings of a telephone; who is there has answered by then

  // Bookkeeping.
  std::size_t error_bytes = 200;        ///< of a browser's error in a sentence that people read
  std::size_t timeline = 64;            ///< state changes kept of each peer
  std::size_t text_bytes = 65'536;      ///< one message to a peer, as the application writes it
  std::size_t topic_bytes = 1'024;      ///< of its topic: a word for the application at the other end
  std::size_t channel_bytes = 262'144;  ///< the same as JSON; Chromium's data channels take no more
};

inline constexpr Limits limits{};

}  // namespace parley
