#include "hub/hub.hpp"

#include <utility>

#include "hub/hub_impl.hpp"

namespace parley::hub {

Hub::Hub(Config config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Hub::~Hub() = default;

std::size_t Hub::excess(std::size_t unsent) const {
  return impl_->excess(unsent);
}

void Hub::relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent, Outcome& out) {
  impl_->relieve(bytes, unsent, out);
}

void Hub::connected(ConnectionId connection, Dialect dialect, Instant now, Role role, std::string address,
                    const Source& source, Credential credential) {
  impl_->connected(connection, dialect, now, role, std::move(address), source, std::move(credential));
}

void Hub::handle(ConnectionId from, Message message, Instant now, Outcome& out) {
  impl_->handle(from, message, now, out);
}

void Hub::disconnected(ConnectionId connection, Instant now, Outcome& out, Parting how) {
  impl_->disconnected(connection, now, out, how);
}

void Hub::alive(ConnectionId connection, Instant now, Outcome& out) {
  impl_->alive(connection, now, out);
}

void Hub::settle_account(const std::string& name, std::optional<std::uint64_t> sign_in, Instant now,
                         Outcome& out) {
  impl_->settle_account(name, sign_in, now, out);
}

bool Hub::is_name_of_guest(std::string_view name) const {
  return impl_->is_name_of_guest(name);
}

void Hub::expire(Instant now, Outcome& out) {
  impl_->expire(now, out);
}

std::optional<Instant> Hub::next_timeout() const {
  return impl_->next_timeout();
}

Done Hub::admit(command::Join join, Instant now, Outcome& out) {
  return impl_->admit(join, now, out);
}

Done Hub::dismiss(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.dismiss(room, id); });
}

Done Hub::relay(std::string_view room, std::string_view from, command::Signal signal, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.relay(room, from, signal); });
}

Done Hub::announce_joined(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.announce_joined(room, id); });
}

Done Hub::announce_left(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.announce_left(room, id); });
}

Done Hub::send_roster(std::string_view room, std::string_view id, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.send_roster(room, id); });
}

std::size_t Hub::clear(std::string_view room, Outcome& out) {
  return impl_->manage(out, [&](RoomManager& manager) { return manager.clear(room); });
}

std::optional<Stay> Hub::stay(std::string_view room, std::string_view id, Instant now) const {
  const Room* const found = impl_->find_room(room);
  const Session* const session = found == nullptr ? nullptr : found->find(id);
  if (session == nullptr) return std::nullopt;
  return Stay{.member = session->member, .lasted = now - session->joined_at};
}

std::vector<Stay> Hub::stays(std::string_view room, Instant now) const {
  std::vector<Stay> stays;
  if (const Room* const found = impl_->find_room(room)) {
    for (const auto& session : found->members) {
      stays.push_back({.member = session->member, .lasted = now - session->joined_at});
    }
  }
  return stays;
}

bool Hub::has_room(std::string_view room) const {
  return impl_->find_room(room) != nullptr;
}

std::vector<std::string> Hub::rooms() const {
  std::vector<std::string> names;
  names.reserve(impl_->rooms().size());
  for (const auto& [name, room] : impl_->rooms()) names.push_back(name);
  return names;
}

std::vector<Member> Hub::members(std::string_view room) const {
  std::vector<Member> members;
  if (const Room* const found = impl_->find_room(room)) {
    for (const auto& session : found->members) members.push_back(session->member);
  }
  return members;
}

Source Hub::source_of(ConnectionId connection) const {
  return impl_->source_of(connection);
}

Done Hub::moderate(const std::string& room, command::Moderate wish, Instant now, Outcome& out) {
  return impl_->moderate(room, wish, now, out);
}

Done Hub::keep_room(const std::string& room, const RuleChange& rules, Instant now, Outcome& out) {
  return impl_->keep_room(room, rules, now, out);
}

bool Hub::is_kept(std::string_view room) const {
  return impl_->moderation().is_kept(room);
}

std::vector<std::string> Hub::kept_rooms() const {
  return impl_->moderation().kept();
}

RoomRules Hub::rules_of(std::string_view room) const {
  return impl_->moderation().rules_of(room);
}

event::Lobby Hub::lobby(std::string_view room) const {
  return impl_->moderation().lobby(room);
}

Totals Hub::totals() const {
  return impl_->totals();
}

}  // namespace parley::hub
