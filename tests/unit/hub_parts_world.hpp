#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "hub/account.hpp"
#include "hub/claims.hpp"
#include "hub/connections.hpp"
#include "hub/outgoing.hpp"
#include "hub/rooms.hpp"
#include "hub/streams.hpp"
#include "hub_world.hpp"

namespace parley::hub {

/// The parts of a hub, each on its own, on virtual time.
struct PartsWorld {
  explicit PartsWorld(Limits limits = {}) : config{.limits = limits, .gateway = true} {
    config.make_secret = [this] { return "secret-" + std::to_string(++secrets); };
    outgoing.begin_turn(now, out);
  }

  /// Time passes.
  void pass(Duration time) { outgoing.begin_turn(now += time, out); }

  Connection& connect(ConnectionId id, Dialect dialect = Dialect::parley, Role role = Role::client) {
    connections.open(id, dialect, now, role, {}, {});
    return *connections.find(id);
  }

  /// A member of this room, under this id.
  Session& join(Connection& connection, const std::string& room, const std::string& id) {
    command::Join join{.room = room, .incarnation = "page-" + id};
    rooms.enter(connection, rooms.open(room, connection.account), id, join);
    return *connection.session;
  }

  /// What this connection was told since it was last asked.
  Lines told(ConnectionId id) {
    Lines lines;
    std::erase_if(out.deliveries, [&](const Delivery& delivery) {
      if (delivery.to != id) return false;
      lines.push_back(line(delivery));
      return true;
    });
    return lines;
  }

  Config config;
  int secrets = 0;
  Instant now{std::chrono::hours(1)};
  Outcome out;
  Outgoing outgoing{config.limits};
  Accounts accounts{config.limits};
  Claims claims{config.limits, outgoing};
  Connections connections{config.limits, accounts, claims, outgoing};
  Streams streams{config, outgoing};
  Expiries expiries{config.limits};
  RoomBooks books;
  Rooms rooms{config, accounts, claims, connections, streams, expiries, books, outgoing};
};

}  // namespace parley::hub
