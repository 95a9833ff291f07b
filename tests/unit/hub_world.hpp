#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/overloaded.hpp"
#include "hub/hub.hpp"

namespace parley::hub {

using Lines = std::vector<std::string>;

inline std::string shown(const Member& member) {
  return member.id + (member.away ? "(away)" : "") + (member.streams ? "(streams)" : "");
}

inline std::string shown(const event::User& user) {
  return user.name + (user.in_call ? "(in call)" : "");
}

inline std::string roster(const std::vector<Member>& members) {
  std::string text;
  for (const Member& member : members) {
    if (!text.empty()) text += ' ';
    text += shown(member);
  }
  return '[' + text + ']';
}

inline std::string standing(const event::StandingCall& call) {
  return std::string(name_of(call.state)) + ' ' + call.with.name +
         (call.room.empty() ? "" : " in " + call.room);
}

/// A delivery in one line, as the tests compare it: "#3 peer-left bob timeout".
inline std::string line(const Delivery& delivery) {
  if (!delivery.event) return "close " + std::to_string(delivery.close.code);
  const std::string number = delivery.seq != 0 ? '#' + std::to_string(delivery.seq) + ' ' : "";
  return number +
         std::visit(
             overloaded{
                 [](const event::Joined& e) {
                   return e.resumed ? "resumed " + e.self : "joined " + e.self + ' ' + roster(e.peers);
                 },
                 [](const event::PeerJoined& e) { return "peer-joined " + shown(e.peer); },
                 [](const event::PeerUpdated& e) {
                   return "peer-updated " + e.peer.id + ' ' + e.peer.name + ' ' + e.peer.meta;
                 },
                 [](const event::PeerAway& e) { return "peer-away " + e.id; },
                 [](const event::PeerBack& e) { return "peer-back " + e.id; },
                 [](const event::PeerLeft& e) {
                   return "peer-left " + e.id + ' ' + std::string(name_of(e.reason));
                 },
                 [](const event::Signal& e) {
                   const bool candidate = e.kind == command::SignalKind::candidate;
                   return "signal " + e.from + (candidate ? " candidate " : " description ") +
                          std::string(e.payload).append(e.link);
                 },
                 [](const event::Error& e) {
                   return "error " + std::string(name_of(e.code)) + (e.re.empty() ? "" : " re " + e.re);
                 },
                 [](const event::IceServers& e) {
                   return "ice-servers " + std::to_string(e.servers.size()) + ' ' +
                          (e.servers.empty() ? "" : e.servers.back().username);
                 },
                 [](const event::WaitsOutside& e) { return "waiting " + e.room; },
                 [](const event::RulesChanged& e) {
                   return std::string("rules") + (e.rules.locked ? " locked" : "") +
                          (e.rules.waiting_room ? " waiting-room" : "");
                 },
                 [](const event::RoleChanged& e) {
                   return std::string(e.moderates ? "role moderator" : "role member");
                 },
                 [](const event::Lobby& e) {
                   std::string text = "lobby";
                   for (const auto& guest : e.waiting) text += ' ' + guest.name;
                   for (const auto& guest : e.removed) text += " -" + guest.name;
                   return text;
                 },
                 [](const event::Asked& e) { return "asked " + e.what + " by " + e.by; },
                 [](const event::TokenEnds& e) { return "token-ends " + std::to_string(e.left.count()); },
                 [](const event::Renewed& e) { return "renewed " + std::to_string(e.left.count()); },
                 [](const event::Pong&) { return std::string("pong"); },
                 [](const event::Ack&) { return std::string("ack"); },
                 [](const event::Registered& e) {
                   return "registered " + e.user.name + (e.call ? ' ' + standing(*e.call) : "");
                 },
                 [](const event::UsersOnline& e) {
                   std::string text = "users";
                   for (const event::User& user : e.users) text += ' ' + shown(user);
                   return text;
                 },
                 [](const event::UsersChanged& e) {
                   std::string text = "users-changed";
                   for (const std::string& name : e.left) text += " -" + name;
                   for (const event::User& user : e.joined) text += " +" + shown(user);
                   for (const auto& change : e.changed) {
                     text += ' ' + change.name + (change.in_call ? "(in call)" : "(free)");
                   }
                   return text;
                 },
                 [](const event::CallIncoming& e) { return "incoming " + e.caller.name; },
                 [](const event::CallAccepted& e) {
                   return "accepted " + e.with.name + (e.room.empty() ? "" : " in " + e.room);
                 },
                 [](const event::CallRejected& e) {
                   return "rejected " + e.by + ' ' + std::string(name_of(e.reason));
                 },
                 [](const event::CallEnded& e) {
                   return "ended " + e.by + ' ' + std::string(name_of(e.reason));
                 },
             },
             delivery.event->body);
}

/// A hub on virtual time, with somebody to write down what each connection is told.
class World {
 public:
  explicit World(Limits limits = {}) : World(Config{.limits = limits, .seed = 7}) {}
  explicit World(Config config) : hub(std::move(config)) {}

