#include "hub/room.hpp"

#include "hub/secret.hpp"

namespace parley::hub {

Session* Room::find(std::string_view id) const {
  for (const auto& session : members) {
    if (session->member.id == id) return session.get();
  }
  return nullptr;
}

Session* Room::find_by_secret(std::string_view secret) const {
  for (const auto& session : members) {
    if (same_secret(session->secret, secret)) return session.get();
  }
  return nullptr;
}

Session* Room::find_by_incarnation(std::string_view incarnation) const {
  for (const auto& session : members) {
    if (!incarnation.empty() && session->member.incarnation == incarnation) return session.get();
  }
  return nullptr;
}

Done Room::check_meant(std::string_view named) const {
  if (named.empty() || named == name) return {};
  return refusal(
      ErrorCode::not_joined,
      "You are in room \"" + name + "\", and this names another. Leave the one and join the other first.");
}

Session* Room::publisher() const {
  for (const auto& session : members) {
    if (only_offers(session->member.dialect)) return session.get();
  }
  return nullptr;
}

}  // namespace parley::hub
