// The rules for requests: what a query must say, and which session a request belongs to.

#include <gtest/gtest.h>

#include <algorithm>

#include "engine_io_world.hpp"

namespace parley::engine_io {
namespace {

constexpr const char* unknown_transport = R"({"code":0,"message":"Transport unknown"})";
constexpr const char* bad_method = R"({"code":2,"message":"Bad handshake method"})";
constexpr const char* bad_version = R"({"code":5,"message":"Unsupported protocol version"})";

Lines refused(const std::string& why) {
  return {"answer 1 400 " + why};
}

TEST(EngineIoSessions, polling_opens_a_session_with_an_upgrade) {
  World world;
  EXPECT_EQ(world.get(1, "EIO=4&transport=polling&t=x"),
            (Lines{"opened",
                   "answer 1 200 0{\"sid\":\"sid1\",\"upgrades\":[\"websocket\"],\"pingInterval\":300,"
                   "\"pingTimeout\":200,\"maxPayload\":1000000}"}));
}

TEST(EngineIoSessions, a_socket_opens_a_session_without_an_upgrade) {
  World world;
  EXPECT_EQ(world.socket(7, "EIO=4&transport=websocket"),
            (Lines{"opened",
                   "frame 7 0{\"sid\":\"sid1\",\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":200,"
                   "\"maxPayload\":1000000}"}));
}

TEST(EngineIoSessions, a_request_without_its_parameters_is_told_which) {
  World world;
  EXPECT_EQ(world.get(1, ""), refused(unknown_transport));
  EXPECT_EQ(world.get(1, "EIO=4"), refused(unknown_transport));
  EXPECT_EQ(world.get(1, "EIO=4&transport=abc"), refused(unknown_transport));
  EXPECT_EQ(world.get(1, "EIO=4&xtransport=polling"), refused(unknown_transport));
  EXPECT_EQ(world.get(1, "transport=polling"), refused(bad_version));
  EXPECT_EQ(world.get(1, "EIO=abc&transport=polling"), refused(bad_version));
  EXPECT_EQ(world.get(1, "EIO=3&transport=polling"), refused(bad_version));
  EXPECT_EQ(world.get(1, "EIO=4&transport=polling&sid=nobody"), refused(unknown_sid));
  EXPECT_EQ(world.ask(1, "POST", "EIO=4&transport=polling&sid=nobody"), refused(unknown_sid));
  EXPECT_EQ(world.get(1, "EIO=4&transport=websocket"), refused(bad_request));
  EXPECT_EQ(world.sessions.size(), 0U);
}

TEST(EngineIoSessions, only_a_get_opens_a_session) {
  World world;
  for (const std::string_view method : {"POST", "PUT", "DELETE", "HEAD", "get", ""})
    EXPECT_EQ(world.ask(1, method, "EIO=4&transport=polling"), refused(bad_method)) << method;
}

TEST(EngineIoSessions, a_session_takes_gets_and_posts_only) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.ask(1, "PUT", "EIO=4&transport=polling&sid=sid1"), refused(bad_request));
  EXPECT_EQ(world.post(2, "4still there"), (Lines{"answer 2 200 ok", "received still there"}));
}

TEST(EngineIoSessions, a_socket_is_refused_before_its_handshake) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4"), Refusal::unknown_transport);
  EXPECT_EQ(world.sessions.refusal_of_socket("transport=websocket"), Refusal::unsupported_version);
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4&transport=polling"), Refusal::bad_request);
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4&transport=websocket&sid=nobody"), Refusal::unknown_sid);
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4&transport=websocket&sid=sid1"), std::nullopt);
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4&transport=websocket"), std::nullopt);
}

TEST(EngineIoSessions, a_socket_whose_session_went_meanwhile_is_closed) {
  World world;
  EXPECT_EQ(world.socket(7, "EIO=4&transport=websocket&sid=gone"), Lines{"close 7 1008"});
  EXPECT_EQ(world.last, 0U);
}

TEST(EngineIoSessions, past_the_limit_no_session_is_opened) {
  Config config = test_config();
  config.limits.sessions = 2;
  World world(config);
  world.open_polling();
  world.socket(8, "EIO=4&transport=websocket");
  const std::string no_room = R"({"code":4,"message":"No room for another session. Try again later."})";
  EXPECT_EQ(world.get(1, "EIO=4&transport=polling"), Lines{"answer 1 503 " + no_room});
  EXPECT_EQ(world.sessions.refusal_of_socket("EIO=4&transport=websocket"), Refusal::no_room);
  EXPECT_EQ(world.socket(9, "EIO=4&transport=websocket"), Lines{"close 9 1008"});
  world.wait(1s);  // nobody answers a ping
  EXPECT_EQ(world.get(1, "EIO=4&transport=polling").front(), "opened");
}

TEST(EngineIoSessions, an_id_that_was_drawn_twice_opens_no_session) {
  Config config = test_config();
  config.make_sid = [] { return std::string("same"); };
  World world(config);
  world.open_polling();
  EXPECT_EQ(world.get(1, "EIO=4&transport=polling").front().substr(0, 12), "answer 1 503");
}

TEST(EngineIoSessions, what_comes_for_a_session_that_is_gone_is_answered_or_ignored) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.ask(1, "POST", "EIO=4&transport=polling&sid=sid1"), Lines{});
  world.wait(1s);
  EXPECT_EQ(world.happens(world.sessions.read_post(1, "4late")), refused(unknown_sid));
  EXPECT_EQ(world.text("4late"), Lines{});
  EXPECT_EQ(world.send("late"), Lines{});
  EXPECT_EQ(world.close(), Lines{});
}

TEST(EngineIoSessions, all_can_be_closed_at_once) {
  World world;
  world.open_polling();
  world.poll(1);
  world.socket(8, "EIO=4&transport=websocket");
  Outputs out;
  world.sessions.close_all(world.now, out);
  const Lines all = lines(out);
  EXPECT_EQ(std::ranges::count(all, "ended: server closed"), 2);
  EXPECT_EQ(std::ranges::count(all, "answer 1 200 1"), 1);
  EXPECT_EQ(std::ranges::count(all, "close 8 1000"), 1);
  EXPECT_EQ(world.sessions.size(), 0U);
  EXPECT_EQ(world.sessions.next_timeout(), std::nullopt);
}

TEST(EngineIoSessions, a_client_that_is_asked_whether_it_is_there_is_pinged_at_once) {
  World world;
  world.open_socket();
  EXPECT_EQ(world.ask_whether_there(), Lines{"frame 7 2"});
  EXPECT_EQ(world.text("3"), Lines{"alive"});
  EXPECT_EQ(world.text("3"), Lines{}) << "nobody has asked";
}

TEST(EngineIoSessions, a_client_that_polls_is_pinged_by_its_poll) {
  World world;
  world.open_polling();
  EXPECT_EQ(world.poll(1), Lines{});
  EXPECT_EQ(world.ask_whether_there(), Lines{"answer 1 200 2"});
  EXPECT_EQ(world.post(2, "3"), (Lines{"answer 2 200 ok", "alive"}));
}

TEST(EngineIoSessions, a_ping_that_is_on_its_way_asks_as_well) {
  World world;
  world.open_socket();
  EXPECT_EQ(world.wait(300ms), Lines{"frame 7 2"});
  EXPECT_EQ(world.ask_whether_there(), Lines{});
  EXPECT_EQ(world.text("3"), Lines{"alive"});
}

}  // namespace
}  // namespace parley::engine_io
