#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/session.hpp"
#include "core_outputs.hpp"

namespace parley {

using Strings = std::vector<std::string>;

inline std::string peer(const std::string& id, const std::string& incarnation = "i",
                        const std::string& more = "") {
  return R"({"id":")" + id + R"(","name":")" + id + R"(","incarnation":")" + incarnation +
         R"(","dialect":"parley")" + more + "}";
}

inline Config room() {
  Config config;
  config.url = "ws://host/ws";
  config.room = "r";
  config.name = "Ada";
  config.seed = 7;
  return config;
}

/// A session whose host and browser are written out by the test.
class SessionTest : public testing::Test {
 protected:
  Outputs tell(const Input& input) {
    session.handle(input, now);
    Outputs outputs;
    while (auto output = session.poll()) outputs.push_back(std::move(*output));
    for (const auto& open : all<output::OpenSocket>(outputs)) socket = open.socket;
    return outputs;
  }

  /// What the host says, numbered in its turn.
  Outputs hear(const std::string& fields) {
    return tell(input::SocketMessage{.socket = socket,
                                     .text = "{" + fields + R"(,"seq":)" + std::to_string(++heard) + "}"});
  }

  Outputs welcome(const std::string& peers = "", const std::string& self = "m",
                  const std::string& incarnation = "m's") {
    heard = 0;
    return tell(
        input::SocketMessage{.socket = socket,
                             .text = R"({"type":"joined","room":"r","session":"s","resumed":false,"self":")" +
                                     self + R"(","incarnation":")" + incarnation + R"(","peers":[)" + peers +
                                     R"(],"iceServers":[{"urls":["stun:host"]}]})"});
  }

  Outputs resumed() {
    return tell(input::SocketMessage{
        .socket = socket,
        .text = R"({"type":"joined","room":"r","session":"s","resumed":true,"self":"m","ack":0,)"
                R"("iceServers":[{"urls":["stun:host"]}]})"});
  }

  void connect() {
    (void)tell(input::Join{});
    (void)tell(input::SocketOpened{.socket = socket});
  }

  void lose_socket() { (void)tell(input::SocketClosed{.socket = socket, .code = 1006, .reason = {}}); }

  /// Waits for the backoff to end and opens the next socket.
  void reconnect() {
    while (session.snapshot().signaling == "waiting") wake();
    (void)tell(input::SocketOpened{.socket = socket});
  }

  /// Goes to the next timeout.
  Outputs wake() {
    const auto next = session.next_timeout();
    EXPECT_TRUE(next) << "nothing to wait for";
    if (next) now = std::max(now, *next);
    return tell(input::Timeout{});
  }

  /// Lets time go by, waking as asked.
  Outputs advance(Duration duration) {
    const Instant end = now + duration;
    Outputs outputs;
    for (int wakes = 0; session.next_timeout() && *session.next_timeout() <= end; ++wakes) {
      EXPECT_LT(wakes, 10'000) << "a timeout that stays in the past";
      if (wakes >= 10'000) break;
      for (Output& output : wake()) outputs.push_back(std::move(output));
    }
    now = end;
    return outputs;
  }

  ConnectionId connection_of(const std::string& id) {
    for (const PeerSnapshot& snapshot : session.snapshot().peers) {
      if (snapshot.info.id == id) return snapshot.connection.value_or(0);
    }
    ADD_FAILURE() << id << " is not in the room";
    return 0;
  }

  Outputs change(const std::string& id, PeerConnectionState state) {
    return tell(input::ConnectionStateChanged{.connection = connection_of(id), .state = state});
  }

  Strings peers() {
    Strings ids;
    for (const PeerSnapshot& snapshot : session.snapshot().peers) ids.push_back(snapshot.info.id);
    return ids;
  }

  /// In the room with a peer whose connection is up.
  void connect_with(const std::string& id) {
    connect();
    (void)welcome(peer(id));
    (void)change(id, PeerConnectionState::connected);
  }

  Instant now = start;
  Session session{room()};
  SocketId socket = 0;
  int heard = 0;
};

}  // namespace parley
