#include "hub/room_books.hpp"

namespace parley::hub {

RoomBook* RoomBooks::find(std::string_view room) {
  const auto found = books_.find(room);
  return found == books_.end() ? nullptr : &found->second;
}

const RoomBook* RoomBooks::find(std::string_view room) const {
  const auto found = books_.find(room);
  return found == books_.end() ? nullptr : &found->second;
}

RoomBook& RoomBooks::open(const std::string& room) {
  if (RoomBook* known = find(room)) return *known;
  return books_.try_emplace(room, RoomBook{.name = room}).first->second;
}

RoomRules RoomBooks::rules_of(std::string_view room) const {
  const RoomBook* const book = find(room);
  return book == nullptr ? RoomRules() : book->rules;
}

std::vector<std::string> RoomBooks::kept() const {
  std::vector<std::string> names;
  for (const auto& [name, book] : books_) {
    if (book.kept) names.push_back(name);
  }
  return names;
}

bool RoomBooks::has_place(std::size_t most) {
  if (books_.size() >= most && !forgotten_.empty()) erase(*forgotten_.front().who);
  return books_.size() < most;
}

void RoomBooks::review(RoomBook& book, bool live, Instant now) {
  if (book.forgotten) forgotten_.leave(*book.forgotten);
  book.forgotten.reset();
  if (book.kept || live || !book.waiting.empty()) return;
  if (book.bans.empty()) return erase(book);
  set_rules(book, {});
  book.forgotten = forgotten_.join(book, now);
}

void RoomBooks::erase(RoomBook& book) {
  if (book.forgotten) forgotten_.leave(*book.forgotten);
  if (book.news) news_.leave(*book.news);
  set_rules(book, {});
  books_.erase(books_.find(book.name));
}

void RoomBooks::set_rules(RoomBook& book, RoomRules rules) {
  if (book.rules.ends) ends_.erase({*book.rules.ends, book.name});
  book.rules = rules;
  if (book.rules.ends) ends_.emplace(*book.rules.ends, book.name);
}

bool RoomBooks::tells_now(RoomBook& book, Instant now) {
  if (book.news) return false;
  if (now - book.told < between_lists) {
    book.news = news_.join(book, now);
    return false;
  }
  book.told = now;
  return true;
}

std::optional<std::string> RoomBooks::next_news(Instant now) {
  if (!is_over(news_.due(between_lists), now)) return std::nullopt;
  RoomBook& book = *news_.front().who;
  news_.leave(*book.news);
  book.news.reset();
  book.told = now;
  return book.name;
}

std::optional<Instant> RoomBooks::next_timeout() const {
  const auto next_end = ends_.empty() ? std::nullopt : std::optional(ends_.begin()->first);
  return earlier(earlier(forgotten_.due(bans_kept), news_.due(between_lists)), next_end);
}

void RoomBooks::expire(Instant now) {
  while (is_over(forgotten_.due(bans_kept), now)) erase(*forgotten_.front().who);
}

std::optional<std::string> RoomBooks::next_ended(Instant now) const {
  if (ends_.empty() || ends_.begin()->first > now) return std::nullopt;
  return ends_.begin()->second;
}

}  // namespace parley::hub
