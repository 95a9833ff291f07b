#include "hub/user_list.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace parley::hub {

User& UserList::add(User user) {
  user.number = user.came = ++changes_;
  list_bytes_ += entry_bytes(user.as);
  User& added = users_.emplace(user.number, std::move(user)).first->second;
  by_name_.emplace(added.as.name, &added);
  return added;
}

void UserList::set_id(User& user, std::string id) {
  if (user.as.id == id) return;
  list_bytes_ += id.size() - user.as.id.size();
  user.as.id = std::move(id);
  auto node = users_.extract(user.number);
  node.key() = user.number = ++changes_;
  users_.insert(std::move(node));
}

/// In an order of their own: those who are sent the whole list have no words for this.
void UserList::set_in_call(User& user, bool in_call) {
  if (user.as.in_call == in_call) return;
  user.as.in_call = in_call;
  by_call_change_.erase(user.call_change);
  user.call_change = ++call_changes_;
  by_call_change_.emplace(user.call_change, &user);
}

void UserList::remove(const User& user) {
  by_call_change_.erase(user.call_change);
  list_bytes_ -= entry_bytes(user.as);
  departures_.push_back({.change = ++changes_, .came = user.came, .name = user.as.name});
  if (departures_.size() > kept_departures) {
    forgotten_ = departures_.front().change;
    departures_.pop_front();
  }
  by_name_.erase(user.as.name);
  users_.erase(user.number);
}

bool UserList::is_known(const Known& known) const {
  if (!known.begun || known.departures < forgotten_) return false;
  const bool all_departures = departures_.empty() || departures_.back().change <= known.departures;
  const bool all_calls = by_call_change_.empty() || by_call_change_.rbegin()->first <= known.calls;
  return all_departures && all_calls && (users_.empty() || users_.rbegin()->first <= known.arrivals);
}

EventBody UserList::news_for(Known& known, std::size_t bytes) const {
  std::size_t used = 0;
  const auto arrivals = [&] {
    std::vector<event::User> users;
    for (auto at = users_.upper_bound(known.arrivals); at != users_.end(); ++at) {
      if (used >= bytes) return users;
      used += entry_bytes(at->second.as);
      users.push_back(at->second.as);
      known.arrivals = at->first;
    }
    known.arrivals = changes_;
    return users;
  };
  if (!known.begun || known.departures < forgotten_) {
    known = {.begun = true, .departures = changes_, .calls = call_changes_};
    return event::UsersOnline{.users = arrivals(), .at = {}};
  }
  event::UsersChanged news;
  auto at = std::ranges::upper_bound(departures_, known.departures, {}, &Departure::change);
  for (; at != departures_.end() && used < bytes; ++at) {
    known.departures = at->change;
    if (at->came > known.arrivals) continue;
    used += at->name.size();
    news.left.push_back(at->name);
  }
  // Who has left may have come back since: that is told after all departures.
  if (at != departures_.end()) return news;
  known.departures = changes_;
  const std::uint64_t before = known.arrivals;
  news.joined = arrivals();
  // Whoever is still to be told that they have come is told with that whether they are in a call.
  if (known.arrivals != changes_) return news;
  auto call = by_call_change_.upper_bound(known.calls);
  for (; call != by_call_change_.end() && used < bytes; ++call) {
    const auto& [change, user] = *call;
    known.calls = change;
    if (user->number > before) continue;
    used += entry_bytes(user->as.name);
    news.changed.push_back({.name = user->as.name, .in_call = user->as.in_call});
  }
  if (call == by_call_change_.end()) known.calls = call_changes_;
  return news;
}

}  // namespace parley::hub
