#include "hub/expiries.hpp"

#include <algorithm>

#include "hub/room.hpp"
#include "hub/user.hpp"

namespace parley::hub {

template <class Holder>
void Expiries::watch(Holder& holder, Entry entry, const std::shared_ptr<const Pass>& pass, Instant now) {
  forget(holder);
  holder.pass = pass;
  if (pass == nullptr) return;
  entry.ends = pass->ends;
  // Of what lasts no longer than the warning, half is left: whoever renews at once does so no more often than need be.
  const auto notice = std::min<Duration>(limits_.token_warning, (pass->ends - now) / 2);
  holder.pass_ends = due_.emplace(pass->ends - notice, entry);
}

void Expiries::watch(Session& session, const std::shared_ptr<const Pass>& pass, Instant now) {
  watch(session, {.session = &session}, pass, now);
}

void Expiries::watch(User& user, const std::shared_ptr<const Pass>& pass, Instant now) {
  watch(user, {.user = &user}, pass, now);
}

std::optional<Instant> Expiries::next_timeout() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

std::optional<Expiries::Entry> Expiries::next_due(Instant now) {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  const Entry entry = due_.begin()->second;
  if (!entry.warned) move_to_end(due_.begin());
  return entry;
}

void Expiries::move_to_end(Position position) {
  Entry entry = position->second;
  entry.warned = true;
  due_.erase(position);
  const auto moved = due_.emplace(entry.ends, entry);
  if (entry.session != nullptr) {
    entry.session->pass_ends = moved;
  } else {
    entry.user->pass_ends = moved;
  }
}

}  // namespace parley::hub
