#pragma once

#include <gtest/gtest.h>

#include <string>

#include "hub_world.hpp"

namespace parley::hub {

/// Callers on virtual time, each on a connection of their own.
class HubCalls : public testing::Test {
 protected:
  explicit HubCalls(Limits limits = {}) : world(limits) {}

  /// A user of another dialect: the hub puts it into the room of a call.
  void enrol(ConnectionId id, const std::string& name, const std::string& room = "") {
    world.connect(id, Dialect::calls);
    world.say(id, command::Register{.name = name, .user_id = name + "-id", .room = room});
  }

  /// A user of Parley's own, who may come back with its secret and joins rooms on another connection.
  void enrol_own(ConnectionId id, const std::string& name, const std::string& secret = "page") {
    world.connect(id);
    world.say(id, command::Register{.name = name, .user_id = name + "-id", .secret = secret}, 0, 0,
              "register");
  }

  /// Ada, Bob and Eve of another dialect, whose lists have all come.
  void three() {
    enrol(ada, "ada");
    enrol(bob, "bob");
    enrol(eve, "eve");
    settle();
  }

  void settle() {
    world.pass(std::chrono::seconds(1));
    world.forget();
  }

  void call(ConnectionId from, const std::string& to) { world.say(from, command::Call{to}, 0, 0, "call"); }
  void accept(ConnectionId callee, const std::string& caller) {
    world.say(callee, command::AcceptCall{caller}, 0, 0, "accept");
  }
  void hang_up(ConnectionId from, const std::string& other) {
    world.say(from, command::EndCall{other}, 0, 0, "hangup");
  }

  /// What this one was told since it was last asked, but for who is online.
  Lines heard(ConnectionId id) {
    Lines lines = world.heard(id);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("users"); });
    return lines;
  }

  /// The room of the last call that this one heard was accepted, and has not been asked for since.
  std::string room_told_to(ConnectionId id) {
    std::string room;
    for (const EventBody& body : world.bodies(id)) {
      if (const auto* accepted = std::get_if<event::CallAccepted>(&body)) room = accepted->room;
    }
    return room;
  }

  static constexpr ConnectionId ada = 1;
  static constexpr ConnectionId bob = 2;
  static constexpr ConnectionId eve = 3;
  /// Ada's and Bob's second connections, for rooms, and later ones of theirs.
  static constexpr ConnectionId ada_room = 11;
  static constexpr ConnectionId bob_room = 12;
  static constexpr ConnectionId ada_again = 21;
  World world;
};

}  // namespace parley::hub
