#include "hub/presence.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "hub/connection.hpp"

namespace parley::hub {
namespace {

/// What is sent of it, so far as that depends on it.
std::size_t bytes_of(const EventBody& body) {
  std::size_t bytes = 0;
  const auto add = [&](const std::vector<event::User>& users) {
    for (const event::User& user : users) bytes += UserList::entry_bytes(user);
  };
  if (const auto* online = std::get_if<event::UsersOnline>(&body)) add(online->users);
  if (const auto* changed = std::get_if<event::UsersChanged>(&body)) {
    add(changed->joined);
    for (const std::string& name : changed->left) bytes += name.size();
    for (const auto& change : changed->changed) bytes += UserList::entry_bytes(change.name);
  }
  return bytes;
}

/// How long so many bytes take at this rate.
Duration time_for(std::size_t bytes, std::size_t per_second) {
  return std::chrono::milliseconds(bytes * 1'000 / per_second);
}

}  // namespace

/// For how long the whole list, as it is now, is all that may be sent: to all together, and to each of them.
Duration Presence::list_cost(std::size_t readers) const {
  const std::size_t bytes = users_.list_bytes();
  const Duration page_time = limits_.users_interval;
  const Duration each = page_time * (bytes / limits_.users_page_bytes);
  return std::max({page_time, each, time_for(readers * bytes, limits_.users_bytes_per_second)});
}

/// When the list may go out again: what the last one cost is paid first. While many come and go, so is what
/// this one costs; once they have calmed down, nobody waits for that.
Instant Presence::list_due() const {
  const Instant calm = list_.changed_at + limits_.users_interval;
  return std::max(list_.sent_at + list_.cost, std::min(calm, list_.sent_at + list_cost(list_.readers)));
}

std::optional<Instant> Presence::next_timeout() const {
  if (list_.told == users_.changes()) return news_wanted_ ? std::optional(news_due_) : std::nullopt;
  return news_wanted_ ? std::min(news_due_, list_due()) : list_due();
}

void Presence::publish() {
  if (std::exchange(list_.seen, users_.changes()) != users_.changes()) {
    list_.changed_at = outgoing_.now();
    news_wanted_ = true;
  }
  if (list_.told != users_.changes() && outgoing_.now() >= list_due()) send_list();
  if (news_wanted_ && outgoing_.now() >= news_due_) send_news();
}

void Presence::send_list() {
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
std::size_t Presence::news_budget() const {
  return limits_.users_bytes_per_second * static_cast<std::size_t>(limits_.users_interval.count()) / 1'000;
}

Presence::Page Presence::page_after(Known known) const {
  auto event = std::make_shared<const Event>(users_.news_for(known, limits_.users_page_bytes));
  return {.event = std::move(event), .then = known};
}

void Presence::send_page(User& user, const Page& page) {
  user.known = page.then;
  user.takes_news = false;
  user.reads_on = !users_.is_known(user.known);
  news_sent_ += bytes_of(page.event->body);
  outgoing_.answer(*user.connection, page.event);
}

/// To each the next page of what they do not know, in turns where that is more than may go out at once.
/// Whoever knows the list hears first of who comes: thousands who still read it do not hold that up, and have
/// a quarter to themselves.
void Presence::send_news() {
  const std::size_t budget = news_budget();
  news_sent_ = 0;
  const bool know_all = send_news_to(know_the_list_, budget - budget / 4);
  const bool read_all = send_news_to(read_the_list_, budget);
  news_wanted_ = !know_all || !read_all;
  news_due_ = outgoing_.now() + limits_.users_interval;
}

/// Says whether all of them have had their page.
bool Presence::send_news_to(Readers& readers, std::size_t budget) {
  std::map<Known, Page> pages;
  auto& users = users_.all();
  auto at = users.upper_bound(readers.last);
  std::size_t seen = 0;
  for (; seen < users.size() && news_sent_ < budget; ++seen, ++at) {
    if (at == users.end()) at = users.begin();
    readers.last = at->first;
    User& user = at->second;
    if (!user.takes_news || users_.is_known(user.known)) continue;
    if ((user.known.begun && !user.reads_on) != readers.know) continue;
    auto page = pages.find(user.known);
    if (page == pages.end()) page = pages.emplace(user.known, page_after(user.known)).first;
    send_page(user, page->second);
  }
  return seen == users.size();
}

void Presence::count_reader(const User& user, int more) {
  if (user.connection == nullptr || takes_changes(user.connection->dialect)) return;
  list_.readers += static_cast<std::size_t>(more);
}

void Presence::connected(User& user) {
  count_reader(user, 1);
  user.known = {};
  user.reads_on = false;
  if (takes_changes(user.connection->dialect)) request_page(user);
}

void Presence::disconnected(User& user) {
  count_reader(user, -1);
  user.takes_news = false;
}

void Presence::request_page(User& user) {
  user.takes_news = true;
  if (users_.is_known(user.known)) return;
  news_wanted_ = true;
  if (user.reads_on && news_sent_ < news_budget()) send_page(user, page_after(user.known));
}

void Presence::set_in_call(const Call& call, bool in_call) {
  users_.set_in_call(call.caller, in_call);
  users_.set_in_call(call.callee, in_call);
  news_wanted_ = true;
}

}  // namespace parley::hub
