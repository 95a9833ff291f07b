#include "session.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "channel_wire.hpp"
#include "limits.hpp"
#include "link.hpp"
#include "overloaded.hpp"
#include "prepared.hpp"
#include "random.hpp"
#include "transport.hpp"

namespace parley {
namespace {

constexpr std::size_t sequence_digits = 20;

template <class Alternative>
concept ConnectionInput = requires(const Alternative& alternative) {
  alternative.connection;
};

std::string_view transport_state(Transport::State state) {
  switch (state) {
    case Transport::State::idle:
      return "idle";
    case Transport::State::connecting:
      return "connecting";
    case Transport::State::joining:
      return "joining";
    case Transport::State::joined:
      return "joined";
    case Transport::State::waiting:
      return "waiting";
    case Transport::State::closed:
      return "closed";
  }
  return "";
}

Identity identity_of(const Config& config, Random& random) {
  return {.url = config.url,
          .join = {.room = config.room,
                   .name = config.name,
                   .meta = config.meta,
                   .incarnation = random.hex(),
                   .peer = config.peer,
                   .token = config.token,
                   .resume = std::nullopt},
          .chosen_peer = config.peer.has_value()};
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
                 .presence = {}} {}

  void handle(const Input& input, Instant now) {
    std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
          if constexpr (ConnectionInput<Alternative>) {
            if (prepared_ && prepared_->connection() == alternative.connection) {
              prepared_->on(alternative);
            } else if (Link* link = link_of(alternative.connection)) {
              link->on(alternative, now);
            }
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
    Deadline next = transport_.next_timeout();
    if (prepared_) next = earliest(next, prepared_->expires());
    for (const auto& [id, link] : links_) next = earliest(next, link.next_timeout());
    return next;
  }

  [[nodiscard]] Snapshot snapshot() const {
    const auto [state, reason] = aggregate();
    Snapshot snapshot{.state = state,
                      .reason = reason,
                      .room = config_.room,
                      .self = self_,
                      .incarnation = identity_.join.incarnation,
                      .signaling = std::string(transport_state(transport_.state())),
                      .peers = {}};
    for (const auto& [id, link] : links_) snapshot.peers.push_back(link.snapshot());
    return snapshot;
  }

 private:
  // The application.

  void on(const input::Join&, Instant now) {
    unpreparable_ = false;
    transport_.start(now);
  }

  void on(const input::Leave&, Instant) {
    transport_.leave();
    forget_all("you-left");
    joined_once_ = false;
  }

  void on(const input::Update& update, Instant) {
    // Kept, it would have the host refuse the next join.
    if (update.name && update.name->size() > limits.name_bytes) {
      raise("bad-field", "A name holds at most 128 bytes. Shorten it.", "");
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
    if (prepared_) prepared_->open_slot(open.slot);
    for (auto& [id, link] : links_) link.open_slot(open.slot);
  }

  void on(const input::SetPresence& set, Instant) {
    context_.presence = set.presence;
    for (auto& [id, link] : links_) link.conversation().set_presence(set.presence);
  }

  void on(const input::SendMessage& message, Instant) {
    // Control characters are six times as long in JSON.
    const channel_wire::Text written{.sequence = 0, .topic = message.topic, .text = message.text};
    const bool too_big = message.text.size() + message.topic.size() > limits.text_bytes ||
                         channel_wire::encode(written).size() > limits.channel_bytes - sequence_digits;
    if (too_big) {
      raise("message-too-big", "A message to a peer holds at most 65,536 bytes. Send it in parts.", "");
      return;
    }
    if (message.to) {
      const auto found = links_.find(*message.to);
      if (found == links_.end()) {
        raise("no-such-peer", "This person is not in the room.", *message.to);
      } else if (found->second.info().is_foreign()) {
        raise("no-channel", "This person's client takes no messages.", *message.to);
      } else {
        say(found->second, message);
      }
      return;
    }
    for (auto& [id, link] : links_) {
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
      transport_.start(now);
    } else {
      transport_.probe(now);
    }
    for (auto& [id, link] : links_) {
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
    discard_prepared();
    transport_.probe(now);
  }

  void on(const input::Timeout&, Instant now) {
    transport_.timeout(now);
    for (auto& [id, link] : links_) link.timeout(now);
  }

  void hear(wire::Joined& joined, Instant now) {
    const bool renamed = joined.self != self_;
    // Nobody in the room knows us by the new id, and who is polite follows from the ids.
    if (renamed) forget_all("replaced");
    self_ = joined.self;
    if (config_.ice_servers.empty() && context_.ice_servers != joined.ice_servers) {
      context_.ice_servers = joined.ice_servers;
      discard_prepared();
    }
    if (!joined_once_ || renamed) {
      outputs_.emplace_back(output::Joined{.self = joined.self, .room = joined.room});
    }
    joined_once_ = true;
    connected_to_host_ = true;
    if (joined.resumed) {
      for (auto& [id, link] : links_) {
        if (transport_.lost_messages()) link.recover();
        link.set_reachable(!link.info().away && link.listed(), now);
      }
      return;
    }
    std::set<std::string> roster;
    for (const PeerInfo& peer : joined.peers) roster.insert(peer.id);
    for (auto link = links_.begin(); link != links_.end();) {
      const auto current = link++;
      if (!roster.contains(current->first)) unlist(current, now);
    }
    // Who comes to a room waits for the offers of those who are there.
    for (PeerInfo& peer : joined.peers) meet(std::move(peer), true, now);
  }

  void hear(wire::PeerJoined& joined, Instant now) { meet(std::move(joined.peer), false, now); }

  /// A peer is there: a new one, or one whose connection lives on though the host had forgotten one of us.
  void meet(PeerInfo peer, bool waits, Instant now) {
    // Under another id it is what is left of a join whose answer never reached us.
    if (peer.id == self_ || peer.incarnation == identity_.join.incarnation) return;
    auto found = links_.find(peer.id);
    if (found != links_.end() && found->second.info().incarnation != peer.incarnation) {
      forget(found, "replaced");
      found = links_.end();
    }
    if (found == links_.end()) {
      // A foreign client that does not follow its own protocol is offered to after a while.
      waits = peer.offers.value_or(waits);
      const std::string id = peer.id;
      for (auto& [other, link] : links_) {
        // A foreign client may have none.
        if (!peer.incarnation.empty() && link.info().incarnation == peer.incarnation) link.supersede();
      }
      const bool polite = peer.is_foreign() || self_ > peer.id;
      // What was made ahead has a data channel, of which a foreign client knows nothing.
      const bool begun = prepared_ && !waits && !peer.is_foreign();
      outputs_.emplace_back(output::PeerJoined{.peer = peer});
      const auto placed =
          begun ? links_.try_emplace(id, std::move(peer), polite, take_prepared(), context_, now)
                : links_.try_emplace(id, std::move(peer), polite, waits, context_, now);
      Link& link = placed.first->second;
      recall(link);
      link.set_reachable(!link.info().away, now);
      forget_former_selves();
      return;
    }
    Link& link = found->second;
    const bool away = peer.away;
    if (link.info() != peer) outputs_.emplace_back(output::PeerUpdated{.peer = peer});
    link.update(std::move(peer));
    link.set_listed(true);
    link.recover();
    link.set_reachable(!away, now);
  }

  void hear(wire::PeerUpdated& updated, Instant) {
    const auto found = links_.find(updated.peer.id);
    if (found == links_.end()) return;
    outputs_.emplace_back(output::PeerUpdated{.peer = updated.peer});
    found->second.update(std::move(updated.peer));
  }

  void hear(const wire::PeerLeft& left, Instant now) {
    const auto found = links_.find(left.id);
    if (found == links_.end()) return;
    // One that is replaced comes back at once: the same page after all, or a new one.
    if (left.reason == "timeout" || left.reason == "replaced") {
      unlist(found, now);
    } else {
      forget(found, left.reason);
    }
  }

  void hear(const wire::PeerAway& away, Instant now) { set_away(away.id, true, now); }
  void hear(const wire::PeerBack& back, Instant now) { set_away(back.id, false, now); }

  void set_away(const std::string& id, bool away, Instant now) {
    const auto found = links_.find(id);
    if (found == links_.end()) return;
    Link& link = found->second;
    link.set_away(away);
    outputs_.emplace_back(output::PeerUpdated{.peer = link.info()});
    link.set_reachable(!away, now);
    forget_former_selves();
  }

  void hear(wire::Signal& signal, Instant now) {
    const auto found = links_.find(signal.peer);
    if (found != links_.end()) found->second.receive(std::move(signal), now);
  }

  void hear(const wire::Error& error, Instant) {
    // That a peer left while something was on its way to it is nobody's error.
    if (error.code != "no-such-peer") raise(error.code, error.message, "");
  }

  void hear(const wire::Unknown&, Instant) {}
  void hear(const wire::Ack&, Instant) {}
  void hear(const wire::Pong&, Instant) {}

  // Links.

  using Links = std::map<std::string, Link>;

  /// The host no longer has this peer. While its media flows it stays: either of them may only have lost the
  /// host.
  void unlist(Links::iterator found, Instant now) {
    Link& link = found->second;
    if (link.connectivity().state() != LinkState::connected) {
      forget(found, "left");
      return;
    }
    link.set_listed(false);
    link.set_away(true);
    link.set_reachable(false, now);
    outputs_.emplace_back(output::PeerUpdated{.peer = link.info()});
  }

  void forget(Links::iterator found, const std::string& reason) {
    Link& link = found->second;
    // It may only have lost its way for long: if it comes back, it says again what we did not acknowledge.
    if (const auto heard = link.conversation().heard(); heard.stream != 0) {
      heard_.emplace_back(link.info().incarnation, heard);
      if (heard_.size() > limits.retired) heard_.pop_front();
    }
    link.close();
    outputs_.emplace_back(output::PeerLeft{.peer = found->first, .reason = reason});
    links_.erase(found);
  }

  void forget_all(const std::string& reason) {
    while (!links_.empty()) forget(links_.begin(), reason);
  }

  void recall(Link& link) {
    const auto found = std::find_if(heard_.begin(), heard_.end(), [&](const auto& entry) {
      return entry.first == link.info().incarnation;
    });
    if (found == heard_.end()) return;
    link.conversation().recall(found->second);
    heard_.erase(found);
  }

  /// A page that did not hear it was let in joins again, and for a while the host has it twice: the one that
  /// is away will not come back.
  void forget_former_selves() {
    for (auto link = links_.begin(); link != links_.end();) {
      const auto current = link++;
      const Link& former = current->second;
      if (!former.superseded() || !former.info().away) continue;
      if (former.connectivity().state() != LinkState::connected) forget(current, "replaced");
    }
  }

  Link* link_of(ConnectionId connection) {
    for (auto& [id, link] : links_) {
      if (link.connection() == connection) return &link;
    }
    return nullptr;
  }

  /// Who waits alone keeps a connection ready. (With others here, one for every next person would be open for
  /// nobody in most rooms.)
  void prepare(Instant now) {
    const bool alone = joined_once_ && links_.empty() && transport_.state() != Transport::State::closed;
    if (prepared_ && (!alone || prepared_->failed() || now >= prepared_->expires())) discard_prepared();
    if (alone && !prepared_ && !unpreparable_) prepared_.emplace(context_, now);
  }

  void discard_prepared() {
    if (!prepared_) return;
    // What fails now fails the same way the next time, and a link then says so.
    unpreparable_ = prepared_->failed();
    outputs_.emplace_back(output::ClosePeer{.connection = prepared_->connection()});
    prepared_.reset();
  }

  Link::Beginning take_prepared() {
    Link::Beginning beginning = prepared_->give();
    prepared_.reset();
    return beginning;
  }

  void raise(std::string code, std::string message, std::string peer) {
    outputs_.emplace_back(output::ErrorRaised{
        .peer = std::move(peer), .reason = {.code = std::move(code), .message = std::move(message)}});
  }

  /// What follows from any input: who can no longer be kept, and what the application should hear of it.
  void settle(Instant now) {
    if (connected_to_host_ && !transport_.joined()) {
      connected_to_host_ = false;
      for (auto& [id, link] : links_) link.set_reachable(false, now);
    }
    for (auto link = links_.begin(); link != links_.end();) {
      const auto current = link++;
      const Connectivity& connectivity = current->second.connectivity();
      const bool given_up = connectivity.postponed() || connectivity.state() == LinkState::lost;
      if (!current->second.listed() && given_up) {
        forget(current, "left");
      } else {
        current->second.announce(now);
      }
    }
    prepare(now);
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
      case Transport::State::joined:
        break;
      default:
        return {joined_once_ ? LinkState::reconnecting : LinkState::connecting, transport_.reason()};
    }
    const auto worst = [this](LinkState state) -> const Link* {
      for (const auto& [id, link] : links_) {
        if (link.connectivity().state() == state) return &link;
      }
      return nullptr;
    };
    for (const LinkState state : {LinkState::reconnecting, LinkState::connecting}) {
      if (const Link* link = worst(state)) return {state, link->connectivity().reason()};
    }
    const Link* lost = worst(LinkState::lost);
    if (lost != nullptr && worst(LinkState::connected) == nullptr) {
      return {LinkState::lost, lost->connectivity().reason()};
    }
    if (links_.empty())
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
  std::optional<Prepared> prepared_;  ///< while nobody else is here
  bool unpreparable_ = false;
  std::deque<std::pair<std::string, Conversation::Heard>> heard_;  ///< from incarnations that are gone
  std::string self_;
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
