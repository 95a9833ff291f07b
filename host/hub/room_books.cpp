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
  book.rules = {};
  book.forgotten = forgotten_.join(book, now);
}

void RoomBooks::erase(RoomBook& book) {
  if (book.forgotten) forgotten_.leave(*book.forgotten);
  books_.erase(books_.find(book.name));
}

void RoomBooks::expire(Instant now) {
  while (is_over(next_timeout(), now)) erase(*forgotten_.front().who);
}

}  // namespace parley::hub
