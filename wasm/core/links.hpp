#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conversation.hpp"
#include "deadline.hpp"
#include "input.hpp"
#include "link.hpp"
#include "output.hpp"
#include "prepared.hpp"
#include "time.hpp"

namespace parley {

/// Who else is in the room, each with its link; and, while nobody is, a connection for whoever comes next.
/// One may be a publisher whose media goes to the host, which has no link.
class Links {
 public:
  using ById = std::map<std::string, Link>;

  explicit Links(LinkContext& context) : context_(context) {}

  [[nodiscard]] ById& all() { return links_; }
  [[nodiscard]] const ById& all() const { return links_; }
  [[nodiscard]] Link* find(const std::string& id);
  [[nodiscard]] const std::optional<PeerInfo>& publisher() const { return publisher_; }
  [[nodiscard]] bool publishes(const std::string& id) const { return publisher_ && publisher_->id == id; }
  /// What the application is told of a publisher's connection, which there is not.
  [[nodiscard]] static output::PeerStateChanged state_of(const PeerInfo& publisher) {
    return {.peer = publisher.id,
            .state = LinkState::connected,
            .reason = {.code = "streams", .message = "Streams live."}};
  }
  /// Likewise of who that is.
  [[nodiscard]] static VerificationInfo verification_of_publisher();
  /// One that is in this state, if any is.
  [[nodiscard]] const Link* in_state(LinkState state) const;

  /// Our own id. Under another one nobody in the room knows us, and who is polite follows from the ids.
  /// Who we are to the others.
  void set_self(const std::string& self, const std::string& incarnation);
  [[nodiscard]] const std::string& incarnation() const { return incarnation_; }
  [[nodiscard]] const std::string& self() const { return context_.self; }
  /// A peer is there: a new one, or one whose connection lives on though the host had forgotten one of us.
  /// `waits`: we came after it.
  void meet(PeerInfo peer, bool waits, Instant now);
  /// Everyone who is here, as the host knows it.
  void meet_all(std::vector<PeerInfo> roster, Instant now);
  void update(PeerInfo peer);
  void set_away(const std::string& id, bool away, Instant now);
  void leave(const std::string& id, const std::string& reason, Instant now);
  void forget_all(const std::string& reason);

  void open_slot(const Slot& slot);
  void set_share(Whom who);
  /// Something happened to the connection that it names.
  void on(const auto& happened, Instant now) {
    if (prepared_ && prepared_->connection() == happened.connection) {
      prepared_->on(happened);
    } else if (Link* link = link_of(happened.connection)) {
      link->on(happened, now);
    }
  }
  void timeout(Instant now);
  [[nodiscard]] Deadline next_timeout() const;

  /// What follows from any input: who can no longer be kept, and what the application should hear of it.
  void settle(Instant now);
  /// Who waits `alone` keeps a connection ready. (With others here, one for every next person would be open
  /// for nobody in most rooms.)
  void prepare(bool alone, Instant now);
  void discard_prepared();
  /// What could not be made ahead may be tried again.
  void prepare_again() { unpreparable_ = false; }

 private:
  [[nodiscard]] Link* link_of(ConnectionId connection);
  void greet(const PeerInfo& peer, bool waits, Instant now);
  void watch(PeerInfo peer);
  void forget_publisher(const std::string& reason);
  void unlist(ById::iterator found, Instant now);
  void forget(ById::iterator found, const std::string& reason);
  void forget_former_selves();
  void recall(Link& link);
  [[nodiscard]] Link::Beginning take_prepared();

  LinkContext& context_;
  std::string incarnation_;  ///< ours
  ById links_;
  /// Seen, and nobody to connect with. Its id is the room's name, so there is one at most.
  std::optional<PeerInfo> publisher_;
  std::optional<Prepared> prepared_;
  bool unpreparable_ = false;
  std::deque<std::pair<std::string, Conversation::Heard>> heard_;  ///< from incarnations that are gone
};

}  // namespace parley
