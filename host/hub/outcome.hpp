#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/call_record.hpp"
#include "hub/event.hpp"
#include "hub/socket.hpp"

namespace parley::hub {

/// Why a connection is to be closed: a WebSocket close code and a few words.
struct Close {
  std::uint16_t code = 0;
  std::string_view reason;   ///< a literal
  std::string_view limit{};  ///< the option whose limit was passed; empty where none was
};

/// One thing to do for one connection: send it an event or, where there is none, close it. Deliveries to the
/// same connection are to be performed in the order in which the hub made them.
struct Delivery {
  ConnectionId to = 0;
  std::shared_ptr<const Event> event{};
  std::uint64_t seq = 0;  ///< the event's number; 0 is none
  std::uint64_t ack = 0;  ///< the last message of that client that was handled
  Close close{};          ///< where there is no event
};

/// What the host's media gateway is to do for the publisher in a room.
struct StreamChange {
  enum class Kind : std::uint8_t {
    wanted,  ///< a publisher waits there: the gateway is to join that room
    left,    ///< the publisher is gone and said so: the stream has ended
    lost,    ///< its socket was lost, or the gateway: the publisher may be back in a moment
  };

  Kind kind = Kind::wanted;
  std::string room;
  std::string address{};  ///< the publisher's, where it is wanted and known
};

/// Something that an operator may want to read in a log.
struct Notice {
  enum class Kind : std::uint8_t { joined, resumed, away, left, refused, closed };

  Kind kind = Kind::joined;
  ConnectionId connection = 0;  ///< 0 where the member has none
  std::string address{};        ///< of the client, or of its last connection
  std::string room{};           ///< empty where the connection is in none
  std::string peer{};
  std::string_view detail{};   ///< a literal: why it left, the error's code, why it is closed
  std::string_view refused{};  ///< what counts: the error's code, or the limit that was passed; else empty
};

/// What came of a call. Calls append, so one can be used again after clear().
struct Outcome {
  std::vector<Delivery> deliveries;
  std::vector<Notice> notices;
  std::vector<StreamChange> streams;
  std::vector<CallRecord> calls;
  std::vector<ConnectionId> probes;  ///< whose clients are to be asked for a sign of life

  void clear() {
    probes.clear();
    deliveries.clear();
    notices.clear();
    streams.clear();
    calls.clear();
  }
};

}  // namespace parley::hub
