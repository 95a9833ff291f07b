#include "verification.hpp"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

using channel_wire::Verify;
using channel_wire::VerifyStep;

constexpr std::size_t value_digits = 64;

bool is_value(const std::string& text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == value_digits && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Verification::Verification(std::string peer, std::deque<Output>& outputs)
    : peer_(std::move(peer)), outputs_(outputs) {}

void Verification::wait() {
  phase_ = Phase::idle;
  key_.clear();
  tell(VerificationState::pending, {"connecting", "The connection is not there yet."});
}

void Verification::give_up(FixedReason reason) {
  phase_ = Phase::idle;
  key_.clear();
  tell(VerificationState::unavailable, reason);
}

Verification::Step Verification::begin(Setting setting, const std::string& identity) {
  if (setting.own.fingerprints.empty() || setting.theirs.fingerprints.empty()) {
    give_up({.code = "no-fingerprint", .message = "The connection has no key to compare."});
    return std::nullopt;
  }
  setting_ = std::move(setting);
  identity_ = identity;
  if (!setting_.commits) {
    phase_ = Phase::awaits_commitment;
    return std::nullopt;
  }
  phase_ = Phase::awaits_nonce;
  return Verify{.step = VerifyStep::commit,
                .value = to_hex(commitment(setting_.own.id, setting_.theirs.id, setting_.nonce))};
}

Verification::Step Verification::receive(const Verify& step) {
  if (phase_ == Phase::failed || info_.state == VerificationState::unavailable) return std::nullopt;
  if (!is_value(step.value)) {
    return fail({"bad-value", "This person’s app sent something that no app of its kind sends."});
  }
  if (phase_ == Phase::awaits_commitment && step.step == VerifyStep::commit) return respond(step.value);
  if (phase_ == Phase::awaits_nonce && step.step == VerifyStep::nonce) return reveal(step.value);
  if (phase_ == Phase::awaits_reveal && step.step == VerifyStep::reveal) return conclude(step.value);
  return fail({"out-of-order", "This person’s app sent something that no app of its kind sends."});
}

Verification::Step Verification::respond(const std::string& commitment) {
  commitment_ = commitment;
  phase_ = Phase::awaits_reveal;
  return Verify{.step = VerifyStep::nonce, .value = setting_.nonce};
}

Verification::Step Verification::reveal(const std::string& nonce) {
  finish(short_string(setting_.own, setting_.nonce, setting_.theirs, nonce));
  return Verify{.step = VerifyStep::reveal, .value = setting_.nonce};
}

Verification::Step Verification::conclude(const std::string& nonce) {
  if (to_hex(commitment(setting_.theirs.id, setting_.own.id, nonce)) != commitment_) {
    return fail({"wrong-reveal", "What this person’s app revealed is not what it had committed to."});
  }
  finish(short_string(setting_.theirs, nonce, setting_.own, setting_.nonce));
  return std::nullopt;
}

void Verification::finish(const ShortString& string) {
  phase_ = Phase::done;
  key_ = to_hex(sha256(setting_.theirs.fingerprints));
  info_.string = string;
  if (key_ == compared_) {
    tell(VerificationState::verified, {"compared", "You compared in this call, and it matched."});
  } else if (!compared_.empty()) {
    tell(VerificationState::unverified,
         {"new-connection", "The connection was made anew, with another key. Compare again."});
  } else {
    tell(VerificationState::unverified, {"not-compared", "Not compared yet."});
  }
  if (!identity_.empty()) outputs_.emplace_back(output::RecallKey{.peer = peer_, .identity = identity_});
}

void Verification::check(const std::string& own_fingerprints, const std::string& their_fingerprints) {
  if (phase_ == Phase::idle || phase_ == Phase::failed) return;
  if (own_fingerprints == setting_.own.fingerprints && their_fingerprints == setting_.theirs.fingerprints) {
    return;
  }
  fail({"key-changed", "The key of this connection changed in the middle of the call."});
}

void Verification::closed() {
  if (phase_ == Phase::done || phase_ == Phase::failed) return;
  if (info_.state == VerificationState::unavailable) return;
  give_up({.code = "no-channel", .message = "The channel to this person’s app is closed."});
}

bool Verification::compare(bool same) {
  if (phase_ != Phase::done) return false;
  if (same) {
    compared_ = key_;
    tell(VerificationState::verified, {"compared", "You compared in this call, and it matched."});
    if (!identity_.empty()) outputs_.emplace_back(output::RememberKey{.identity = identity_, .key = key_});
    return true;
  }
  const bool was_verified = info_.state == VerificationState::verified;
  compared_.clear();
  tell(VerificationState::different, {"different", "You found a difference. Somebody may be listening."});
  // What was taken for theirs is not. One that was remembered before stays: it may be the right one.
  if (was_verified && !identity_.empty()) {
    outputs_.emplace_back(output::RememberKey{.identity = identity_, .key = ""});
  }
  return true;
}

void Verification::recall(const std::string& key) {
  if (phase_ != Phase::done || info_.state != VerificationState::unverified || key.empty()) return;
  if (key == key_) {
    tell(VerificationState::verified, {"remembered", "The key is the one that you compared before."});
  } else {
    tell(VerificationState::changed,
         {"key-changed", "The key of this person has changed since you compared. Compare again."});
  }
}

Verification::Step Verification::fail(FixedReason reason) {
  phase_ = Phase::failed;
  key_.clear();
  tell(VerificationState::failed, reason);
  return std::nullopt;
}

void Verification::tell(VerificationState state, FixedReason reason) {
  info_.state = state;
  info_.reason = reason;
  if (phase_ != Phase::done) info_.string.reset();
  outputs_.emplace_back(output::VerificationChanged{.peer = peer_, .verification = info_});
}

}  // namespace parley
