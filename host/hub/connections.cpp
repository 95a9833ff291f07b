#include "hub/connections.hpp"

#include <utility>

namespace parley::hub {
void Connections::open(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
                       const Source& source, Credential credential) {
  const bool gateway = role == Role::gateway;
  gateways_ += gateway ? 1 : 0;
  connections_.try_emplace(
      id, Connection{.id = id,
                     .dialect = dialect,
                     .role = role,
                     .address = std::move(address),
                     .credential = std::move(credential),
                     .account = &accounts_.open(source, now),
                     .messages = {gateway ? 0 : limits_.messages_per_second, limits_.message_burst, now},
                     .bytes = {gateway ? 0 : static_cast<double>(limits_.bytes_per_second),
                               static_cast<double>(limits_.byte_burst), now},
                     .joins = {limits_.joins_per_minute / seconds_a_minute,
                               static_cast<double>(limits_.joins_at_once), now},
                     .registrations = {limits_.registrations_per_minute / seconds_a_minute,
                                       static_cast<double>(limits_.registrations_at_once), now}});
}

Connection* Connections::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

const Connection* Connections::find(ConnectionId id) const {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

void Connections::close(Connection& connection, Close why) {
  connection.closing = true;
  claims_.withdraw(connection);
  outgoing_.close(connection, why);
}

void Connections::erase(Connection& connection) {
  if (connection.role == Role::gateway) --gateways_;
  accounts_.release(connection.account, outgoing_.now());
  connections_.erase(connection.id);
}

}  // namespace parley::hub
