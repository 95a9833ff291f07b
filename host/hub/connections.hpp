#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "hub/account.hpp"
#include "hub/claims.hpp"
#include "hub/config.hpp"
#include "hub/connection.hpp"
#include "hub/outgoing.hpp"
#include "hub/source.hpp"

namespace parley::hub {

/// Every socket that the server has told of, until it is gone.
class Connections {
 public:
  Connections(const Limits& limits, Accounts& accounts, Claims& claims, Outgoing& outgoing)
      : limits_(limits), accounts_(accounts), claims_(claims), outgoing_(outgoing) {}

  void open(ConnectionId id, Dialect dialect, Instant now, Role role, std::string address,
            const Source& source, Credential credential = {});
  /// Null where there is none.
  [[nodiscard]] Connection* find(ConnectionId id);
  [[nodiscard]] const Connection* find(ConnectionId id) const;
  /// Asks the server to close it. Nothing that it still says counts.
  void close(Connection& connection, Close why);
  /// It is gone, and holds no session and no user any more.
  void erase(Connection& connection);

  [[nodiscard]] std::unordered_map<ConnectionId, Connection>& all() { return connections_; }
  /// Without those of the media gateway.
  [[nodiscard]] std::size_t clients() const { return connections_.size() - gateways_; }

 private:
  const Limits& limits_;
  Accounts& accounts_;
  Claims& claims_;
  Outgoing& outgoing_;
  std::unordered_map<ConnectionId, Connection> connections_;
  std::size_t gateways_ = 0;
};

}  // namespace parley::hub
