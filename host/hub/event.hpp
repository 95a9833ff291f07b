#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "hub/call_words.hpp"
#include "hub/command.hpp"
#include "hub/config.hpp"
#include "hub/dialect.hpp"
#include "hub/encodings.hpp"
#include "hub/error.hpp"
#include "hub/room_rules.hpp"

namespace parley::hub {

/// A member as the others see it.
struct Member {
  std::string id;
  std::string name{};
  std::string meta{};  ///< a JSON text
  std::string incarnation{};
  Dialect dialect = Dialect::parley;
  bool away = false;
  std::optional<bool> offers{};  ///< whether it is going to, where that is not its dialect's to say
  bool streams = false;          ///< its media goes to the media gateway: it is nobody to connect with
  std::string identity{};        ///< that its token says; empty where it says none
  bool moderates = false;

  bool operator==(const Member&) const = default;
};

enum class LeaveReason : std::uint8_t { left, timeout, replaced, closed, removed };

/// As the wire spells it: "timeout".
[[nodiscard]] std::string_view name_of(LeaveReason reason);

/// What a client is told.
namespace event {

struct Joined {
  std::string room;
  std::string self;
  std::string session{};  ///< a secret: who knows it can resume
  bool resumed = false;
  std::string incarnation{};    ///< as the others see it
  std::vector<Member> peers{};  ///< empty when resumed: what was missed follows
  std::vector<IceServer> ice_servers{};
  Limits limits{};
  bool moderates = false;
  RoomRules rules{};
  std::chrono::seconds ends_in{};  ///< 0: never
};
/// Instead of it: a moderator is asked.
struct WaitsOutside {
  std::string room;
};
struct PeerJoined {
  Member peer;
  std::size_t members = 0;            ///< of the room, from now on
  std::vector<std::string> others{};  ///< their ids but the recipient's, where its dialect shows them
};
struct PeerUpdated {
  Member peer;
};
struct PeerAway {
  std::string id;
};
struct PeerBack {
  std::string id;
};
struct PeerLeft {
  std::string id;
  LeaveReason reason = LeaveReason::left;
  std::size_t members = 0;  ///< of the room, from now on
};
struct Signal {
  std::string from;
  std::string to{};  ///< empty where it named nobody
  command::SignalKind kind = command::SignalKind::description;
  PooledString payload{};  ///< a JSON text, an object
  PooledString link{};     ///< a JSON text, an object; or empty
};
struct Error {
  ErrorCode code = ErrorCode::not_json;
  std::string message{};
  std::string re{};  ///< the type of the message it answers; may be empty
  CallId call = 0;   ///< the call that this message was about; 0 where it did not say
};
// Of rooms with rules.
struct RulesChanged {
  RoomRules rules;
  std::chrono::seconds ends_in{};  ///< 0: never
};
/// To its client: it moderates from now on, or no more.
struct RoleChanged {
  bool moderates = false;
};
/// To a moderator: who waits, and who was removed.
struct Lobby {
  struct Guest {
    std::string id;
    std::string name{};
    std::string identity{};
    Dialect dialect = Dialect::parley;
  };

  std::vector<Guest> waiting{};
  std::vector<Guest> removed{};
};
/// A moderator asks for something to be sent no more.
struct Asked {
  std::string what;
  std::string by{};  ///< empty: the application
};
/// For a member whose credentials would end.
struct IceServers {
  std::vector<IceServer> servers;
};
/// The client's token is over soon. Without another its stay ends then.
struct TokenEnds {
  std::chrono::seconds left{};
};
struct Renewed {
  std::chrono::seconds left{};  ///< of the new token; 0 where none is looked at
};
struct Pong {};
struct Ack {};

// Calls by name.
struct User {
  std::string name;
  std::string id;
  bool in_call = false;  ///< in a list: has a call that was accepted

  bool operator==(const User&) const = default;
};
struct StandingCall {
  User with;
  CallState state = CallState::outgoing;
  std::string room{};  ///< empty until it is accepted
  CallId id = 0;
};
struct Registered {
  User user;
  std::optional<StandingCall> call{};  ///< that went on while the user was away
  Limits limits{};
};
struct UsersOnline {
  std::vector<User> users;
  std::chrono::system_clock::time_point at;
};
/// To be applied to the list in this order.
struct UsersChanged {
  /// Whose call was accepted, or has ended.
  struct Change {
    std::string name;
    bool in_call = false;
  };

  std::vector<std::string> left{};
  std::vector<User> joined{};
  std::vector<Change> changed{};
};
struct CallIncoming {
  User caller;
  CallId id = 0;
};
struct CallAccepted {
  User with;
  std::string room{};  ///< for whoever joins it by itself
  CallId id = 0;
};
struct CallRejected {
  std::string by;
  RejectReason reason = RejectReason::rejected;
  CallId id = 0;
};
struct CallEnded {
  std::string by;
  EndReason reason = EndReason::ended;
  CallId id = 0;
};

}  // namespace event

using EventBody =
    std::variant<event::Joined, event::PeerJoined, event::PeerUpdated, event::PeerAway, event::PeerBack,
                 event::PeerLeft, event::Signal, event::Error, event::WaitsOutside, event::RulesChanged,
                 event::RoleChanged, event::Lobby, event::Asked, event::IceServers, event::TokenEnds,
                 event::Renewed, event::Pong, event::Ack, event::Registered, event::UsersOnline,
                 event::UsersChanged, event::CallIncoming, event::CallAccepted, event::CallRejected,
                 event::CallEnded>;

/// One thing that happened, shared by all who are told of it.
struct Event {
  explicit Event(EventBody what) : body(std::move(what)) {}

  EventBody body;
  Encodings encodings;
};

/// About how many bytes an event keeps, for the bound on what is kept for a resume.
[[nodiscard]] std::size_t footprint(const EventBody& body);

}  // namespace parley::hub
