#include "socket_io/server.hpp"

#include <gtest/gtest.h>

#include "engine_io_world.hpp"

namespace parley::socket_io {
namespace {

using engine_io::Lines;
using namespace std::chrono_literals;

/// What the application is told, in one line: "event / message [1] #7 +2".
std::string line(const Output& told) {
  const auto count = [](std::size_t attachments) {
    return attachments == 0 ? "" : " +" + std::to_string(attachments);
  };
  return std::visit(overloaded{
                        [](const output::Connected& it) { return "connected " + it.nsp + ' ' + it.auth; },
                        [&](const output::Event& it) {
                          return "event " + it.nsp + ' ' + it.name + ' ' + it.args +
                                 (it.ack ? " #" + std::to_string(*it.ack) : "") +
                                 count(it.attachments.size());
                        },
                        [&](const output::Acknowledged& it) {
                          return "acknowledged " + it.nsp + " #" + std::to_string(it.id) + ' ' + it.args +
                                 count(it.attachments.size());
                        },
                        [](const output::Disconnected& it) {
                          return "disconnected " + it.nsp + ": " + std::string(it.reason);
                        },
                    },
                    told);
}

Config test_config() {
  Config config{.transport = engine_io::test_config(), .namespaces = {"/", "/custom"}};
  config.transport.ping_interval = 25s;
  config.transport.ping_timeout = 20s;
  return config;
}

/// A server with one client on WebSocket 7.
class World {
 public:
  explicit World(const Config& config = test_config()) : server(config) {
    engine_io::Outputs out;
    session = server.transport().socket_opened(7, "EIO=4&transport=websocket", now, out);
    settle(out);
  }

  /// What goes out, and then what the application is told.
  Lines settle(engine_io::Outputs& out) {
    const Outputs told = server.advance(out, now);
    Lines all = engine_io::lines(out);
    for (const Output& each : told) all.push_back(line(each));
    return all;
  }
  Lines say(std::string_view text) {
    engine_io::Outputs out;
    server.transport().handle(session, server.transport().read_text(7, text), now, out);
    return settle(out);
  }
  Lines attach(std::string_view bytes) {
    engine_io::Outputs out;
    server.transport().handle(session, engine_io::input::SocketBinary{.socket = 7, .bytes = bytes}, now, out);
    return settle(out);
  }
  Lines wait(std::chrono::milliseconds time) {
    engine_io::Outputs out;
    const Instant end = now + time;
    for (auto next = server.next_timeout(); next && *next <= end; next = server.next_timeout()) {
      now = *next;
      server.expire(now, out);
    }
    now = end;
    return settle(out);
  }
  template <class Call>
  Lines call(Call&& call) {
    engine_io::Outputs out;
    call(out);
    return settle(out);
  }

