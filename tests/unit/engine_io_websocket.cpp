#include <gtest/gtest.h>

#include "engine_io_world.hpp"

namespace parley::engine_io {
namespace {

TEST(EngineIoWebSocket, each_packet_is_a_frame) {
  World world;
  world.open_socket();
  EXPECT_EQ(world.text("4hello"), Lines{"received hello"});
  EXPECT_EQ(world.binary("\x01\x02"), Lines{"received binary \x01\x02"});
  EXPECT_EQ(world.send("hello"), Lines{"frame 7 4hello"});
  EXPECT_EQ(world.send("\x01\x02", true), Lines{"binary 7 \x01\x02"});
}

TEST(EngineIoWebSocket, a_malformed_frame_ends_the_session) {
  for (const std::string_view text : {"", "abc", "9", "bAQI=", "4\xff"}) {
    World world;
    world.open_socket();
    EXPECT_EQ(world.text(text), (Lines{"close 7 1002", "ended: malformed packet"})) << text;
  }
}

TEST(EngineIoWebSocket, a_message_over_max_payload_ends_the_session) {
  Config config = test_config();
  config.limits.payload_bytes = 10;
  for (const bool binary : {false, true}) {
    World world(config);
    world.open_socket();
    const auto say = [&](std::string_view what) { return binary ? world.binary(what) : world.text(what); };
    EXPECT_EQ(say("4123456789").size(), 1U);
    EXPECT_EQ(say("41234567890"), (Lines{"close 7 1009", "ended: message too large"}));
  }
}

TEST(EngineIoWebSocket, pings_go_out_and_their_pongs_keep_it_open) {
  World world;
  world.open_socket();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(world.wait(300ms), Lines{"frame 7 2"});
    EXPECT_EQ(world.wait(199ms), Lines{});
    EXPECT_EQ(world.text("3"), Lines{});
  }
  EXPECT_EQ(world.wait(500ms), (Lines{"frame 7 2", "close 7 1008", "ended: ping timeout"}));
}

TEST(EngineIoWebSocket, either_side_may_close) {
  World by_packet;
  by_packet.open_socket();
  EXPECT_EQ(by_packet.text("1"), (Lines{"close 7 1000", "ended: client closed"}));

  World by_socket;
  by_socket.open_socket();
  EXPECT_EQ(by_socket.happens(input::SocketClosed{.socket = 7}), Lines{"ended: client closed"});

  World by_server;
  by_server.open_socket();
  EXPECT_EQ(by_server.close(), (Lines{"close 7 1000", "ended: server closed"}));
  EXPECT_EQ(by_server.happens(input::SocketClosed{.socket = 7}), Lines{});
}

TEST(EngineIoUpgrade, goes_by_probe_and_upgrade) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.socket(7, "EIO=4&transport=websocket&sid=sid1"), Lines{});
  EXPECT_EQ(world.text("2probe"), Lines{"frame 7 3probe"});
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 6"}) << "no poll is held while upgrading";
  EXPECT_EQ(world.text("5"), Lines{});
  EXPECT_EQ(world.text("4hello"), Lines{"received hello"});
  EXPECT_EQ(world.send("hello"), Lines{"frame 7 4hello"});
}

TEST(EngineIoUpgrade, the_poll_that_is_held_is_released_by_the_probe) {
  World world;
  world.open_polling();
  world.poll(1);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.text("2probe"), (Lines{"frame 7 3probe", "answer 1 200 6"}));
}

TEST(EngineIoUpgrade, the_poll_may_be_released_later) {
  Config config = test_config();
  config.release_delay = 50ms;
  World world(config);
  world.open_polling();
  world.poll(1);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.text("2probe"), Lines{"frame 7 3probe"});
  EXPECT_EQ(world.wait(49ms), Lines{});
  EXPECT_EQ(world.wait(1ms), Lines{"answer 1 200 6"});
  EXPECT_EQ(world.poll(2), Lines{"answer 2 200 6"});
  EXPECT_EQ(world.text("5"), Lines{});
}

TEST(EngineIoUpgrade, a_poll_that_the_client_did_not_wait_for_is_refused) {
  Config config = test_config();
  config.release_delay = 50ms;
  World world(config);
  world.open_polling();
  world.poll(1);
  world.upgrade();
  EXPECT_EQ(world.poll(2), Lines{"answer 2 400 " + std::string(bad_request)});

  World other(config);
  other.open_polling();
  other.poll(1);
  other.socket(7, "EIO=4&transport=websocket&sid=sid1");
  other.text("2probe");
  EXPECT_EQ(other.text("5"), Lines{"answer 1 400 " + std::string(bad_request)});
  EXPECT_EQ(other.send("a"), Lines{"frame 7 4a"});
}

TEST(EngineIoUpgrade, nothing_is_lost_or_sent_twice) {
  World world;
  world.open_polling();
  world.poll(1);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.send("before the probe"), Lines{"answer 1 200 4before the probe"});
  EXPECT_EQ(world.send("no poll"), Lines{});
  EXPECT_EQ(world.text("2probe"), Lines{"frame 7 3probe"});
  EXPECT_EQ(world.poll(2), Lines{"answer 2 200 4no poll"});
  EXPECT_EQ(world.send("a"), Lines{});
  EXPECT_EQ(world.send("b", true), Lines{});
  EXPECT_EQ(world.post(3, "4by polling still"), (Lines{"answer 3 200 ok", "received by polling still"}));
  EXPECT_EQ(world.text("5"), (Lines{"frame 7 4a", "binary 7 b"}));
  EXPECT_EQ(world.send("c"), Lines{"frame 7 4c"});
}

