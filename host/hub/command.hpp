#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/pooled_allocator.hpp"
#include "hub/call_words.hpp"
#include "hub/credential.hpp"
#include "hub/error.hpp"
#include "hub/room_rules.hpp"

namespace parley::hub {

/// What a connection asks for, whatever dialect it said it in. Every string is valid UTF-8 and every field
/// marked "a JSON text" is well-formed JSON: that is the dialect's to see to. Lengths and names are checked
/// by the hub.
namespace command {

struct Resume {
  std::string session;    ///< the secret from `joined`
  std::uint64_t ack = 0;  ///< the last event that arrived
};

struct Join {
  std::string room;
  std::optional<std::string> peer{};  ///< the id to have; the hub makes one up otherwise
  std::string name{};
  std::string meta = "{}";  ///< a JSON text
  /// Of a page load: the SHA-256 of a secret that it has shown, so that who knows what the others see cannot
  /// be taken for it. Made up by the hub for dialects that have none.
  std::string incarnation{};
  /// The same of the page that was loaded in this tab before; or empty.
  std::string former{};
  std::optional<Resume> resume{};
  /// A client that may not join is disconnected: its address names the only room that it wants.
  bool or_close = false;
  std::optional<bool> offers{};  ///< whether it is going to, where that is not its dialect's to say
  bool moderates = false;        ///< for the hub to say
  Token token{};
};

/// `description` is one that is neither an offer nor an answer.
enum class SignalKind : std::uint8_t { offer, answer, candidate, description };

/// To whom a signal goes.
enum class Audience : std::uint8_t {
  member,   ///< the one of that id
  others,   ///< all others in the room; an answer to the one whose offer came last
  partner,  ///< the room's only other member, or the one that it went to before
  user,     ///< whoever is registered under that name, or a member of that id
};

/// Relayed, and not parsed.
struct Signal {
  std::string to{};
  Audience audience = Audience::member;
  SignalKind kind = SignalKind::description;
  PooledString payload{};  ///< a JSON text, an object
  PooledString link{};     ///< a JSON text, an object; or empty
  /// The room to enter first, under its own name as the id, where the connection is in none.
  std::string enter{};
  /// The room that it is meant for, where its sender says so; or empty.
  std::string room{};
};

// Calls by name.
struct Register {
  std::string name;
  std::string user_id;
  std::string room{};  ///< to be a member of, too; or empty
  /// With one, the user comes back to its name on another connection, and joins the room of a call by itself.
  /// Without one, the name ends with the connection, and the hub puts the user into that room.
  std::optional<std::string> secret{};
  /// That of the page that was loaded in this tab before.
  std::optional<std::string> former{};
  Token token{};
};
/// The client has read what it was sent of the list of users, and takes more.
struct NextUsers {};
struct Call {
  std::string name;
  CallId id = 0;  ///< what its caller is going to know it as
};
struct AcceptCall {
  std::string caller;
  CallId id = 0;
};
struct RejectCall {
  std::string caller;
  RejectReason reason = RejectReason::rejected;
  CallId id = 0;
};
/// However far it has come: it may have been accepted while its caller was giving up.
struct EndCall {
  std::string name;
  CallId id = 0;
};

/// Something in a room that only a moderator may do.
struct Moderate {
  enum class Action : std::uint8_t {
    admit,    ///< somebody who waits, or all
    refuse,   ///< likewise
    remove,   ///< a member, who stays out
    allow,    ///< in again, who was removed
    ask,      ///< a member to send something no more
    appoint,  ///< a member to moderate, too
    resign,   ///< from moderating
    rules,    ///< of the room
    end,      ///< the call, for all
  };

  Action action = Action::rules;
  std::string id{};    ///< of whom; empty: all
  std::string what{};  ///< a member is asked to send no more: microphone, camera, screen
  RuleChange rules{};
};

/// Another token for the stay that there is.
struct Renew {
  Token token{};
};

struct Update {
  std::optional<std::string> name{};
  std::optional<std::string> meta{};  ///< a JSON text
};

/// The media gateway: media of the publisher has arrived, so its stream is no longer pending.
struct Flows {};

/// What the media gateway has to say to the publisher whose stream it takes.
struct Report {
  ErrorCode code = ErrorCode::media_failed;
  std::string sentence;
};

struct Leave {
  std::string room{};  ///< where its sender says which; or empty
};
struct Ping {};
struct Ack {};

/// A message that its dialect could not make sense of. The hub answers it with this error, in order.
struct Refused {
  ErrorCode code = ErrorCode::not_json;
  std::string message;  ///< what is wrong and what to do
};

/// Text that is not UTF-8: the hub closes the connection with 1007, as RFC 6455 section 8.1 demands.
struct NotUtf8 {};

}  // namespace command

using Command =
    std::variant<command::Join, command::Signal, command::Update, command::Leave, command::Ping, command::Ack,
                 command::Renew, command::Moderate, command::Register, command::NextUsers, command::Call,
                 command::AcceptCall, command::RejectCall, command::EndCall, command::Flows, command::Report,
                 command::Refused, command::NotUtf8>;

/// One message of a client.
struct Message {
  std::uint64_t seq = 0;  ///< its number from 1; 0 is none
  std::uint64_t ack = 0;  ///< the last event its sender has handled; 0 says nothing
  std::string type{};     ///< its name in the sender's dialect, for `re` in an error
  Command command{};
  std::size_t bytes = 0;  ///< of it, as it came
};

/// About how many bytes it keeps: what it relays, since everything else in it has a small limit of its own.
[[nodiscard]] std::size_t footprint(const Message& message);

/// The token that came with it; null where its kind has none.
[[nodiscard]] Token* token_of(Command& command);

/// Its sender has shown this token before, which counts where the message brings none of its own.
void show(Command& command, const std::string& token);

}  // namespace parley::hub
