#pragma once

#include <deque>
#include <optional>
#include <string>

#include "channel_wire.hpp"
#include "output.hpp"
#include "sha256.hpp"
#include "short_string.hpp"

namespace parley {

/// Whether the person at the other end of a connection is who they seem to be, or somebody sits in between:
/// both ends agree on a short string over the data channel (as ZRTP does, RFC 6189 section 4.4.2), and people
/// compare it. One side commits to its nonce before it knows the other's, so that whoever is in between cannot
/// look for nonces with which both strings would be the same.
class Verification {
 public:
  /// What both ends know when they begin, from this one's point of view.
  struct Setting {
    VerifiedSide own;
    VerifiedSide theirs;
    bool commits = false;  ///< this end commits; of two, exactly one does
    std::string nonce;     ///< 64 hexadecimal digits that nobody can guess
  };
  using Step = std::optional<channel_wire::Verify>;

  Verification(std::string peer, std::deque<Output>& outputs);

  [[nodiscard]] const VerificationInfo& info() const { return info_; }

  /// There is a connection from which nothing has come yet.
  void wait();
  /// There cannot be a string, for this reason.
  void give_up(FixedReason reason);
  /// Both ends have a channel and know how. Returns what to send, if it is this end's turn.
  [[nodiscard]] Step begin(Setting setting, const std::string& identity);
  /// The other end's next step. Returns the answer, if there is one.
  [[nodiscard]] Step receive(const channel_wire::Verify& step);
  /// What the descriptions in force say now. Their keys must stay what they were when the exchange began.
  void check(const std::string& own_fingerprints, const std::string& their_fingerprints);
  /// The channel is gone; a string that is there still holds for the connection.
  void closed();

  /// What this person found when they compared. False where there is nothing to compare.
  [[nodiscard]] bool compare(bool same);
  /// The key that this person has compared before, with whoever has this identity; empty for none.
  void recall(const std::string& key);

 private:
  enum class Phase { idle, awaits_commitment, awaits_nonce, awaits_reveal, done, failed };

  [[nodiscard]] Step respond(const std::string& commitment);
  [[nodiscard]] Step reveal(const std::string& nonce);
  [[nodiscard]] Step conclude(const std::string& nonce);
  void finish(const ShortString& string);
  Step fail(FixedReason reason);
  void tell(VerificationState state, FixedReason reason);

  std::string peer_;
  std::deque<Output>& outputs_;
  VerificationInfo info_;
  Phase phase_ = Phase::idle;
  Setting setting_;
  std::string identity_;    ///< of the peer, as the host has verified it; may be empty
  std::string commitment_;  ///< theirs
  std::string key_;         ///< their fingerprints' digest: what is remembered
  std::string compared_;    ///< the key that this person compared during this stay
};

}  // namespace parley
