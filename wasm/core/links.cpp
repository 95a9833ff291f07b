#include "links.hpp"

#include <algorithm>
#include <set>

#include "limits.hpp"

namespace parley {

Link* Links::find(const std::string& id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : &found->second;
}

const Link* Links::in_state(LinkState state) const {
  for (const auto& [id, link] : links_) {
    if (link.connectivity().state() == state) return &link;
  }
  return nullptr;
}

Link* Links::link_of(ConnectionId connection) {
  for (auto& [id, link] : links_) {
    if (link.connection() == connection) return &link;
  }
  return nullptr;
}

// Comings and goings.

void Links::set_self(const std::string& self, const std::string& incarnation) {
  incarnation_ = incarnation;
  if (self == context_.self) return;
  forget_all("replaced");
  context_.self = self;
}

void Links::meet(PeerInfo peer, bool waits, Instant now) {
  // Under another id it is what is left of a join whose answer never reached us.
  if (peer.id == context_.self || (!incarnation_.empty() && peer.incarnation == incarnation_)) return;
  auto found = links_.find(peer.id);
  if (found != links_.end() && (peer.streams || found->second.info().incarnation != peer.incarnation)) {
    forget(found, "replaced");
    found = links_.end();
  }
  if (peer.streams) return watch(std::move(peer));
  // Its host has been started again, without what took its media.
  if (publishes(peer.id)) forget_publisher("replaced");
  if (found == links_.end()) return greet(peer, waits, now);
  Link& link = found->second;
  const bool away = peer.away;
  if (link.info() != peer) context_.outputs.emplace_back(output::PeerUpdated{.peer = peer});
  link.update(std::move(peer));
  link.set_listed(true);
  link.recover();
  link.set_reachable(!away, now);
}

/// Under the same id it is the same stream, whoever publishes it now.
void Links::watch(PeerInfo peer) {
  if (publishes(peer.id)) return update(std::move(peer));
  forget_publisher("replaced");
  context_.outputs.emplace_back(output::PeerJoined{.peer = peer});
  context_.outputs.emplace_back(state_of(peer));
  context_.outputs.emplace_back(
      output::VerificationChanged{.peer = peer.id, .verification = verification_of_publisher()});
  publisher_ = std::move(peer);
}

VerificationInfo Links::verification_of_publisher() {
  return {.state = VerificationState::unavailable,
          .reason = {.code = "streams",
                     .message = "This stream comes through the host, so there is nobody to compare with."}};
}

void Links::forget_publisher(const std::string& reason) {
  if (!publisher_) return;
  context_.outputs.emplace_back(output::PeerLeft{.peer = publisher_->id, .reason = reason});
  publisher_.reset();
}

/// A new one.
void Links::greet(const PeerInfo& peer, bool waits, Instant now) {
  // A foreign client that does not follow its own protocol is offered to after a while.
  waits = peer.offers.value_or(waits);
  for (auto& [other, link] : links_) {
    // A foreign client may have none.
    if (!peer.incarnation.empty() && link.info().incarnation == peer.incarnation) link.supersede();
  }
  const bool polite = peer.is_foreign() || context_.self > peer.id;
  // What was made ahead has a data channel, of which a foreign client knows nothing.
  const bool begun = prepared_ && !waits && !peer.is_foreign();
  context_.outputs.emplace_back(output::PeerJoined{.peer = peer});
  const auto placed = begun ? links_.try_emplace(peer.id, peer, polite, take_prepared(), context_, now)
                            : links_.try_emplace(peer.id, peer, polite, waits, context_, now);
  Link& link = placed.first->second;
  recall(link);
  link.set_reachable(!link.info().away, now);
  forget_former_selves();
}

void Links::meet_all(std::vector<PeerInfo> roster, Instant now) {
  std::set<std::string> here;
  for (const PeerInfo& peer : roster) here.insert(peer.id);
  if (publisher_ && !here.contains(publisher_->id)) forget_publisher("left");
  for (auto link = links_.begin(); link != links_.end();) {
    const auto current = link++;
    if (!here.contains(current->first)) unlist(current, now);
  }
  // Who comes to a room waits for the offers of those who are there.
  for (PeerInfo& peer : roster) meet(std::move(peer), true, now);
}

void Links::update(PeerInfo peer) {
  Link* link = find(peer.id);
  if (link == nullptr && !publishes(peer.id)) return;
  context_.outputs.emplace_back(output::PeerUpdated{.peer = peer});
  if (link == nullptr) {
    publisher_ = std::move(peer);
  } else {
    link->update(std::move(peer));
  }
}

void Links::set_away(const std::string& id, bool away, Instant now) {
  Link* link = find(id);
  if (link == nullptr) return;
  link->set_away(away);
  context_.outputs.emplace_back(output::PeerUpdated{.peer = link->info()});
  link->set_reachable(!away, now);
  forget_former_selves();
}

void Links::leave(const std::string& id, const std::string& reason, Instant now) {
  if (publishes(id)) return forget_publisher(reason);
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  // One that is replaced comes back at once: the same page after all, or a new one.
  if (reason == "timeout" || reason == "replaced") {
    unlist(found, now);
  } else {
    forget(found, reason);
  }
}

/// The host no longer has this peer. While its media flows it stays: either of them may only have lost the
/// host.
void Links::unlist(ById::iterator found, Instant now) {
  Link& link = found->second;
  if (link.connectivity().state() != LinkState::connected) return forget(found, "left");
  link.set_listed(false);
  link.set_away(true);
  link.set_reachable(false, now);
  context_.outputs.emplace_back(output::PeerUpdated{.peer = link.info()});
}

void Links::forget(ById::iterator found, const std::string& reason) {
  Link& link = found->second;
  // It may only have lost its way for long: if it comes back, it says again what we did not acknowledge.
  if (const auto heard = link.conversation().heard(); heard.stream != 0) {
    heard_.emplace_back(link.info().incarnation, heard);
    if (heard_.size() > limits.retired) heard_.pop_front();
  }
  link.close();
  context_.outputs.emplace_back(output::PeerLeft{.peer = found->first, .reason = reason});
  links_.erase(found);
}

void Links::forget_all(const std::string& reason) {
  forget_publisher(reason);
  while (!links_.empty()) forget(links_.begin(), reason);
}

/// A page that did not hear it was let in joins again, and for a while the host has it twice: the one that
/// is away will not come back.
void Links::forget_former_selves() {
  for (auto link = links_.begin(); link != links_.end();) {
    const auto current = link++;
    const Link& former = current->second;
    if (!former.superseded() || !former.info().away) continue;
    if (former.connectivity().state() != LinkState::connected) forget(current, "replaced");
  }
}

void Links::recall(Link& link) {
  const auto found = std::find_if(heard_.begin(), heard_.end(),
                                  [&](const auto& entry) { return entry.first == link.info().incarnation; });
  if (found == heard_.end()) return;
  link.conversation().recall(found->second);
  heard_.erase(found);
}

// What happens to all of them.

void Links::open_slot(const Slot& slot) {
  if (prepared_) prepared_->open_slot(slot);
  for (auto& [id, link] : links_) link.open_slot(slot);
}

void Links::set_share(Whom who) {
  context_.share = who;
  for (auto& [id, link] : links_) link.review_share();
}

void Links::timeout(Instant now) {
  for (auto& [id, link] : links_) link.timeout(now);
}

Deadline Links::next_timeout() const {
  Deadline next;
  if (prepared_) next = prepared_->expires();
  for (const auto& [id, link] : links_) next = earliest(next, link.next_timeout());
  return next;
}

void Links::settle(Instant now) {
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
}

// The connection for whoever comes next.

void Links::prepare(bool alone, Instant now) {
  alone = alone && links_.empty();
  if (prepared_ && (!alone || prepared_->failed() || now >= prepared_->expires())) discard_prepared();
  if (alone && !prepared_ && !unpreparable_) prepared_.emplace(context_, now);
}

void Links::discard_prepared() {
  if (!prepared_) return;
  // What fails now fails the same way the next time, and a link then says so.
  unpreparable_ = prepared_->failed();
  context_.outputs.emplace_back(output::ClosePeer{.connection = prepared_->connection()});
  prepared_.reset();
}

Link::Beginning Links::take_prepared() {
  Link::Beginning beginning = prepared_->give();
  prepared_.reset();
  return beginning;
}

}  // namespace parley
