#include "session.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "channel_wire.hpp"
#include "expulsion.hpp"
#include "limits.hpp"
#include "link.hpp"
#include "links.hpp"
#include "random.hpp"
#include "rules.hpp"
#include "transport.hpp"

namespace parley {
namespace {

constexpr std::size_t sequence_digits = 20;

template <class Alternative>
concept ConnectionInput = requires(const Alternative& alternative) {
  alternative.connection;
};

Identity identity_of(const Config& config, Random& random) {
  return {.url = config.url,
          .join = {.room = config.room,
                   .name = config.name,
                   .meta = config.meta,
                   .secret = config.secret.empty() ? random.hex() : config.secret,
                   .former = config.former,
                   .peer = config.peer,
                   .token = config.token,
                   .resume = std::nullopt},
          .chosen_peer = config.peer.has_value()};
}

constexpr std::string_view name_too_long = "A name holds at most 128 bytes. Shorten it.";

/// Why no host would let us in, or no link could lead here.
std::optional<Reason> fault_of(const wire::Join& join) {
  if (join.room.empty()) return Reason{.code = "bad-room", .message = "A room needs a name."};
  if (join.room.size() > limits.name_bytes) {
    return Reason{.code = "bad-room", .message = "A room's name holds at most 128 bytes. Shorten it."};
  }
  // URLs take them for folders (RFC 3986 section 5.2.4).
  if (join.room == "." || join.room == "..") {
    return Reason{.code = "bad-room",
                  .message =
                      "A room cannot be called “.” or “..”, since no link could lead there. "
                      "Choose another name."};
  }
  if (join.name.size() > limits.name_bytes) {
    return Reason{.code = "bad-name", .message = std::string(name_too_long)};
  }
  return std::nullopt;
}

}  // namespace

class Session::Impl {
 public:
  explicit Impl(Config config)
      : config_(std::move(config)),
        random_(config_.seed),
        identity_(identity_of(config_, random_)),
        transport_(identity_, random_, outputs_),
        context_{.outputs = outputs_,
                 .random = random_,
                 .transport = transport_,
                 .slots = config_.slots,
                 .ice_servers = config_.ice_servers,
                 .presence = {},
                 .entropy = config_.entropy},
        links_(context_) {}

