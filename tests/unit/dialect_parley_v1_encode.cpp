#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "dialects/parley_v1.hpp"

namespace parley::dialects {
namespace {

namespace event = hub::event;

std::string encoded(hub::EventBody body, std::uint64_t seq = 0, std::uint64_t ack = 0) {
  std::string out;
  parley_v1::encode(
      {.to = 1, .event = std::make_shared<const hub::Event>(std::move(body)), .seq = seq, .ack = ack}, out);
  return out;
}

nlohmann::json parsed(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, false);
}

const hub::Member bob{.id = "bob", .name = "Bob \"B\"", .meta = R"({ "x": 1e2 })", .incarnation = "77aa"};

TEST(ParleyV1Encode, ice_servers_come_without_a_number) {
  EXPECT_EQ(
      encoded(event::IceServers{{{.urls = {"turn:a"}, .username = "u", .credential = "c"}}}, 0, 0),
      R"({"type":"ice-servers","ack":0,"iceServers":[{"urls":["turn:a"],"username":"u","credential":"c"}]})");
}

TEST(ParleyV1Encode, joined_has_the_roster_the_ice_servers_and_the_limits) {
  hub::Limits limits;
  limits.peers_per_room = 5;
  const std::string text = encoded(
      event::Joined{.room = "blue-otter",
                    .self = "ada",
                    .session = "u3Zk",
                    .incarnation = "9f2c",
                    .peers = {bob, bob},
                    .ice_servers = {{.urls = {"stun:a"}},
                                    {.urls = {"turn:b", "turns:b"}, .username = "u", .credential = "c"}},
                    .limits = limits});
  const nlohmann::json peer{{"id", "bob"},           {"name", "Bob \"B\""}, {"meta", {{"x", 100.0}}},
                            {"incarnation", "77aa"}, {"dialect", "parley"}, {"away", false}};
  const nlohmann::json expected{
      {"type", "joined"},
      {"ack", 0},
      {"room", "blue-otter"},
      {"self", "ada"},
      {"session", "u3Zk"},
      {"incarnation", "9f2c"},
      {"resumed", false},
      {"peers", {peer, peer}},
      {"iceServers",
       {{{"urls", {"stun:a"}}}, {{"urls", {"turn:b", "turns:b"}}, {"username", "u"}, {"credential", "c"}}}},
      {"limits", {{"peers", 5}, {"messageBytes", 65'536}, {"resumeSeconds", 30}, {"heartbeatSeconds", 15}}}};
  EXPECT_EQ(parsed(text), expected) << text;
  EXPECT_EQ(text.substr(0, 16), R"({"type":"joined")") << "type is first";
}

TEST(ParleyV1Encode, joined_without_others_has_an_empty_roster) {
  const nlohmann::json json = parsed(encoded(event::Joined{.room = "r", .self = "a", .session = "s"}));
  EXPECT_EQ(json["peers"], nlohmann::json::array());
  EXPECT_EQ(json["iceServers"], nlohmann::json::array());
}

TEST(ParleyV1Encode, a_resumed_join_has_no_roster_and_says_what_arrived) {
  const std::string text =
      encoded(event::Joined{.room = "r", .self = "ada", .session = "s", .resumed = true}, 0, 3);
  const nlohmann::json json = parsed(text);
  EXPECT_EQ(json["resumed"], true) << text;
  EXPECT_EQ(json["ack"], 3) << text;
  EXPECT_FALSE(json.contains("peers")) << text;
}

TEST(ParleyV1Encode, what_happens_to_the_others_is_written_as_the_reference_shows) {
  const std::string peer =
      R"({"id":"bob","name":"Bob \"B\"","incarnation":"77aa","dialect":"parley","away":false,"meta":{ "x": 1e2 }})";
  EXPECT_EQ(encoded(event::PeerJoined{bob}, 1, 2),
            R"({"type":"peer-joined","seq":1,"ack":2,"peer":)" + peer + "}");
  EXPECT_EQ(encoded(event::PeerUpdated{bob}, 1, 2),
            R"({"type":"peer-updated","seq":1,"ack":2,"peer":)" + peer + "}");
  EXPECT_EQ(encoded(event::PeerAway{"bob"}, 7, 0), R"({"type":"peer-away","seq":7,"ack":0,"id":"bob"})");
  EXPECT_EQ(encoded(event::PeerBack{"bob"}, 8, 0), R"({"type":"peer-back","seq":8,"ack":0,"id":"bob"})");
  EXPECT_EQ(encoded(event::PeerLeft{"bob", hub::LeaveReason::replaced}, 9, 0),
            R"({"type":"peer-left","seq":9,"ack":0,"id":"bob","reason":"replaced"})");
}

TEST(ParleyV1Encode, a_signal_is_its_pieces_in_an_envelope) {
  EXPECT_EQ(
      encoded(event::Signal{.from = "ada", .payload = R"({ "sdp":"\r\n" })", .link = R"({"n":1})"}, 5, 1),
      R"({"type":"signal","seq":5,"ack":1,"from":"ada","description":{ "sdp":"\r\n" },"link":{"n":1}})");
  EXPECT_EQ(
      encoded(event::Signal{.from = "ada", .kind = hub::command::SignalKind::candidate, .payload = "{}"}, 6,
              1),
      R"({"type":"signal","seq":6,"ack":1,"from":"ada","candidate":{}})");
}

TEST(ParleyV1Encode, the_rest_is_short) {
  EXPECT_EQ(encoded(event::Pong{}, 0, 3), R"({"type":"pong","ack":3})");
  EXPECT_EQ(encoded(event::Ack{}, 0, 32), R"({"type":"ack","ack":32})");
  EXPECT_EQ(encoded(event::Error{.code = hub::ErrorCode::room_full, .message = "Full.", .re = "join"}),
            R"({"type":"error","ack":0,"code":"room-full","message":"Full.","re":"join"})");
  EXPECT_EQ(encoded(event::Error{.code = hub::ErrorCode::not_json, .message = "No."}, 4, 2),
            R"({"type":"error","seq":4,"ack":2,"code":"not-json","message":"No."})");
}

TEST(ParleyV1Encode, a_member_whose_media_goes_to_the_gateway_is_shown_so) {
  hub::Member publisher{.id = "12345", .meta = "{}", .dialect = hub::Dialect::sim};
  EXPECT_FALSE(parsed(encoded(event::PeerJoined{publisher}))["peer"].contains("streams"));
  publisher.streams = true;
  EXPECT_EQ(parsed(encoded(event::PeerJoined{publisher}))["peer"]["streams"], true);
  EXPECT_EQ(
      parsed(encoded(event::Joined{.room = "r", .self = "a", .peers = {publisher}}))["peers"][0]["streams"],
      true);
}

TEST(ParleyV1Encode, a_member_that_offers_against_its_protocols_flow_is_shown_so) {
  hub::Member caller{.id = "john", .meta = "{}", .dialect = hub::Dialect::calls};
  EXPECT_EQ(parsed(encoded(event::PeerJoined{caller}))["peer"]["offers"], false);
  caller.offers = true;
  EXPECT_EQ(parsed(encoded(event::PeerJoined{caller}))["peer"]["offers"], true);
  const hub::EventBody roster = event::Joined{.room = "r", .self = "ada", .peers = {caller}};
  EXPECT_EQ(parsed(encoded(roster))["peers"][0]["offers"], true);
}

TEST(ParleyV1Encode, who_has_registered_is_told_the_call_that_stands_and_the_limits) {
  event::Registered registered{.user = {"ada", "7"}};
  const std::string head = R"({"type":"registered","ack":0,"name":"ada","id":"7","call":)";
  const std::string tail =
      R"(,"limits":{"peers":16,"messageBytes":65536,"resumeSeconds":30,"heartbeatSeconds":15}})";
  EXPECT_EQ(encoded(registered), head + "null" + tail);
  registered.call = {.with = {"bob", "9"}, .state = hub::CallState::incoming, .id = 3};
  EXPECT_EQ(encoded(registered), head + R"({"name":"bob","id":"9","state":"incoming","callId":3})" + tail);
  registered.call = {.with = {"bob", "9"}, .state = hub::CallState::accepted, .room = "call-x", .id = 3};
  EXPECT_EQ(encoded(registered),
            head + R"({"name":"bob","id":"9","state":"accepted","callId":3,"room":"call-x"})" + tail);
}

TEST(ParleyV1Encode, what_happens_to_a_call_is_written_as_the_reference_shows) {
  EXPECT_EQ(encoded(event::UsersOnline{.users = {{"ada", "7"}, {"b\"b", "9"}}, .at = {}}),
            R"({"type":"users","ack":0,"users":[{"name":"ada","id":"7"},{"name":"b\"b","id":"9"}]})");
  EXPECT_EQ(encoded(event::UsersOnline{}), R"({"type":"users","ack":0,"users":[]})");
  EXPECT_EQ(encoded(event::UsersOnline{.users = {{"ada", "7", true}}, .at = {}}),
            R"({"type":"users","ack":0,"users":[{"name":"ada","id":"7","inCall":true}]})");
  EXPECT_EQ(encoded(event::UsersChanged{.changed = {{"b\"b", true}, {"ada", false}}}),
            R"({"type":"users-changed","ack":0,"left":[],"joined":[],)"
            R"("changed":[{"name":"b\"b","inCall":true},{"name":"ada","inCall":false}]})");
  EXPECT_EQ(encoded(event::UsersChanged{.left = {"b\"b", "eve"}, .joined = {{"ada", "7"}}}),
            R"({"type":"users-changed","ack":0,"left":["b\"b","eve"],"joined":[{"name":"ada","id":"7"}]})");
  EXPECT_EQ(encoded(event::UsersChanged{}), R"({"type":"users-changed","ack":0,"left":[],"joined":[]})");
  EXPECT_EQ(encoded(event::CallIncoming{{"bob", "9"}, 3}),
            R"({"type":"incoming","ack":0,"name":"bob","id":"9","callId":3})");
  EXPECT_EQ(encoded(event::CallAccepted{.with = {"bob", "9"}, .room = "call-x", .id = 3}),
            R"({"type":"accepted","ack":0,"name":"bob","id":"9","callId":3,"room":"call-x"})");
  EXPECT_EQ(encoded(event::CallRejected{"bob", hub::RejectReason::timed_out, 3}),
            R"({"type":"rejected","ack":0,"name":"bob","reason":"timed-out","callId":3})");
  EXPECT_EQ(encoded(event::CallEnded{"bob", hub::EndReason::gone, 3}),
            R"({"type":"ended","ack":0,"name":"bob","reason":"gone","callId":3})");
  EXPECT_EQ(
      encoded(event::Error{.code = hub::ErrorCode::no_call, .message = "No.", .re = "accept", .call = 3}),
      R"({"type":"error","ack":0,"code":"no-call","message":"No.","re":"accept","callId":3})");
}

