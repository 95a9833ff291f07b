#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// How each relay wants to be spoken to. The message that counts is everywhere the same: a description with
/// an SDP of a given size for the other one of a pair.
namespace parley::bench {

enum class Dialect {
  parley,   ///< parley.v1: host/dialects/parley-v1.md
  json,     ///< the same without seq and ack: rivals/node_ws.mjs
  raw,      ///< the first message names the pair, all others are relayed as they are: rivals/raw_civetweb.cpp
  fastapi,  ///< room and peer are in the path
  serverpod,  ///< what is relayed is JSON in a string of JSON
  calls,      ///< no rooms: users by their names
  socketio,   ///< Socket.IO v5 over Engine.IO v4, by WebSocket alone
};

/// Who a client is, and how far it is in parley.v1's numbering.
struct Identity {
  std::size_t pair = 0;
  char side = 'a';
  std::uint64_t sent = 0;      ///< the last seq it used
  std::uint64_t received = 0;  ///< the last seq it saw
  std::uint64_t acked = 0;     ///< the last seq it acknowledged
};

enum class Kind { joined, relayed, refused, other };

/// Its name where there are no rooms, which then says which pair it is of.
[[nodiscard]] std::string user_name(const Identity& self);

[[nodiscard]] std::string path(Dialect dialect, const Identity& self);
[[nodiscard]] std::string_view subprotocol(Dialect dialect);

/// What a client says first, once its WebSocket is open: what brings it into its pair's room. Empty where the
/// path does, or the server speaks first.
[[nodiscard]] std::string greeting(Dialect dialect, const Identity& self);

/// An SDP of `size` bytes as it stands in an offer's JSON, its line ends escaped.
[[nodiscard]] std::string escaped_sdp(Dialect dialect, std::size_t size);

/// Replaces `out` by an offer for the other one of the pair.
void write_offer(Dialect dialect, Identity& self, std::string_view sdp, std::string& out);

/// What a message is; keeps account of what it acknowledges.
[[nodiscard]] Kind read(Dialect dialect, Identity& self, std::string_view text);

/// What the protocol asks for in return, if the client has just said nothing of its own; empty if nothing:
/// parley.v1's acknowledgements, Socket.IO's steps into a room and its heartbeat.
[[nodiscard]] std::string reply(Dialect dialect, Identity& self, std::string_view text);

}  // namespace parley::bench
