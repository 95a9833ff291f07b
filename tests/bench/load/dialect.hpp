#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// How each relay wants to be spoken to. The message that counts is everywhere the same: a description with
/// an SDP of a given size for the other one of a pair.
namespace parley::bench {

enum class Dialect {
  parley,  ///< parley.v1: host/dialects/parley-v1.md
  json,    ///< the same without seq and ack: rivals/node_ws.mjs
  raw,     ///< the first message names the pair, all others are relayed as they are: rivals/raw_civetweb.cpp
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

[[nodiscard]] std::string_view path(Dialect dialect);
[[nodiscard]] std::string_view subprotocol(Dialect dialect);

/// The message that brings a client into its pair's room.
[[nodiscard]] std::string join(Dialect dialect, const Identity& self);

/// An SDP of `size` bytes as it stands in JSON, its line ends escaped as \r\n.
[[nodiscard]] std::string escaped_sdp(std::size_t size);

/// Replaces `out` by an offer for the other one of the pair.
void write_offer(Dialect dialect, Identity& self, std::string_view sdp, std::string& out);

/// What a message is; keeps account of what it acknowledges.
[[nodiscard]] Kind read(Dialect dialect, Identity& self, std::string_view text);

/// The acknowledgement that is due when a client only listens; empty while none is.
[[nodiscard]] std::string due_ack(Dialect dialect, Identity& self);

}  // namespace parley::bench