  void connect(ConnectionId id, Dialect dialect = Dialect::parley, Role role = Role::client,
               std::string address = {}) {
    hub.connected(id, dialect, now, role, std::move(address));
  }

  void connect(ConnectionId id, Dialect dialect, Role role, const Source& source) {
    hub.connected(id, dialect, now, role, source.key, source);
  }

  /// With what it has shown.
  void connect(ConnectionId id, Credential credential, Dialect dialect = Dialect::parley) {
    hub.connected(id, dialect, now, Role::client, {}, {}, std::move(credential));
  }

  void say(ConnectionId from, Message message) {
    Outcome out;
    hub.handle(from, std::move(message), now, out);
    keep(out);
  }

  void say(ConnectionId from, Command command, std::uint64_t seq = 0, std::uint64_t ack = 0,
           std::string type = "") {
    say(from, Message{.seq = seq, .ack = ack, .type = std::move(type), .command = std::move(command)});
  }

  /// Connects and joins, and says which secret it got.
  std::string join(ConnectionId id, std::string room, std::string peer) {
    connect(id);
    std::string page = "page of " + peer;
    say(id, command::Join{.room = std::move(room), .peer = std::move(peer), .incarnation = page});
    std::string made = secret(id);
    pages_[made] = std::move(page);
    return made;
  }

  void resume(ConnectionId id, std::string room, std::string secret, std::uint64_t ack) {
    connect(id);
    const auto page = pages_.find(secret);
    say(id, command::Join{.room = std::move(room),
                          .incarnation = page == pages_.end() ? "page" : page->second,
                          .resume = command::Resume{.session = std::move(secret), .ack = ack}});
  }

  void signal(ConnectionId from, std::string to, std::string_view payload, std::uint64_t seq = 0) {
    say(from, command::Signal{.to = std::move(to), .payload = PooledString(payload)}, seq, 0, "signal");
  }

  void drop(ConnectionId id, Parting how = Parting::lost) {
    Outcome out;
    hub.disconnected(id, now, out, how);
    keep(out);
  }

  /// From now on it answers no probe, as if its network had gone.
  void stall(ConnectionId id) { stalled_.insert(id); }

  void answer_probe(ConnectionId id) {
    Outcome out;
    hub.alive(id, now, out);
    keep(out);
  }

  /// Who was probed since this was last asked.
  std::vector<ConnectionId> probed() { return std::exchange(probed_, {}); }

  /// Lets time pass as a server would: waking up when the hub wants to be woken.
  void pass(Duration time) {
    const Instant end = now + time;
    while (const auto next = hub.next_timeout()) {
      if (*next > end) break;
      now = std::max(now, *next);
      Outcome out;
      hub.expire(now, out);
      keep(out);
    }
    now = end;
  }

  /// What this connection was told since it was last asked.
  Lines heard(ConnectionId id) {
    Lines lines;
    for (const Delivery& delivery : std::exchange(told_[id], {})) lines.push_back(line(delivery));
    return lines;
  }

