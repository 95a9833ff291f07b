#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/time.hpp"

namespace parley::hub {

/// Every limit of the hub: its default and the reason for it.
struct Limits {
  /// In a mesh everybody sends video to each other member; 16 is more than an uplink carries.
  std::size_t peers_per_room = 16;
  /// One host is made for 10,000 connections; in rooms of two they need half as many.
  std::size_t rooms = 10'000;
  /// A description with several video codecs is 5 to 10 KiB; 64 KiB leaves room for many m-lines.
  std::size_t message_bytes = 65'536;
  std::size_t id_bytes = 128;  ///< room and peer ids
  std::size_t name_bytes = 128;
  /// Metadata is in every roster, so it is for a role or a colour, not for a picture.
  std::size_t meta_bytes = 4'096;
  std::size_t incarnation_bytes = 64;  ///< also of a user's secret
  /// The 10,000 connections that one host is made for, and as many users that may be about to come back. All
  /// of them are in everyone's list.
  std::size_t users = 20'000;
  /// What one address (with IPv6, one /64) may hold of all that, so that no client takes it from all others.
  /// An office behind one address has fewer rooms, people in calls, and people online. A local address may be
  /// a proxy's and gets ten times as much.
  std::size_t rooms_per_address = 100;
  std::size_t places_per_address = 500;
  std::size_t names_per_address = 200;
  /// Everybody online is told who comes and goes. All users of an address may come at once, and then this
  /// many a minute; a socket may register this often after the first few times.
  double registrations_per_minute = 12;
  std::size_t registrations_at_once = 10;  ///< of one socket
  /// Everybody in a room is told who comes and goes. All members of an address may come at once, after a
  /// restart or a cut, and then this many a minute; a socket may join this often after the first few times.
  /// Whoever resumes a session does not count.
  double joins_per_minute = 60;
  std::size_t joins_at_once = 20;  ///< of one socket
  /// Nobody rings more people by hand.
  double rings_per_minute = 20;
  double rings_per_address = 100;  ///< a minute, by all callers there
  /// A caller that the same callee refused twice in a row waits this long, or as long as it rang; then twice
  /// as long each time, up to the longest wait after which a person might still try. 0 turns this off.
  std::chrono::seconds ring_backoff{2};
  std::chrono::seconds ring_backoff_most{300};
  /// Whoever moderates looks at a list of them: one that is longer was made by no people.
  std::size_t waiting_per_room = 64;
  /// Of those that must stay out: a moderator who removed more would have locked the room. The first is let in again.
  std::size_t bans_per_room = 64;
  /// A lift, a tunnel or a change of network takes less. With more, ghosts would fill the room.
  std::chrono::seconds resume_window{30};
  /// For a client that closes with 1001: a page that reloads is back by then, and a page that is left never
  /// comes.
  std::chrono::milliseconds goodbye_window{2'000};
  /// A client whose token ends is told so much before: for another token to be fetched, on a slow network and by a page
  /// in the background, whose timers run once a minute.
  std::chrono::seconds token_warning{60};
  /// A client whose account was signed out elsewhere may show a newer sign-in for this long: the page in which somebody
  /// has changed the password has one.
  std::chrono::seconds sign_out_notice{10};
  /// A client that wants an id that is taken waits this long for a sign of life of its holder: several round
  /// trips of a bad network, and no longer than a person waits for a page.
  std::chrono::milliseconds claim_patience{2'000};
  /// How many messages of that client are kept meanwhile.
  std::size_t claim_messages = 16;
  /// How much is kept of a client's events until it acknowledges them: the candidates of a whole room for
  /// half a minute.
  std::size_t replay_messages = 512;
  std::size_t replay_bytes = std::size_t{512} * 1024;
  /// How much is kept for all clients together, for resumes and because they do not read. Past it, the client
  /// that is furthest behind is given up first. A quarter of the smallest machine that one rents.
  std::size_t buffered_bytes = std::size_t{256} * 1024 * 1024;
  /// Proxies commonly cut a WebSocket that was silent for 60 s; a dead one is noticed after two of these.
  std::chrono::seconds heartbeat{15};
  /// An acknowledgement goes alone after this many messages, or this long, with nothing to put it on.
  std::uint64_t ack_messages = 32;
  std::chrono::milliseconds ack_delay{1'000};
  /// Everybody is told who is online, so changes cost the square of their number. They go out at most this
  /// often, and on average no more bytes of them a second than this: a quarter of what a gigabit carries.
  std::chrono::milliseconds users_interval{250};
  std::size_t users_bytes_per_second = std::size_t{32} * 1024 * 1024;
  /// How much of them a client gets at once, and reads before it gets more: a quarter of a second on a line
  /// of 1 Mbit/s.
  std::size_t users_page_bytes = std::size_t{32} * 1024;
  /// How much a publisher may say while it waits for the media gateway: an offer, and the candidates of a
  /// machine with many addresses.
  std::size_t waiting_signals = 64;
  std::size_t waiting_bytes = std::size_t{256} * 1024;
  /// How many streams the media gateway turns into HLS at once. Two cores have done 64, their publishers
  /// included; each costs 1 % of a core, 2 MiB, 13 threads and 14 descriptors of one process, whose end would
  /// end them all.
  std::size_t streams = 64;
  /// One in this many of them may be a stream that does not flow yet: publishers that offer and never send
  /// take no more, and after a restart of the host everybody is back within seconds.
  std::size_t streams_per_pending = 4;
  /// From one address. A studio's cameras start at once, and half of what may be pending of 64 is for others.
  std::size_t pending_streams_per_address = 8;
  /// A gateway that crashed is back within a second. A publisher is told after this long.
  std::chrono::seconds gateway_patience{5};
  /// Per connection; 0 is no limit. Joining a full room is 15 offers and some 200 candidates in a second or
  /// two.
  double messages_per_second = 200;
  double message_burst = 1'000;
  /// Those 15 offers are some 200 KiB. What goes on for longer than this is no signaling: files have data
  /// channels.
  std::size_t bytes_per_second = std::size_t{1024} * 1024;
  std::size_t byte_burst = std::size_t{8} * 1024 * 1024;
  /// A client that goes on after this many messages in a row were dropped is disconnected.
  std::uint32_t flood_messages = 500;
};

struct IceServer {
  std::vector<std::string> urls{};
  std::string username{};
  std::string credential{};

  bool operator==(const IceServer&) const = default;
};

/// Of whom a token is asked.
enum class Auth : std::uint8_t {
  off,    ///< of nobody, and none is looked at
  shown,  ///< of nobody; one that is shown must be good, as it says whose a name is
  rooms,  ///< of whoever publishes, or enters a private room
  all,    ///< of everybody
};

/// Whether anybody needs a token there.
[[nodiscard]] constexpr bool asks(Auth auth) {
  return auth == Auth::rooms || auth == Auth::all;
}

/// Who makes rooms.
enum class MakesRooms : std::uint8_t {
  everybody,   ///< by entering
  moderators,  ///< by entering, or through the host's API
};

struct Config {
  Limits limits{};
  Auth auth = Auth::off;
  MakesRooms makes_rooms = MakesRooms::everybody;
  std::vector<IceServer> ice_servers{};
  /// A TURN server with a credential for whoever comes from this address (with IPv6, this /64), another each time;
  /// nothing where it cannot be made, and without it there is none.
  std::function<std::optional<IceServer>(std::string_view source)> relay_for{};
  /// How long such a credential lasts. Whoever can use another is sent one after half of that.
  Duration relay_lifetime{};
  /// Whether this name belongs to an account, so that nobody else is called by it. Asked often, so it is quick. Without
  /// it there are no accounts.
  std::function<bool(std::string_view name)> is_owned{};
  /// Whether a pass of an account is good that was when it was shown: people sign out elsewhere. As quick.
  std::function<bool(std::string_view name, std::uint64_t sign_in)> is_signed_in{};
  /// There is a media gateway, which takes the streams of members that only offer.
  bool gateway = false;
  /// For the ids that the hub makes up; they need not be secret.
  std::uint64_t seed = 0;
  /// Makes a session's secret, another each time. Nobody may guess it in production: 128 random bits or more.
  /// Without it, secrets come from `seed`, for tests and simulations.
  std::function<std::string()> make_secret{};
  /// For the time of day that lists carry.
  std::function<std::chrono::system_clock::time_point()> wall_clock = std::chrono::system_clock::now;

  /// All that a client may use that comes from there.
  [[nodiscard]] std::vector<IceServer> ice_servers_for(std::string_view source) const {
    auto servers = ice_servers;
    if (auto relay = relay_for ? relay_for(source) : std::nullopt) servers.push_back(*std::move(relay));
    return servers;
  }
};

}  // namespace parley::hub
