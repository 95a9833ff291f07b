#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/directory.hpp"
#include "core/limits.hpp"
#include "core_outputs.hpp"

namespace parley {

inline constexpr Duration ms{1};

/// Ada's directory, its clock, and the socket that it has at the moment.
class DirectoryTest : public testing::Test {
 protected:
  using Texts = std::vector<std::string>;

  DirectoryTest() : DirectoryTest(std::nullopt) {}
  explicit DirectoryTest(std::optional<std::string> token)
      : directory({.url = "ws://host/ws", .name = "ada", .id = "7", .token = std::move(token), .seed = 1}) {}

  void tell(const DirectoryInput& input) {
    directory.handle(input, now);
    while (auto output = directory.poll()) {
      if (const auto* open = std::get_if<output::OpenSocket>(&*output)) socket = open->socket;
      outputs.push_back(std::move(*output));
    }
  }

  void hear(const std::string& text) { tell(input::SocketMessage{.socket = socket, .text = text}); }

  /// What the host says of a call with this person.
  void hear(const std::string& type, const std::string& name, const std::string& more = "") {
    hear(R"({"type":")" + type + R"(","name":")" + name + R"(","id":"id-)" + name + '"' + more + "}");
  }

  void refuse(const std::string& code, const std::string& re, int call = 0) {
    const std::string about = call == 0 ? "" : R"(,"callId":)" + std::to_string(call);
    hear(R"({"type":"error","code":")" + code + R"(","message":"No.","re":")" + re + '"' + about + "}");
  }

  void welcome(const std::string& call = "null") {
    hear(R"({"type":"registered","name":"ada","id":"7","call":)" + call + "}");
  }

  static std::string standing(const std::string& name, const std::string& state, const std::string& room = "",
                              int call = 0) {
    const std::string with_room = room.empty() ? "" : R"(,"room":")" + room + '"';
    const std::string about = call == 0 ? "" : R"(,"callId":)" + std::to_string(call);
    return R"({"name":")" + name + R"(","id":"id-)" + name + R"(","state":")" + state + '"' + about +
           with_room + "}";
  }

  void open() {
    tell(input::Register{});
    tell(input::SocketOpened{.socket = socket});
  }

  void go_online() {
    open();
    welcome();
    (void)drain(outputs);
  }

  void lose_socket() { tell(input::SocketClosed{.socket = socket, .code = 1006, .reason = {}}); }

  /// Waits out the backoff, and is told how things stand.
  void come_back(const std::string& call = "null") {
    const SocketId lost = socket;
    while (socket == lost) {
      now = std::max(now, directory.next_timeout().value_or(now + ms));
      tell(input::Timeout{});
    }
    tell(input::SocketOpened{.socket = socket});
    (void)drain(outputs);
    welcome(call);
  }

  void lose_socket_and_come_back(const std::string& call) {
    lose_socket();
    come_back(call);
  }

  /// Runs the clock, with a host that answers every ping.
  void advance(Duration duration) {
    const Instant end = now + duration;
    for (int wakes = 0; due(directory.next_timeout(), end) && wakes < 1'000; ++wakes) {
      now = std::max(now, *directory.next_timeout());
      tell(input::Timeout{});
      if (directory.snapshot().signaling == "joined") pong();
    }
    now = end;
  }

  void pong() { hear(R"({"type":"pong","ack":0})"); }

  /// What went out since the last look, but for pings.
  Texts said() {
    Texts texts = sent(drain(outputs));
    std::erase(texts, ping);
    return texts;
  }

  [[nodiscard]] CallInfo call() const { return directory.snapshot().call; }
  [[nodiscard]] CallState state() const { return call().state; }
  [[nodiscard]] std::string ended() const {
    return state() == CallState::idle ? call().reason.code : "it has not ended";
  }

  void dial(const std::string& name) { tell(input::Dial{.name = name}); }

  /// An accepted call with bob.
  void talk() {
    go_online();
    dial("bob");
    hear("accepted", "bob", R"(,"room":"call-1")");
    (void)drain(outputs);
  }

  static inline const std::string ping = R"({"type":"ping","ack":0})";

  Instant now{};
  Outputs outputs;
  Directory directory;
  SocketId socket = 0;
};

}  // namespace parley