TEST(ParleyV1Encode, an_id_that_needs_escapes_gets_them_everywhere) {
  const std::string id = "a\"b\\c\u00e9";
  for (const hub::EventBody& body : {hub::EventBody(event::PeerAway{id}), hub::EventBody(event::PeerBack{id}),
                                     hub::EventBody(event::PeerLeft{id})}) {
    EXPECT_EQ(parsed(encoded(body))["id"], id);
  }
  EXPECT_EQ(parsed(encoded(event::Signal{.from = id, .payload = "{}"}))["from"], id);
  EXPECT_EQ(parsed(encoded(event::PeerJoined{{.id = id, .meta = "{}"}}))["peer"]["id"], id);
}

TEST(ParleyV1Encode, one_event_for_many_has_each_ones_own_numbers) {
  const auto event = std::make_shared<const hub::Event>(event::PeerAway{"bob"});
  std::string out;
  parley_v1::encode({.to = 1, .event = event, .seq = 1, .ack = 10}, out);
  parley_v1::encode({.to = 2, .event = event, .seq = 2, .ack = 20}, out);
  EXPECT_EQ(out, R"({"type":"peer-away","seq":1,"ack":10,"id":"bob"})"
                 R"({"type":"peer-away","seq":2,"ack":20,"id":"bob"})");
}

TEST(ParleyV1Encode, the_largest_numbers_fit) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(encoded(event::Pong{}, most, most),
            R"({"type":"pong","seq":18446744073709551615,"ack":18446744073709551615})");
}

}  // namespace
}  // namespace parley::dialects
