#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "hub/hub_impl.hpp"

namespace parley::hub {
namespace {

constexpr Close furthest_behind{1013, "too much waits for clients, and most of it for this one",
                                "max-buffered-mb"};

/// A client for whom something is kept; one without a connection is away.
struct Behind {
  std::size_t bytes = 0;
  Session* session = nullptr;
  Connection* connection = nullptr;
};

}  // namespace

/// An eighth more than is too much, so that looking for whom to give up is rare.
std::size_t Hub::Impl::excess(std::size_t unsent) const {
  const std::size_t limit = config_.limits.buffered_bytes;
  const std::size_t kept = outgoing_.kept_bytes() + unsent;
  return kept > limit ? kept - limit / 8 * 7 : 0;
}

void Hub::Impl::relieve(std::size_t bytes, const std::function<std::size_t(ConnectionId)>& unsent,
                        Outcome& out) {
  outgoing_.begin_turn(out);
  std::vector<Behind> all;
  const auto add = [&](Behind client) {
    if (client.bytes > 0) all.push_back(client);
  };
  for (auto& [id, connection] : connections_.all()) {
    if (connection.closing || connection.role == Role::gateway) continue;
    Session* const session = connection.session;
    const Claim* const claim = connection.claim.get();
    add({.bytes = unsent(id) + (session != nullptr ? session->log.bytes() : 0) +
                  (claim != nullptr ? claim->bytes.bytes() : 0) +
                  (connection.waiting != nullptr ? connection.waiting->bytes.bytes() : 0),
         .session = session,
         .connection = &connection});
  }
  for (auto& [name, room] : rooms_.all()) {
    for (const auto& member : room.members) {
      if (member->connection == nullptr) add({.bytes = member->log.bytes(), .session = member.get()});
    }
  }
  std::ranges::sort(all, std::ranges::greater{}, &Behind::bytes);
  std::size_t freed = 0;
  std::vector<Session*> doomed;
  for (const Behind& client : all) {
    if (freed >= bytes) break;
    freed += client.bytes;
    if (client.connection != nullptr) connections_.close(*client.connection, furthest_behind);
    if (client.session != nullptr) doomed.push_back(client.session);
  }
  // Which are removed from the back: the furthest behind first.
  std::for_each(doomed.rbegin(), doomed.rend(), [this](Session* session) { outgoing_.doom(*session); });
  rooms_.remove_doomed();
}

}  // namespace parley::hub