TEST(EngineIoUpgrade, a_ping_that_waits_goes_out_over_the_socket) {
  World world;
  world.open_polling();
  world.wait(300ms);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  world.text("2probe");
  EXPECT_EQ(world.text("5"), Lines{"frame 7 2"});
  EXPECT_EQ(world.text("3"), Lines{});
  EXPECT_EQ(world.wait(300ms), Lines{"frame 7 2"});
}

TEST(EngineIoUpgrade, requests_after_it_are_refused_and_change_nothing) {
  World world;
  world.open_polling();
  world.upgrade();
  EXPECT_EQ(world.poll(1), Lines{"answer 1 400 " + std::string(bad_request)});
  EXPECT_EQ(world.post(2, "4a"), Lines{"answer 2 400 " + std::string(bad_request)});
  EXPECT_EQ(world.happens(input::RequestLost{.request = 2}), Lines{});
  EXPECT_EQ(world.text("4hello"), Lines{"received hello"});
}

TEST(EngineIoUpgrade, a_second_socket_is_closed_and_changes_nothing) {
  World world;
  world.open_polling();
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.socket(8, "EIO=4&transport=websocket&sid=sid1"), Lines{"close 8 1008"});
  EXPECT_EQ(world.happens(input::SocketClosed{.socket = 8}), Lines{});
  world.text("2probe");
  world.text("5");
  EXPECT_EQ(world.socket(9, "EIO=4&transport=websocket&sid=sid1"), Lines{"close 9 1008"});
  EXPECT_EQ(world.text("4not mine", 9), Lines{});
  EXPECT_EQ(world.binary("not mine", 9), Lines{});
  EXPECT_EQ(world.text("4hello"), Lines{"received hello"});
}

TEST(EngineIoUpgrade, a_socket_that_says_something_else_is_closed_and_polling_goes_on) {
  for (const std::string_view text : {"5", "4hello", "2", "2other", "abc", ""}) {
    World world;
    world.open_polling();
    world.socket(7, "EIO=4&transport=websocket&sid=sid1");
    EXPECT_EQ(world.text(text), Lines{"close 7 1008"}) << text;
    EXPECT_EQ(world.poll(1), Lines{});
    EXPECT_EQ(world.send("a"), Lines{"answer 1 200 4a"});
  }
  World world;
  world.open_polling();
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.binary("\x01"), Lines{"close 7 1008"});
}

TEST(EngineIoUpgrade, one_that_fails_can_be_tried_again) {
  World world;
  world.open_polling();
  world.socket(6, "EIO=4&transport=websocket&sid=sid1");
  world.text("2probe", 6);
  EXPECT_EQ(world.happens(input::SocketClosed{.socket = 6}), Lines{});
  EXPECT_EQ(world.poll(1), Lines{}) << "polls are held again";
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.text("2probe"), (Lines{"frame 7 3probe", "answer 1 200 6"}));
  EXPECT_EQ(world.text("5"), Lines{});
}

TEST(EngineIoUpgrade, one_that_takes_too_long_is_dropped_and_polling_goes_on) {
  Config config = test_config();
  config.ping_interval = 25s;
  config.ping_timeout = 20s;
  World world(config);
  world.open_polling();
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  world.text("2probe");
  EXPECT_EQ(world.wait(9'999ms), Lines{});
  EXPECT_EQ(world.wait(1ms), Lines{"close 7 1008"});
  EXPECT_EQ(world.text("5"), Lines{}) << "too late";
  world.poll(1);
  EXPECT_EQ(world.send("a"), Lines{"answer 1 200 4a"});
}

TEST(EngineIoUpgrade, a_session_that_is_closed_meanwhile_ends_when_it_is_complete) {
  World world;
  world.open_polling();
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  world.text("2probe");
  EXPECT_EQ(world.send("why"), Lines{});
  EXPECT_EQ(world.close(), Lines{}) << "the client reads neither way now";
  EXPECT_EQ(world.send("too late"), Lines{});
  EXPECT_EQ(world.post(3, "4too late"), Lines{"answer 3 200 ok"});
  EXPECT_EQ(world.text("5"), (Lines{"frame 7 4why", "close 7 1000", "ended: server closed"}));
}

TEST(EngineIoUpgrade, a_session_that_is_closed_meanwhile_ends_by_polling_when_it_comes_to_nothing) {
  World world;
  world.open_polling();
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  world.close();
  EXPECT_EQ(world.happens(input::SocketClosed{.socket = 7}), Lines{"ended: server closed"});
  EXPECT_EQ(world.poll(1), Lines{"answer 1 200 1"});
}

TEST(EngineIoUpgrade, a_server_that_goes_waits_for_none) {
  World world;
  world.open_polling();
  world.poll(1);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  Outputs out;
  world.sessions.close_all(world.now, out);
  EXPECT_EQ(lines(out), (Lines{"close 7 1008", "answer 1 200 1", "ended: server closed"}));
}

TEST(EngineIoUpgrade, a_session_that_ends_takes_the_socket_along) {
  World world;
  world.open_polling();
  world.poll(1);
  world.socket(7, "EIO=4&transport=websocket&sid=sid1");
  EXPECT_EQ(world.post(2, "1"),
            (Lines{"answer 2 200 ok", "close 7 1008", "answer 1 200 6", "ended: client closed"}));
}

}  // namespace
}  // namespace parley::engine_io
