// Who is told who is online, and when. A dialect that has words for it is told what has changed, page by page
// as its client takes them; any other is sent the whole list each time, less often the longer that is.

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

#include "hub/hub_impl.hpp"

namespace parley::hub {

User& Directory::add(User user) {
  user.number = user.came = ++changes_;
  list_bytes_ += entry_bytes(user.as);
  User& added = users_.emplace(user.number, std::move(user)).first->second;
  by_name_.emplace(added.as.name, &added);
  return added;
}

void Directory::set_id(User& user, std::string id) {
  if (user.as.id == id) return;
  list_bytes_ += id.size() - user.as.id.size();
  user.as.id = std::move(id);
  auto node = users_.extract(user.number);
  node.key() = user.number = ++changes_;
  users_.insert(std::move(node));
}

/// In an order of their own: those who are sent the whole list have no words for this.
void Directory::set_in_call(User& user, bool in_call) {
  if (user.as.in_call == in_call) return;
  user.as.in_call = in_call;
  by_call_change_.erase(user.call_change);
  user.call_change = ++call_changes_;
  by_call_change_.emplace(user.call_change, &user);
}

void Directory::remove(const User& user) {
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

bool Directory::is_known(const Known& known) const {
  if (!known.begun || known.departures < forgotten_) return false;
  const bool all_departures = departures_.empty() || departures_.back().change <= known.departures;
  const bool all_calls = by_call_change_.empty() || by_call_change_.rbegin()->first <= known.calls;
  return all_departures && all_calls && (users_.empty() || users_.rbegin()->first <= known.arrivals);
}

EventBody Directory::news_for(Known& known, std::size_t bytes) const {
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

namespace {

/// What is sent of it, so far as that depends on it.
std::size_t bytes_of(const EventBody& body) {
  std::size_t bytes = 0;
  const auto add = [&](const std::vector<event::User>& users) {
    for (const event::User& user : users) bytes += Directory::entry_bytes(user);
  };
  if (const auto* online = std::get_if<event::UsersOnline>(&body)) add(online->users);
  if (const auto* changed = std::get_if<event::UsersChanged>(&body)) {
    add(changed->joined);
    for (const std::string& name : changed->left) bytes += name.size();
    for (const auto& change : changed->changed) bytes += Directory::entry_bytes(change.name);
  }
  return bytes;
}

/// How long so many bytes take at this rate.
Duration time_for(std::size_t bytes, std::size_t per_second) {
  return std::chrono::milliseconds(bytes * 1'000 / per_second);
}

}  // namespace

/// For how long the whole list, as it is now, is all that may be sent: to all together, and to each of them.
Duration Hub::Impl::list_cost(std::size_t readers) const {
  const Limits& limits = config_.limits;
  const std::size_t bytes = users_.list_bytes();
  const Duration page_time = limits.users_interval;
  const Duration each = page_time * (bytes / limits.users_page_bytes);
  return std::max({page_time, each, time_for(readers * bytes, limits.users_bytes_per_second)});
}

/// When the list may go out again: what the last one cost is paid first. While many come and go, so is what
/// this one costs; once they have calmed down, nobody waits for that.
Instant Hub::Impl::list_due() const {
  const Instant calm = list_.changed_at + config_.limits.users_interval;
  return std::max(list_.sent_at + list_.cost, std::min(calm, list_.sent_at + list_cost(list_.readers)));
}

Instant Hub::Impl::users_due() const {
  if (list_.told == users_.changes()) return news_due_;
  return news_wanted_ ? std::min(news_due_, list_due()) : list_due();
}

bool Hub::Impl::has_news() const {
  return news_wanted_ || list_.told != users_.changes();
}

void Hub::Impl::publish_users() {
  if (std::exchange(list_.seen, users_.changes()) != users_.changes()) {
    list_.changed_at = outgoing_.now();
    news_wanted_ = true;
  }
  if (list_.told != users_.changes() && outgoing_.now() >= list_due()) send_list();
  if (news_wanted_ && outgoing_.now() >= news_due_) send_news();
}

void Hub::Impl::send_list() {
  list_.told = users_.changes();
  if (list_.readers == 0) return;
  std::vector<Connection*> readers;
  for (auto& [number, user] : users_.all()) {
    if (user.connection != nullptr && !takes_changes(user.connection->dialect)) {
      readers.push_back(user.connection);
    }
  }
  list_.sent_at = outgoing_.now();
  list_.cost = list_cost(readers.size());
  event::UsersOnline online{.users = {}, .at = config_.wall_clock()};
  for (const auto& [number, user] : users_.all()) online.users.push_back(user.as);
  const auto event = std::make_shared<const Event>(std::move(online));
  for (Connection* reader : readers) outgoing_.answer(*reader, event);
}

/// Of all together, from one turn to the next.
std::size_t Hub::Impl::news_budget() const {
  const Limits& limits = config_.limits;
  return limits.users_bytes_per_second * static_cast<std::size_t>(limits.users_interval.count()) / 1'000;
}

Hub::Impl::Page Hub::Impl::page_after(Known known) const {
  auto event = std::make_shared<const Event>(users_.news_for(known, config_.limits.users_page_bytes));
  return {.event = std::move(event), .then = known};
}

void Hub::Impl::send_page(User& user, const Page& page) {
  user.known = page.then;
  user.takes_news = false;
  user.reads_on = !users_.is_known(user.known);
  news_sent_ += bytes_of(page.event->body);
  outgoing_.answer(*user.connection, page.event);
}

/// To each the next page of what they do not know, in turns where that is more than may go out at once.
void Hub::Impl::send_news() {
  std::map<Known, Page> pages;
  const std::size_t budget = news_budget();
  news_sent_ = 0;
  auto& users = users_.all();
  auto at = users.upper_bound(news_turn_);
  std::size_t seen = 0;
  for (; seen < users.size() && news_sent_ < budget; ++seen, ++at) {
    if (at == users.end()) at = users.begin();
    news_turn_ = at->first;
    User& user = at->second;
    if (!user.takes_news || users_.is_known(user.known)) continue;
    auto page = pages.find(user.known);
    if (page == pages.end()) page = pages.emplace(user.known, page_after(user.known)).first;
    send_page(user, page->second);
  }
  news_wanted_ = seen < users.size();
  news_due_ = outgoing_.now() + config_.limits.users_interval;
}

void Hub::Impl::count_reader(const User& user, int more) {
  if (user.connection == nullptr || takes_changes(user.connection->dialect)) return;
  list_.readers += static_cast<std::size_t>(more);
}

void Hub::Impl::list_call(const Call& call, bool stands) {
  users_.set_in_call(call.caller, stands);
  users_.set_in_call(call.callee, stands);
  news_wanted_ = true;
}

void Hub::Impl::take_news(User& user) {
  user.takes_news = true;
  if (users_.is_known(user.known)) return;
  news_wanted_ = true;
  if (user.reads_on && news_sent_ < news_budget()) send_page(user, page_after(user.known));
}

}  // namespace parley::hub