  Instant now{1h};
  Server server;
  SessionId session = 0;
};

TEST(SocketIoServer, a_client_connects_to_the_main_namespace) {
  World world;
  EXPECT_EQ(world.say("40"), (Lines{"frame 7 40{\"sid\":\"sid1\"}", "connected / {}"}));
}

TEST(SocketIoServer, what_it_gives_as_auth_is_handed_on) {
  World world;
  EXPECT_EQ(world.say("40{\"token\":\"123\"}").back(), "connected / {\"token\":\"123\"}");
}

TEST(SocketIoServer, a_session_may_be_in_several_namespaces) {
  World world;
  world.say("40");
  EXPECT_EQ(world.say("40/custom,{\"token\":\"abc\"}"),
            (Lines{"frame 7 40/custom,{\"sid\":\"sid2\"}", "connected /custom {\"token\":\"abc\"}"}));
  EXPECT_EQ(world.say("42/custom,[\"a\"]"), Lines{"event /custom a []"});
  EXPECT_EQ(world.say("41/custom"), Lines{"disconnected /custom: client left"});
  EXPECT_EQ(world.say("42[\"a\"]"), Lines{"event / a []"});
}

TEST(SocketIoServer, an_unknown_namespace_is_refused_and_the_session_goes_on) {
  World world;
  EXPECT_EQ(world.say("40/random"), Lines{R"(frame 7 44/random,{"message":"Invalid namespace"})"});
  EXPECT_EQ(world.say("40").back(), "connected / {}");
}

Config impatient() {
  Config config = test_config();
  config.limits.connect = 10s;  // before the first ping
  return config;
}

TEST(SocketIoServer, a_client_that_connects_to_nothing_in_time_is_closed) {
  World world(impatient());
  world.say("40/random");  // which is none
  EXPECT_EQ(world.wait(9'999ms), Lines{});
  EXPECT_EQ(world.wait(1ms), Lines{"close 7 1000"});
  EXPECT_EQ(world.say("40"), Lines{});
  EXPECT_EQ(world.server.next_timeout(), std::nullopt);
}

TEST(SocketIoServer, one_that_has_left_every_namespace_stays) {
  World world(impatient());
  world.say("40");
  EXPECT_EQ(world.say("41"), Lines{"disconnected /: client left"});
  EXPECT_EQ(world.wait(10s), Lines{});
  EXPECT_EQ(world.say("40").back(), "connected / {}");
}

TEST(SocketIoServer, events_and_their_acknowledgements_go_both_ways) {
  World world;
  world.say("40");
  EXPECT_EQ(world.say(R"(42456["ask",1,"2",{"3":[false]}])"),
            Lines{R"(event / ask [1,"2",{"3":[false]}] #456)"});
  EXPECT_EQ(world.call([&](auto& out) {
    world.server.acknowledge(world.session, "/", 456, R"([1,"2"])", {}, world.now, out);
  }),
            Lines{R"(frame 7 43456[1,"2"])"});
  EXPECT_EQ(world.call([&](auto& out) {
    world.server.emit(world.session, "/", {.name = "tell", .args = "[1]", .ack = 5}, world.now, out);
  }),
            Lines{R"(frame 7 425["tell",1])"});
  EXPECT_EQ(world.say("435[true]"), Lines{"acknowledged / #5 [true]"});
}

TEST(SocketIoServer, attachments_are_collected_and_sent) {
  World world;
  world.say("40");
  EXPECT_EQ(world.say(R"(452-789["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])"),
            Lines{});
  EXPECT_EQ(world.attach("\x01"), Lines{});
  EXPECT_EQ(world.attach("\x02"),
            Lines{R"(event / a [{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}] #789 +2)"});
  EXPECT_EQ(world.say(R"(461-3[{"_placeholder":true,"num":0}])"), Lines{});
  EXPECT_EQ(world.attach("\x03"), Lines{R"(acknowledged / #3 [{"_placeholder":true,"num":0}] +1)"});
  EXPECT_EQ(world.say(R"(450-["none"])"), Lines{"event / none []"});

  const std::vector<std::string> attachments{"x", "y"};
  EXPECT_EQ(world.call([&](auto& out) {
    world.server.emit(world.session, "/", {.name = "b", .args = "[0]", .attachments = attachments}, world.now,
                      out);
    world.server.acknowledge(world.session, "/", 9, "[]", attachments, world.now, out);
  }),
            (Lines{R"(frame 7 452-["b",0])", "binary 7 x", "binary 7 y", "frame 7 462-9[]", "binary 7 x",
                   "binary 7 y"}));
}

TEST(SocketIoServer, what_the_protocol_does_not_allow_closes_the_session) {
  for (const std::string_view text :
       {"4abc", "4", "42{}", "42abc[\"a\"]", "42[]", "42[\"connect\"]", "40", "40[]", "44{\"message\":\"x\"}",
        "42/custom,[\"a\"]", "41/custom", R"(451-["a",{"_placeholder":true,"num":1}])"}) {
    World world;
    world.say("40");
    const Lines all = world.say(text);
    ASSERT_EQ(all.size(), 2U) << text;
    EXPECT_EQ(all.front(), "close 7 1000") << text;
    EXPECT_EQ(all.back().substr(0, 15), "disconnected /:") << text;
  }
}

TEST(SocketIoServer, who_says_something_before_connecting_is_closed) {
  for (const std::string_view text : {"4abc", "42[\"a\"]", "41"}) {
    World world;
    EXPECT_EQ(world.say(text), Lines{"close 7 1000"}) << text;
  }
}

TEST(SocketIoServer, attachments_and_texts_keep_their_turn) {
  World early;
  early.say("40");
  EXPECT_EQ(early.attach("nobody asked"), (Lines{"close 7 1000", "disconnected /: malformed packet"}));

  World interrupted;
  interrupted.say("40");
  interrupted.say(R"(451-["a"])");
  EXPECT_EQ(interrupted.say(R"(42["b"])").front(), "close 7 1000");
}

TEST(SocketIoServer, too_many_or_too_large_attachments_close_the_session) {
  World many;
  many.say("40");
  EXPECT_EQ(many.say(R"(4516-["a"])"), Lines{});
  World more;
  more.say("40");
  EXPECT_EQ(more.say(R"(4517-["a"])"), (Lines{"close 7 1000", "disconnected /: attachments too large"}));

  World large;
  large.say("40");
  large.say(R"(452-["a"])");
  EXPECT_EQ(large.attach(std::string(600'000, 'x')), Lines{});
  EXPECT_EQ(large.attach(std::string(600'000, 'x')),
            (Lines{"close 7 1000", "disconnected /: attachments too large"}));
}

TEST(SocketIoServer, the_end_of_the_session_leaves_every_namespace) {
  World world;
  world.say("40");
  world.say("40/custom,");
  EXPECT_EQ(world.call([&](auto& out) {
    world.server.transport().handle(world.session, engine_io::input::SocketClosed{.socket = 7}, world.now,
                                    out);
  }),
            (Lines{"disconnected /: client closed", "disconnected /custom: client closed"}));
}

TEST(SocketIoServer, the_application_may_take_a_client_out_of_a_namespace) {
  World world;
  world.say("40");
  world.say("40/custom,");
  EXPECT_EQ(world.call([&](auto& out) {
    world.server.disconnect(world.session, "/custom", world.now, out);
    world.server.emit(world.session, "/custom", {.name = "a"}, world.now, out);
    world.server.emit(world.session, "/", {.name = "b"}, world.now, out);
  }),
            (Lines{"frame 7 41/custom,", R"(frame 7 42["b"])"}));
}

TEST(SocketIoServer, a_session_that_dies_of_an_answer_is_told_of_once) {
  Config config = test_config();
  config.transport.limits.buffered_bytes = 200;
  World world(config);
  engine_io::Outputs out;
  const SessionId session = world.server.transport().request(
      {.id = 1, .method = "GET", .query = "EIO=4&transport=polling"}, world.now, out);
  world.settle(out);
  out.clear();
  world.server.transport().handle(session, engine_io::input::PostBegins{.request = 2}, world.now, out);
  world.server.transport().handle(session, world.server.transport().read_post(2, "40"), world.now, out);
  EXPECT_EQ(world.settle(out), (Lines{"answer 2 200 ok", "connected / {}"}));
  EXPECT_EQ(world.call([&](auto& more) {
    world.server.emit(session, "/", {.name = std::string(500, 'x')}, world.now, more);
  }),
            Lines{"disconnected /: client too slow"});
}

}  // namespace
}  // namespace parley::socket_io
