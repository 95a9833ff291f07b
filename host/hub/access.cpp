#include "hub/access.hpp"

#include <string>
#include <utility>

namespace parley::hub {
namespace {

Failure<Refusal> no_right(Right right) {
  return refusal(ErrorCode::token_right, "Your token does not let you do this: its claim \"may\" needs " +
                                             std::string(name_of(right)) + ". Ask for another one.");
}

Failure<Refusal> other_room() {
  return refusal(ErrorCode::token_room,
                 "Your token is for another room. Ask for one that has this in its \"room\".");
}

Failure<Refusal> other_number() {
  return refusal(ErrorCode::token_room,
                 "Your token is for another number. Ask for one that has this in its \"sim\".");
}

}  // namespace

Done Access::enter(const Connection& connection, std::string_view room, bool called, bool is_private,
                   Instant now) const {
  const bool publishes = only_offers(connection.dialect);
  const bool needs_pass = asks(is_private || publishes);
  if (Done checked = check(connection.credential, needs_pass, now); !checked || !needs_pass) return checked;
  const Pass& pass = *connection.credential.pass;
  const Right right = publishes ? Right::publish : called ? Right::call : Right::join;
  if (!pass.may.has(right)) return no_right(right);
  if (publishes && !pass.sims.match(room)) return other_number();
  if (!publishes && !called && !pass.rooms.match(room)) return other_room();
  return {};
}

Done Access::enroll(const Connection& connection, std::string_view name, Instant now) const {
  const bool needs_pass = auth_ == Auth::all;
  if (Done checked = check(connection.credential, needs_pass, now); !checked) return checked;
  const Pass* const pass = connection.credential.pass.get();
  if (pass != nullptr && !pass->name.empty() && pass->name != name)
    return refusal(ErrorCode::token_name, "Your token is for another name. Register under that one.");
  if (needs_pass && !pass->may.has(Right::call)) return no_right(Right::call);
  return {};
}

Done Access::watch(const Credential& shown, std::string_view sim, bool is_private, Instant now) const {
  const bool needs_pass = asks(is_private);
  if (Done checked = check(shown, needs_pass, now); !checked || !needs_pass) return checked;
  if (!shown.pass->may.has(Right::watch)) return no_right(Right::watch);
  return shown.pass->sims.match(sim) ? Done() : other_number();
}

Done Access::ask(const Credential& shown, Instant now) const {
  return check(shown, auth_ == Auth::all, now);
}

Done Access::moderate(const Credential& shown, std::string_view room, Instant now) const {
  if (Done checked = check(shown, true, now); !checked) return checked;
  if (shown.pass == nullptr) return no_right(Right::moderate);
  if (shown.pass->may.has(Right::admin)) return {};
  if (!shown.pass->may.has(Right::moderate)) return no_right(Right::moderate);
  return shown.pass->rooms.match(room) ? Done() : other_room();
}

Done Access::administer(const Credential& shown, Instant now) const {
  if (Done checked = check(shown, true, now); !checked) return checked;
  const bool may = shown.pass != nullptr && shown.pass->may.has(Right::admin);
  return may ? Done() : no_right(Right::admin);
}

Done Access::check(const Credential& shown, bool needs_pass, Instant now) const {
  if (auth_ == Auth::off) return {};
  if (shown.fault) return refusal(shown.fault->code, std::string(shown.fault->sentence));
  if (shown.pass == nullptr && needs_pass)
    return refusal(ErrorCode::token_required,
                   "This host asks for a token. Get one from whoever lets you in here.");
  if (shown.pass != nullptr && shown.pass->ends <= now)
    return refusal(ErrorCode::token_expired, "The token's time is over: get another one.");
  if (shown.pass != nullptr && shown.pass->sign_in && is_signed_in_ &&
      !is_signed_in_(shown.pass->identity, *shown.pass->sign_in))
    return refusal(ErrorCode::token_revoked, "You were signed out: sign in again.");
  return {};
}

bool is_same_person(const std::shared_ptr<const Pass>& before, const std::shared_ptr<const Pass>& now) {
  if (before == nullptr) return true;
  if (now == nullptr) return before->identity.empty();
  // Whom an account's name is, and whom somebody else calls so, are two.
  return now->identity == before->identity && now->sign_in.has_value() == before->sign_in.has_value();
}

Done goes_on(const std::shared_ptr<const Pass>& before, std::string_view name, const Credential& shown) {
  if (!is_same_person(before, shown.pass))
    return refusal(ErrorCode::token_identity,
                   "This token is somebody else's than the one before. Join anew with it.");
  if (shown.pass != nullptr && !shown.pass->name.empty() && shown.pass->name != name)
    return refusal(ErrorCode::token_name, "This token is for another name than the one that you go by here.");
  return {};
}

bool owns(const std::shared_ptr<const Pass>& pass, std::string_view name) {
  return pass != nullptr && pass->sign_in && pass->identity == name;
}

std::string name_for(const Connection& connection, const std::string& wish) {
  const Pass* const pass = connection.credential.pass.get();
  return pass == nullptr || pass->name.empty() ? wish : pass->name;
}

}  // namespace parley::hub
