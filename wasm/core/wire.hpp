#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json.hpp"
#include "media.hpp"
#include "output.hpp"
#include "reliable.hpp"
#include "rules.hpp"
#include "time.hpp"

/// The client's half of the native protocol, parley.v1 (host/dialects/parley-v1.md is its reference): strict
/// in what it writes, bounded in what it reads; it never throws.
namespace parley::wire {

inline constexpr std::string_view subprotocol = "parley.v1";

/// `link` of a signal: which two RTCPeerConnections and which negotiation it belongs to.
struct LinkTag {
  std::uint32_t connection = 0;
  std::optional<std::uint32_t> remote;
  std::uint32_t negotiation = 0;
  SlotMap slots;

  bool operator==(const LinkTag&) const = default;
};

/// To or from `peer`. A foreign client's signals have no `link`.
struct Signal {
  std::string peer;
  std::variant<Description, Candidate> body;
  std::optional<LinkTag> link;

  bool operator==(const Signal&) const = default;
};

struct Resume {
  std::string session;
  Sequence ack = 0;
};

struct Join {
  std::string room;
  std::string name;
  std::string meta;
  std::string secret;                 ///< of this page load: the others see its hash, as the incarnation
  std::optional<std::string> former;  ///< of the page that was loaded in this tab before
  std::optional<std::string> peer;
  std::optional<std::string> token;
  std::optional<Resume> resume;
};

struct Update {
  std::optional<std::string> name;
  std::optional<std::string> meta;
};

[[nodiscard]] std::string encode(const Join& join);
[[nodiscard]] std::string encode(const Signal& signal, Sequence sequence);
[[nodiscard]] std::string encode(const Update& update, Sequence sequence);
[[nodiscard]] std::string encode(const Moderation& wish, Sequence sequence);
[[nodiscard]] std::string encode_leave(Sequence sequence);
/// A newer token for the same stay, in a room or in the directory.
[[nodiscard]] std::string encode_renew(std::string_view token);
[[nodiscard]] std::string encode_ping(Sequence ack);
[[nodiscard]] std::string encode_ack(Sequence ack);
/// Whether this is a JSON text, as metadata must be.
[[nodiscard]] bool is_meta(std::string_view text);
/// The same message with an `ack` on it: a message is kept without one and sent with the latest.
[[nodiscard]] std::string with_ack(std::string text, Sequence ack);

/// The rules of a room as the host tells them: how long it still lasts, and not until when.
struct ToldRules {
  RoomRules rules;  ///< without `ends`
  std::optional<std::chrono::seconds> ends_in;
};

/// What a welcome says of the host.
struct HostLimits {
  Duration heartbeat{};           ///< zero: not said
  std::size_t message_bytes = 0;  ///< the largest message that the host takes; zero: not said
};

struct Joined {
  std::string room;
  std::string self;
  std::string session;
  std::string incarnation;  ///< ours, as the others see it
  bool resumed = false;
  std::vector<PeerInfo> peers;
  std::vector<IceServer> ice_servers;
  HostLimits limits;
  bool moderator = false;
  ToldRules rules;
};
/// In place of `Joined`: a moderator is asked first.
struct WaitingRoom {};
struct PeerJoined {
  PeerInfo peer;
};
struct PeerUpdated {
  PeerInfo peer;
};
struct PeerLeft {
  std::string id;
  std::string reason;
};
struct PeerAway {
  std::string id;
};
struct PeerBack {
  std::string id;
};
/// Their credentials, where they end, are newer than those before.
struct IceServers {
  std::vector<IceServer> servers;
};
/// So much is left of the token that lets us in.
struct TokenEnds {
  std::chrono::seconds left{};
};
/// The answer to a `renew`.
struct Renewed {};
struct RulesChanged {
  ToldRules rules;
};
struct RoleChanged {
  bool moderator = false;
};
struct LobbyChanged {
  Lobby lobby;
};
struct Asked {
  std::string what;
  std::string by;
};
struct Ack {};
struct Pong {};
struct Error {
  std::string code;
  std::string message;
  std::string re;
};
/// Of a type, or with a body, that this client does not understand; it has been received all the same.
struct Unknown {};

using Message = std::variant<Unknown, Joined, WaitingRoom, PeerJoined, PeerUpdated, PeerLeft, PeerAway,
                             PeerBack, Signal, IceServers, TokenEnds, Renewed, RulesChanged, RoleChanged,
                             LobbyChanged, Asked, Ack, Pong, Error>;

struct Received {
  std::optional<Sequence> sequence;
  std::optional<Sequence> ack;
  Message message;
};

// What is the same in every welcome and in every error, for the codec of the user directory as well.
[[nodiscard]] HostLimits read_limits(const Json& welcome);
[[nodiscard]] Error read_error(const Json& error);
/// Of a `token-ends`.
[[nodiscard]] std::chrono::seconds read_left(const Json& ends);

/// Nothing where the text is not a message of this protocol at all.
[[nodiscard]] std::optional<Received> decode(std::string_view text);

}  // namespace parley::wire
