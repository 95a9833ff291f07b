#include "agreement.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace parley::simulation {
namespace {

using Finding = std::optional<std::string>;

/// One tab's view of another, and what it is to be compared with.
struct Pair {
  const Tab& here;
  const Tab& there;
  const Tab::Peer& seen;  ///< `there`, as `here` knows it
  const Network& network;
};

Finding about_presence(const Pair& pair) {
  if (pair.seen.info.away) return "thinks it away";
  if (pair.seen.info.name != pair.there.config().name) return "has its name as " + pair.seen.info.name;
  if (pair.seen.info.meta != pair.there.config().meta) return "has its metadata as " + pair.seen.info.meta;
  if (pair.seen.presence != pair.there.presence()) return "has another presence of it";
  if (pair.seen.state != LinkState::connected) return "does not call it connected";
  return std::nullopt;
}

Finding about_negotiation(const Pair& pair, const ModelPeerConnection& connection) {
  if (connection.signaling() == SignalingState::have_local_offer) return "is stuck in have-local-offer";
  if (connection.signaling() != SignalingState::stable) return "is not stable";
  if (!connection.idle()) return "has an operation under way";
  if (connection.negotiation_needed()) return "still needs a negotiation";
  const auto other = pair.there.connection_to(pair.here.self());
  if (!other) return "has a connection with nobody at its other end";
  if (!pair.network.are_connected(connection.fingerprint(), other->fingerprint())) return "is not connected";
  return std::nullopt;
}

/// Both sides map names to m-lines alike, and each receives what the other has opened.
Finding about_slots(const Pair& pair, const ModelPeerConnection& connection) {
  const auto other = pair.there.connection_to(pair.here.self());
  const auto known_there = pair.there.peers().find(pair.here.self());
  if (!other || known_there == pair.there.peers().end()) return "is not known there";
  for (const Slot& slot : pair.here.config().slots) {
    const auto mid = connection.mid_of(slot.name);
    if (!mid || mid->empty()) return "has no m-line for " + slot.name;
    if (!connection.agreed_direction(slot.name).send) return "may not send " + slot.name;
    const auto mirrored = other->mid_of(slot.name);
    if (mirrored && *mirrored != *mid)
      return "has " + slot.name + " on m-line " + *mid + ", the other side on " + *mirrored;
    const auto track = known_there->second.tracks.find(slot.name);
    if (track == known_there->second.tracks.end())
      return "sends " + slot.name + ", but no track has started there";
    if (track->second != std::pair(other->id(), *mid))
      return "sends " + slot.name + " on another m-line than known there";
  }
  return std::nullopt;
}

Finding about_snapshot(const Tab& tab) {
  const Snapshot snapshot = tab.snapshot();
  if (snapshot.signaling != "joined") return "is " + snapshot.signaling + ", not joined";
  if (snapshot.state != LinkState::connected) return "shows the state " + snapshot.reason.code;
  for (const PeerSnapshot& peer : snapshot.peers) {
    const std::string of = " in its snapshot of " + peer.info.id;
    if (!peer.channel_open) return "has no data channel" + of;
    if (peer.signaling != SignalingState::stable) return "is not stable" + of;
    if (peer.peer_connection != PeerConnectionState::connected) return "is not connected" + of;
    if (peer.timeline.size() > limits.timeline) return "has a timeline without bound" + of;
  }
  return std::nullopt;
}

std::optional<ShortString> string_of(const Tab& here, const Tab& there) {
  const Snapshot snapshot = here.snapshot();
  const auto found = std::ranges::find_if(
      snapshot.peers, [&there](const PeerSnapshot& peer) { return peer.info.id == there.self(); });
  return found == snapshot.peers.end() ? std::nullopt : found->verification.string;
}

/// Nobody is in between, so both have the same string to compare.
Finding about_verification(const Pair& pair) {
  const auto string = string_of(pair.here, pair.there);
  if (!string) return "has no string to compare";
  if (string != string_of(pair.there, pair.here)) return "has another string to compare";
  return std::nullopt;
}

const Tab::Peer* find_peer(const Tab& here, const Tab& there) {
  const auto found = std::ranges::find_if(here.peers(), [&there](const auto& entry) {
    return entry.first == there.self() && entry.second.info.incarnation == there.incarnation();
  });
  return found == here.peers().end() ? nullptr : &found->second;
}

Finding about(const Tab& here, const Tab& there, const Network& network, const ChatLedger& ledger) {
  const Tab::Peer* seen = find_peer(here, there);
  if (seen == nullptr) return "does not know it";
  const Pair pair{.here = here, .there = there, .seen = *seen, .network = network};
  if (auto finding = about_presence(pair)) return finding;
  const auto connection = here.connection_to(seen->info.id);
  if (!connection) return "has not exactly one connection with it";
  if (auto finding = about_negotiation(pair, *connection)) return finding;
  if (auto finding = about_slots(pair, *connection)) return finding;
  if (auto finding = about_verification(pair)) return finding;
  if (const auto number = ledger.missing(there.incarnation(), here.incarnation()))
    return "never heard its message " + std::to_string(*number);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> disagreement(const Tabs& tabs, const Network& network, const ChatLedger& ledger) {
  for (const auto& here : tabs) {
    if (!here->socket() || here->socket()->broken) return here->label() + " has a broken socket";
    for (const auto& there : tabs) {
      if (here == there) continue;
      if (const auto finding = about(*here, *there, network, ledger))
        return here->label() + ", towards " + there->label() + ": " + *finding;
    }
    const std::size_t others = tabs.size() - 1;
    if (here->peers().size() != others)
      return here->label() + " remembers " + std::to_string(here->peers().size() - others) + " who are gone";
    // Who is alone has one ready for whoever comes next.
    if (here->connections() != std::max<std::size_t>(others, 1))
      return here->label() + " has " + std::to_string(here->connections()) + " connections";
    if (const auto finding = about_snapshot(*here)) return here->label() + " " + *finding;
  }
  return std::nullopt;
}

}  // namespace parley::simulation