  void handle(const Input& input, Instant now) {
    std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
          if constexpr (ConnectionInput<Alternative>) {
            links_.on(alternative, now);
          } else {
            on(alternative, now);
          }
        },
        input);
    settle(now);
  }

  std::optional<Output> poll() {
    if (outputs_.empty()) return std::nullopt;
    Output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
  }

  [[nodiscard]] Deadline next_timeout() const {
    return earliest(transport_.next_timeout(), links_.next_timeout());
  }

  [[nodiscard]] Snapshot snapshot() const {
    const auto [state, reason] = aggregate();
    Snapshot snapshot{.state = state,
                      .reason = reason,
                      .room = config_.room,
                      .self = links_.self(),
                      .incarnation = links_.incarnation(),
                      .signaling = std::string(name(transport_.state())),
                      .moderator = moderator_,
                      .rules = rules_,
                      .lobby = lobby_,
                      .peers = {}};
    for (const auto& [id, link] : links_.all()) snapshot.peers.push_back(link.snapshot());
    if (const auto& publisher = links_.publisher()) {
      auto told = Links::state_of(*publisher);
      PeerSnapshot& shown = snapshot.peers.emplace_back();
      shown.info = *publisher;
      shown.state = told.state;
      shown.reason = std::move(told.reason);
      shown.verification = Links::verification_of_publisher();
    }
    return snapshot;
  }

 private:
  // The application.

  void on(const input::Join&, Instant now) { join(now); }

  void join(Instant now) {
    links_.prepare_again();
    const auto fault = fault_of(identity_.join);
    if (!fault) return transport_.start(now);
    transport_.refuse(*fault);
    raise(fault->code, fault->message, "");
  }

  void on(const input::Leave&, Instant) {
    transport_.leave();
    end("you-left");
  }

  void end(const std::string& reason) {
    links_.forget_all(reason);
    joined_once_ = false;
    unsent_.clear();
    unsent_bytes_ = 0;
    obey({});
    set_role(false);
  }

  void on(const input::Renew& renew, Instant) { transport_.renew(renew.token); }

  void on(const input::Moderate& moderate, Instant) {
    if (joined_once_) return transport_.send(moderate.wish);
    raise("not-joined", "You are not in the room. Join first.", "");
  }

  void on(const input::Compared& compared, Instant) {
    Link* link = links_.find(compared.peer);
    if (link == nullptr) return raise("no-such-peer", "This person is not in the room.", compared.peer);
    if (link->verification().compare(compared.same)) return;
    raise("nothing-to-compare", "There is nothing to compare with this person now.", compared.peer);
  }

  void on(const input::KeyRecalled& recalled, Instant) {
    if (Link* link = links_.find(recalled.peer)) link->verification().recall(recalled.key);
  }

  void on(const input::Update& update, Instant) {
    // Kept, it would have the host refuse the next join.
    if (update.name && update.name->size() > limits.name_bytes) {
      raise("bad-field", std::string(name_too_long), "");
      return;
    }
    if (update.meta && (update.meta->size() > limits.meta_bytes || !wire::is_meta(*update.meta))) {
      raise("bad-field", "Metadata is a JSON text of at most 4,096 bytes. Send less in it.", "");
      return;
    }
    const wire::Update change{.name = update.name, .meta = update.meta};
    transport_.identify(change);
    transport_.send(change);
  }

  void on(const input::OpenSlot& open, Instant) {
    const auto same = [&](const Slot& slot) { return slot.name == open.slot.name; };
    if (std::any_of(context_.slots.begin(), context_.slots.end(), same)) return;
    context_.slots.push_back(open.slot);
    links_.open_slot(open.slot);
  }

  void on(const input::SetPresence& set, Instant) {
    context_.presence = set.presence;
    for (auto& [id, link] : links_.all()) link.conversation().set_presence(set.presence);
  }

  void on(const input::SendMessage& message, Instant) {
    // Control characters are six times as long in JSON.
    const channel_wire::Text written{.sequence = 0, .topic = message.topic, .text = message.text};
    const bool too_big = message.text.size() > limits.text_bytes ||
                         message.topic.size() > limits.topic_bytes ||
                         channel_wire::encode(written).size() > limits.channel_bytes - sequence_digits;
    if (too_big) {
      raise("message-too-big",
            "A message to a peer holds at most 65,536 bytes, and its topic 1,024. Send it in parts.", "");
    } else if (joined_once_) {
      deliver(message);
    } else if (transport_.state() == Transport::State::closed) {
      raise("not-joined", "You are not in the room, so the message was not sent. Join first.",
            message.to.value_or(""));
    } else if (unsent_.size() >= limits.unacknowledged || unsent_bytes_ >= limits.unacknowledged_bytes) {
      raise("channel-full", "1,024 messages wait until you are in the room; this one was not sent.",
            message.to.value_or(""));
    } else {
      unsent_bytes_ += message.text.size();
      unsent_.push_back(message);
    }
  }

  void deliver(const input::SendMessage& message) {
    if (message.to) {
      Link* link = links_.find(*message.to);
      if (link == nullptr && !links_.publishes(*message.to)) {
        raise("no-such-peer", "This person is not in the room.", *message.to);
      } else if (link == nullptr || link->info().is_foreign()) {
        raise("no-channel", "This person's client takes no messages.", *message.to);
      } else {
        say(*link, message);
      }
      return;
    }
    for (auto& [id, link] : links_.all()) {
      if (!link.info().is_foreign()) say(link, message);
    }
  }

  void say(Link& link, const input::SendMessage& message) {
    if (link.conversation().send(message.topic, message.text)) return;
    raise("channel-full", "This person's connection has not taken 1,024 messages; this one was not sent.",
          link.info().id);
  }

  void on(const input::Retry& retry, Instant now) {
    if (transport_.state() == Transport::State::closed) {
      join(now);
    } else {
      transport_.probe(now);
    }
    for (auto& [id, link] : links_.all()) {
      if (!retry.peer || *retry.peer == id) link.retry(now);
    }
  }

  // The host.

  void on(const input::SocketOpened& opened, Instant now) { transport_.opened(opened.socket, now); }

  void on(const input::SocketClosed& closed, Instant now) {
    transport_.closed(closed.socket, closed.code, closed.reason, now);
  }

  void on(const input::SocketMessage& message, Instant now) {
    auto received = transport_.received(message.socket, message.text, now);
    if (!received) return;
    std::visit([&](auto& alternative) { hear(alternative, now); }, *received);
  }

  void on(const input::NetworkChanged&, Instant now) {
    // Its candidates are the old network's.
    links_.discard_prepared();
    transport_.probe(now);
  }

  void on(const input::Timeout&, Instant now) {
    transport_.timeout(now);
    links_.timeout(now);
  }

  void hear(wire::Joined& joined, Instant now) {
    const bool renamed = joined.self != links_.self();
    links_.set_self(joined.self, joined.incarnation);
    use(std::move(joined.ice_servers));
    if (!joined_once_ || renamed) {
      outputs_.emplace_back(output::Joined{.self = joined.self, .room = joined.room});
    }
    joined_once_ = true;
    connected_to_host_ = true;
    // Where there is somebody in it, the host tells it next.
    show(Lobby{});
    if (joined.resumed) {
      for (auto& [id, link] : links_.all()) {
        if (transport_.lost_messages()) link.recover();
        link.set_reachable(!link.info().away && link.listed(), now);
      }
      return;
    }
    obey(rules_of(joined.rules, now));
    set_role(joined.moderator);
    links_.meet_all(std::move(joined.peers), now);
    unsent_bytes_ = 0;
    for (const auto& message : std::exchange(unsent_, {})) deliver(message);
  }

  void hear(wire::IceServers& renewed, Instant) { use(std::move(renewed.servers)); }

  /// For connections to come, and for those that are there when they look for paths again.
  void use(std::vector<IceServer> servers) {
    if (!config_.ice_servers.empty() || context_.ice_servers == servers) return;
    context_.ice_servers = std::move(servers);
    links_.discard_prepared();
    for (auto& [id, link] : links_.all()) link.use_ice_servers();
  }

  void hear(wire::PeerJoined& joined, Instant now) { links_.meet(std::move(joined.peer), false, now); }
  void hear(wire::PeerUpdated& updated, Instant) { links_.update(std::move(updated.peer)); }
  void hear(const wire::PeerLeft& left, Instant now) { links_.leave(left.id, left.reason, now); }
  void hear(const wire::PeerAway& away, Instant now) { links_.set_away(away.id, true, now); }
  void hear(const wire::PeerBack& back, Instant now) { links_.set_away(back.id, false, now); }

  void hear(wire::Signal& signal, Instant now) {
    if (Link* link = links_.find(signal.peer)) link->receive(std::move(signal), now);
  }

  void hear(const wire::Error& error, Instant) {
    // Who may no longer be here talks to nobody any more.
    const bool expelled = expels(error.code) && transport_.state() == Transport::State::closed;
    if (expelled) end(error.code);
    if (ends_stay(error)) return;  // The state tells.
    // That a peer left while a signal was on its way to it is nobody's error.
    if (error.code != "no-such-peer" || error.re == "moderate") raise(error.code, error.message, "");
  }

  void hear(const wire::TokenEnds& ends, Instant) {
    outputs_.emplace_back(output::TokenEnds{.left = ends.left});
  }

  // Who moderates, and what they have decided.

  void hear(const wire::RulesChanged& changed, Instant now) { obey(rules_of(changed.rules, now)); }
  void hear(const wire::RoleChanged& role, Instant) { set_role(role.moderator); }
  void hear(wire::LobbyChanged& changed, Instant) { show(std::move(changed.lobby)); }
  void hear(const wire::Asked& asked, Instant) {
    outputs_.emplace_back(output::Asked{.what = asked.what, .by = asked.by});
  }

  static RoomRules rules_of(const wire::ToldRules& told, Instant now) {
    RoomRules rules = told.rules;
    if (told.ends_in) rules.ends = now + *told.ends_in;
    return rules;
  }

  void obey(const RoomRules& rules) {
    if (rules == rules_) return;
    rules_ = rules;
    links_.set_share(rules.share);
    outputs_.emplace_back(output::RulesChanged{.rules = rules});
  }

  void set_role(bool moderator) {
    if (!moderator) show(Lobby{});
    if (moderator == moderator_) return;
    moderator_ = moderator;
    outputs_.emplace_back(output::RoleChanged{.moderator = moderator});
  }

  void show(Lobby lobby) {
    if (lobby == lobby_) return;
    lobby_ = std::move(lobby);
    outputs_.emplace_back(output::LobbyChanged{.lobby = lobby_});
  }

  void hear(const wire::Unknown&, Instant) {}
  void hear(const wire::WaitingRoom&, Instant) {}
  void hear(const wire::Renewed&, Instant) {}
  void hear(const wire::Ack&, Instant) {}
  void hear(const wire::Pong&, Instant) {}

  void raise(std::string code, std::string message, std::string peer) {
    outputs_.emplace_back(output::ErrorRaised{
        .peer = std::move(peer), .reason = {.code = std::move(code), .message = std::move(message)}});
  }

  /// What follows from any input: who can no longer be kept, and what the application should hear of it.
  void settle(Instant now) {
    if (connected_to_host_ && !transport_.joined()) {
      connected_to_host_ = false;
      for (auto& [id, link] : links_.all()) link.set_reachable(false, now);
    }
    links_.settle(now);
    links_.prepare(joined_once_ && transport_.state() != Transport::State::closed, now);
    const auto [state, reason] = aggregate();
    if (announced_state_ == state && announced_code_ == reason.code) return;
    announced_state_ = state;
    announced_code_ = reason.code;
    outputs_.emplace_back(output::StateChanged{.state = state, .reason = reason});
  }

  /// The one state a user interface shows: the host's link first, then the peer that is worst off.
  [[nodiscard]] std::pair<LinkState, Reason> aggregate() const {
    switch (transport_.state()) {
      case Transport::State::idle:
        return {LinkState::connecting, {.code = "idle", .message = "Not joined yet."}};
      case Transport::State::closed:
        return {LinkState::lost, transport_.reason()};
      case Transport::State::waiting_room:
        return {LinkState::connecting, transport_.reason()};
      case Transport::State::joined:
        break;
      default:
        return {joined_once_ ? LinkState::reconnecting : LinkState::connecting, transport_.reason()};
    }
    for (const LinkState state : {LinkState::reconnecting, LinkState::connecting}) {
      if (const Link* link = links_.in_state(state)) return {state, link->connectivity().reason()};
    }
    const Link* lost = links_.in_state(LinkState::lost);
    if (lost != nullptr && links_.in_state(LinkState::connected) == nullptr) {
      return {LinkState::lost, lost->connectivity().reason()};
    }
    if (links_.all().empty())
      return {LinkState::connected, {.code = "alone", .message = "Nobody else is here yet."}};
    return {LinkState::connected, {.code = "connected", .message = "Connected."}};
  }

  Config config_;
  std::deque<Output> outputs_;
  Random random_;
  Identity identity_;
  Transport transport_;
  LinkContext context_;
  Links links_;
  std::deque<input::SendMessage> unsent_;  ///< said before we were in the room
  std::size_t unsent_bytes_ = 0;
  bool moderator_ = false;
  RoomRules rules_;
  Lobby lobby_;
  bool joined_once_ = false;
  bool connected_to_host_ = false;
  std::optional<LinkState> announced_state_;
  std::string announced_code_;
};

Session::Session(Config config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::handle(const Input& input, Instant now) {
  impl_->handle(input, now);
}
std::optional<Output> Session::poll() {
  return impl_->poll();
}
std::optional<Instant> Session::next_timeout() const {
  return impl_->next_timeout();
}
Snapshot Session::snapshot() const {
  return impl_->snapshot();
}

}  // namespace parley
