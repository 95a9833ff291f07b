#pragma once

#include "hub/access.hpp"
#include "hub/admission.hpp"
#include "hub/config.hpp"
#include "hub/outgoing.hpp"
#include "hub/refusal.hpp"
#include "hub/room.hpp"
#include "hub/streams.hpp"
#include "hub/user_list.hpp"

namespace parley::hub {

/// SignalKind signals from one member to another, to all others in its room, to the media gateway,
/// or to a user.
class Relay {
 public:
  Relay(const Config& config, Admission& admission, const RoomBooks& books, Streams& streams, UserList& users,
        Outgoing& outgoing)
      : gateway_(config.gateway),
        access_(config),
        admission_(admission),
        books_(books),
        streams_(streams),
        users_(users),
        outgoing_(outgoing) {}

  /// `message` is what holds the signal.
  [[nodiscard]] Done relay(Connection& connection, const Message& message, command::Signal& signal);
  void deliver(Session& from, Session& to, command::Signal& signal);

 private:
  [[nodiscard]] Done to_others(Session& session, command::Signal& signal);
  [[nodiscard]] Done to_partner(Session& session, command::Signal& signal);
  [[nodiscard]] Done to_user(Connection& connection, command::Signal& signal);

  bool gateway_;
  Access access_;
  Admission& admission_;
  const RoomBooks& books_;
  Streams& streams_;
  UserList& users_;
  Outgoing& outgoing_;
};

}  // namespace parley::hub
