#include "hub/expiries.hpp"

#include <algorithm>
#include <vector>

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

void Expiries::end_where(const std::function<bool(const Pass&)>& is_over, Instant at) {
  std::vector<Position> ending;
  for (auto each = due_.begin(); each != due_.end(); ++each) {
    const auto& [session, user, ends, warned] = each->second;
    if (ends > at && is_over(session != nullptr ? *session->pass : *user->pass)) ending.push_back(each);
  }
  for (const Position each : ending) {
    Entry entry = each->second;
    entry.ends = at;
    entry.warned = false;
    due_.erase(each);
    settle(entry, due_.emplace(Instant::min(), entry));
  }
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
  settle(entry, due_.emplace(entry.ends, entry));
}

void Expiries::settle(const Entry& entry, Position at) {
  if (entry.session != nullptr) {
    entry.session->pass_ends = at;
  } else {
    entry.user->pass_ends = at;
  }
}

}  // namespace parley::hub