  /// The events of those, without taking them.
  std::vector<EventBody> bodies(ConnectionId id) {
    std::vector<EventBody> bodies;
    for (const Delivery& delivery : told_[id]) {
      if (delivery.event) bodies.push_back(delivery.event->body);
    }
    return bodies;
  }

  /// The acknowledgements on those, without taking them.
  std::vector<std::uint64_t> acks(ConnectionId id) {
    std::vector<std::uint64_t> acks;
    for (const Delivery& delivery : told_[id]) acks.push_back(delivery.ack);
    return acks;
  }

  /// The last secret this connection was told and has not been asked for what it heard since.
  std::string secret(ConnectionId id) {
    std::string secret;
    for (const Delivery& delivery : told_[id]) {
      if (!delivery.event) continue;
      if (const auto* joined = std::get_if<event::Joined>(&delivery.event->body)) secret = joined->session;
    }
    return secret;
  }

  /// What an operator would have read: "left blue-otter ada timeout".
  Lines log() { return std::exchange(log_, {}); }

  /// What the media gateway was to do: "wanted blue-otter".
  Lines streams() { return std::exchange(streams_, {}); }

  /// The calls that were over: "ada* -> bob missed", with a star for who has an account.
  Lines calls() { return std::exchange(calls_, {}); }

  void forget() {
    calls_.clear();
    told_.clear();
    log_.clear();
    streams_.clear();
  }

  /// Writes down what came of something.
  void keep(const Outcome& out) {
    static constexpr std::array kinds{"joined", "resumed", "away", "left", "refused", "closed"};
    for (const Delivery& delivery : out.deliveries) told_[delivery.to].push_back(delivery);
    if (reads_lists) read_lists(out);
    for (const Notice& notice : out.notices) {
      std::string text = kinds[static_cast<std::size_t>(notice.kind)];
      for (const std::string_view part :
           {std::string_view(notice.room), std::string_view(notice.peer), notice.detail}) {
        if (!part.empty()) text += ' ' + std::string(part);
      }
      log_.push_back(std::move(text));
    }
    static constexpr std::array changes{"wanted ", "left ", "lost "};
    for (const StreamChange& change : out.streams) {
      streams_.push_back(changes[static_cast<std::size_t>(change.kind)] + change.room);
    }
    for (const CallRecord& call : out.calls) {
      const auto shown = [](const CallRecord::Party& party) {
        return party.name + (party.sign_in ? "*" : "");
      };
      calls_.push_back(shown(call.caller) + " -> " + shown(call.callee) + ' ' +
                       std::string(name_of(call.outcome)) + " ago " + std::to_string(call.ago.count()) +
                       " for " + std::to_string(call.lasted.count()));
    }
    for (const ConnectionId probed : out.probes) {
      probed_.push_back(probed);
      if (!stalled_.contains(probed)) answer_probe(probed);
    }
  }

  void read_lists(const Outcome& out) {
    for (const Delivery& delivery : out.deliveries) {
      if (!delivery.event) continue;
      const EventBody& body = delivery.event->body;
      const auto* online = std::get_if<event::UsersOnline>(&body);
      // The list as it is sent to those who take no changes has a date.
      const bool first_page = online != nullptr && online->at == std::chrono::system_clock::time_point{};
      if (first_page || std::holds_alternative<event::UsersChanged>(body)) {
        say(delivery.to, command::NextUsers{});
      }
    }
  }

  Instant now{std::chrono::hours(1)};
  Hub hub;
  /// Whether who is sent something of the list of users asks for more, as a client does that has read it.
  bool reads_lists = true;

 private:
  std::map<ConnectionId, std::vector<Delivery>> told_;
  std::map<std::string, std::string> pages_;  ///< incarnations, by the sessions' secrets
  std::set<ConnectionId> stalled_;
  std::vector<ConnectionId> probed_;
  Lines log_;
  Lines streams_;
  Lines calls_;
};

}  // namespace parley::hub
