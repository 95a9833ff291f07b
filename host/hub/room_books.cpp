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
  set_rules(book, {});
  books_.erase(books_.find(book.name));
}

void RoomBooks::set_rules(RoomBook& book, RoomRules rules) {
  if (book.rules.ends) ends_.erase({*book.rules.ends, book.name});
  book.rules = rules;
  if (book.rules.ends) ends_.emplace(*book.rules.ends, book.name);
}

std::optional<Instant> RoomBooks::next_timeout() const {
  return earlier(forgotten_.due(bans_kept),
                 ends_.empty() ? std::nullopt : std::optional(ends_.begin()->first));
}

void RoomBooks::expire(Instant now) {
  while (is_over(forgotten_.due(bans_kept), now)) erase(*forgotten_.front().who);
}

std::optional<std::string> RoomBooks::next_ended(Instant now) const {
  if (ends_.empty() || ends_.begin()->first > now) return std::nullopt;
  return ends_.begin()->second;
}

}  // namespace parley::hub
