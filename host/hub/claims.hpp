#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "hub/config.hpp"
#include "hub/connection.hpp"
#include "hub/outgoing.hpp"
#include "hub/time.hpp"

namespace parley::hub {

/// To the holder of an id or a name that another one gets.
inline constexpr Close given_to_another{4001, "this id continues on another socket"};

/// Connections that want an id or a name that somebody holds. A claimant waits for a sign of life of the
/// holder: with one it is refused, and without one it gets what it wants. A claimant that has shown the
/// holder's secret, as a tab does after a reload, gets it as soon as the holder's socket is lost.
///
/// A claim that is decided is acted on by the hub: it takes `next_decided` and handles the claimant's
/// messages again. It also removes the holder of an `overdue` claim, which decides that claim.
class Claims {
 public:
  Claims(const Limits& limits, Outgoing& outgoing) : limits_(limits), outgoing_(outgoing) {}

  /// Whether the holder has been away for so long that its id or name is free.
  [[nodiscard]] bool has_gone(const auto& holder) const {
    return holder.window_closes && (*holder.window_closes)->since + limits_.claim_patience <= outgoing_.now();
  }

  /// `message` is what asks for the id or name.
  void add(Connection& claimant, const Message& message, Claim claim);
  /// What a claimant says meanwhile is handled once its claim is decided.
  [[nodiscard]] Done hold(Connection& claimant, Message& message);
  /// Holds this message, too, of a claimant that claims anew.
  static void keep(Claim& claim, Message message);
  /// The claimant is gone.
  void withdraw(Connection& claimant);

  /// The holder has shown a sign of life.
  void refuse(Claimants& claimants);
  void refuse_all_of(const Connection& holder);
  /// The holder is gone, or has another connection now.
  void decide(Claimants& claimants);
  /// The socket of the holder is lost.
  void decide_proven(Claimants& claimants);

  /// A claim whose holder has shown no sign of life in time; null where there is none.
  [[nodiscard]] const Claim* overdue() const;
  [[nodiscard]] std::optional<ConnectionId> next_decided();
  [[nodiscard]] std::optional<Instant> next_timeout() const;

 private:
  [[nodiscard]] static Claimants& claimants_of(const Claim& claim);
  void probe(const Claim& claim);
  void decide(Connection& claimant);

  const Limits& limits_;
  Outgoing& outgoing_;
  std::map<std::pair<Instant, ConnectionId>, const Claim*> undecided_;  ///< by when they are overdue
  std::deque<ConnectionId> decided_;                                    ///< and not acted on yet
};

}  // namespace parley::hub
