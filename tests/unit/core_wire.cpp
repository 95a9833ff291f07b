#include "core/wire.hpp"

#include <gtest/gtest.h>

#include "core/limits.hpp"

namespace parley::wire {
namespace {

/// What a text was understood as; a default one, and a failed test, where it was something else.
template <class Kind>
Kind decoded(std::string_view text) {
  const auto received = decode(text);
  const Kind* kind = received ? std::get_if<Kind>(&received->message) : nullptr;
  EXPECT_NE(kind, nullptr) << text;
  return kind == nullptr ? Kind{} : *kind;
}

bool is_unknown(std::string_view text) {
  const auto received = decode(text);
  return received && std::holds_alternative<Unknown>(received->message);
}

TEST(CoreWire, a_first_join_says_who_comes_where) {
  EXPECT_EQ(encode(Join{.room = "blue-otter",
                        .name = "Ada",
                        .meta = R"({"b":1,"a":2})",
                        .secret = "9f2c51ab",
                        .former = std::nullopt,
                        .peer = std::nullopt,
                        .token = std::nullopt,
                        .resume = std::nullopt}),
            R"({"type":"join","room":"blue-otter","secret":"9f2c51ab","name":"Ada","meta":{"b":1,"a":2}})");
}

TEST(CoreWire, a_resume_says_which_session_and_how_far_it_got) {
  EXPECT_EQ(
      encode(Join{.room = "r",
                  .name = "",
                  .meta = "{}",
                  .secret = "i",
                  .former = "f",
                  .peer = "ada",
                  .token = "t",
                  .resume = Resume{.session = "s", .ack = 5}}),
      R"({"type":"join","room":"r","secret":"i","former":"f","peer":"ada","name":"","meta":{},"token":"t",)"
      R"("resume":{"session":"s","ack":5}})");
}

TEST(CoreWire, metadata_that_is_no_json_is_an_empty_object) {
  EXPECT_FALSE(is_meta("{"));
  EXPECT_TRUE(is_meta("[1,null]"));
  const Update update{.name = std::nullopt, .meta = "\"},\"type\":\"leave\""};
  EXPECT_EQ(encode(update, 3), R"({"type":"update","seq":3,"meta":{}})");
}

TEST(CoreWire, an_update_says_only_what_changed) {
  EXPECT_EQ(encode(Update{.name = "Ada", .meta = std::nullopt}, 1),
            R"({"type":"update","seq":1,"name":"Ada"})");
  EXPECT_EQ(encode(Update{.name = std::nullopt, .meta = "7"}, 2), R"({"type":"update","seq":2,"meta":7})");
}

TEST(CoreWire, the_short_messages_are_as_written_in_the_reference) {
  EXPECT_EQ(encode_leave(4), R"({"type":"leave","seq":4})");
  EXPECT_EQ(encode_ping(7), R"({"type":"ping","ack":7})");
  EXPECT_EQ(encode_ack(9), R"({"type":"ack","ack":9})");
  EXPECT_EQ(encode_renew("a.b.c"), R"({"type":"renew","token":"a.b.c"})");
  EXPECT_EQ(with_ack(encode_leave(4), 3), R"({"type":"leave","seq":4,"ack":3})");
}

TEST(CoreWire, a_description_goes_out_with_its_link) {
  const Signal offer{
      .peer = "bob",
      .body = Description{.type = SdpType::offer, .sdp = "v=0\r\n"},
      .link = LinkTag{.connection = 7, .remote = 8, .negotiation = 2, .slots = {{"0", "camera"}}}};
  EXPECT_EQ(encode(offer, 1),
            R"({"type":"signal","seq":1,"to":"bob","description":{"type":"offer","sdp":"v=0\r\n"},)"
            R"("link":{"connection":7,"remote":8,"negotiation":2,"slots":{"0":"camera"}}})");
}

TEST(CoreWire, a_candidate_goes_out_with_what_the_browser_said_of_it) {
  const Signal full{.peer = "bob",
                    .body = Candidate{.candidate = "candidate:1",
                                      .sdp_mid = "0",
                                      .sdp_m_line_index = std::uint16_t{0},
                                      .username_fragment = "Zx1c"},
                    .link = std::nullopt};
  EXPECT_EQ(encode(full, 2),
            R"({"type":"signal","seq":2,"to":"bob","candidate":{"candidate":"candidate:1","sdpMid":"0",)"
            R"("sdpMLineIndex":0,"usernameFragment":"Zx1c"}})");
  const Signal end{.peer = "bob", .body = Candidate{}, .link = std::nullopt};
  EXPECT_EQ(encode(end, 3), R"({"type":"signal","seq":3,"to":"bob","candidate":{"candidate":""}})");
}

TEST(CoreWire, a_signal_is_read_as_it_was_written) {
  const Signal sent{.peer = "bob",
                    .body = Description{.type = SdpType::answer, .sdp = "v=0\n\"\u00e9"},
                    .link = LinkTag{.connection = 4'294'967'295U,
                                    .remote = std::nullopt,
                                    .negotiation = 3,
                                    .slots = {{"0", "microphone"}, {"1", "camera"}}}};
  std::string text = encode(sent, 1);
  text.replace(text.find("\"to\""), 4, "\"from\"");
  EXPECT_EQ(decoded<Signal>(text), sent);
}

TEST(CoreWire, a_foreign_client_s_candidate_has_no_link) {
  const auto signal =
      decoded<Signal>(R"({"type":"signal","seq":1,"from":"x","candidate":{"candidate":"c","sdpMid":null}})");
  EXPECT_EQ(signal.link, std::nullopt);
  EXPECT_EQ(std::get<Candidate>(signal.body), (Candidate{.candidate = "c",
                                                         .sdp_mid = std::nullopt,
                                                         .sdp_m_line_index = std::nullopt,
                                                         .username_fragment = std::nullopt}));
}

TEST(CoreWire, newer_ice_servers_are_read_as_those_of_a_welcome) {
  const auto ice = decoded<IceServers>(
      R"({"type":"ice-servers","iceServers":[{"urls":"turn:a","username":"u","credential":"c"},{},7]})");
  EXPECT_EQ(ice.servers, (std::vector<IceServer>{{.urls = {"turn:a"}, .username = "u", .credential = "c"}}));
  EXPECT_TRUE(decoded<IceServers>(R"({"type":"ice-servers"})").servers.empty());
}

TEST(CoreWire, a_welcome_has_the_roster_the_ice_servers_and_the_heartbeat) {
  const auto joined = decoded<Joined>(
      R"({"type":"joined","room":"r","self":"ada","session":"s","incarnation":"ours","resumed":false,"ack":0,)"
      R"("peers":[{"id":"bob","name":"Bob","meta":{"k":[1]},"incarnation":"i","dialect":"peerjs","away":true}],)"
      R"("iceServers":[{"urls":["stun:a","turn:b"],"username":"u","credential":"c"},{"urls":"stun:c"},{},7],)"
      R"("limits":{"heartbeatSeconds":20,"messageBytes":9999}})");
  EXPECT_EQ(joined.self, "ada");
  EXPECT_EQ(joined.incarnation, "ours");
  EXPECT_FALSE(joined.resumed);
  EXPECT_EQ(joined.peers, (std::vector<PeerInfo>{{.id = "bob",
                                                  .name = "Bob",
                                                  .meta = R"({"k":[1]})",
                                                  .incarnation = "i",
                                                  .dialect = "peerjs",
                                                  .away = true}}));
  EXPECT_EQ(joined.ice_servers,
            (std::vector<IceServer>{{.urls = {"stun:a", "turn:b"}, .username = "u", .credential = "c"},
                                    {.urls = {"stun:c"}, .username = "", .credential = ""}}));
  EXPECT_EQ(joined.limits.heartbeat, std::chrono::seconds(20));
  EXPECT_EQ(joined.limits.message_bytes, 9'999U);
}

TEST(CoreWire, a_peer_that_is_no_peer_is_left_out_of_the_roster) {
  const auto joined = decoded<Joined>(
      R"({"type":"joined","room":"r","self":"a","session":"s","peers":[7,{"name":"x"},{"id":""},{"id":"b"}]})");
  ASSERT_EQ(joined.peers.size(), 1U);
  EXPECT_EQ(joined.peers[0].id, "b");
  EXPECT_EQ(joined.peers[0].meta, "{}");
}

TEST(CoreWire, comings_and_goings_are_read) {
  EXPECT_EQ(decoded<PeerJoined>(R"({"type":"peer-joined","seq":1,"peer":{"id":"b"}})").peer.id, "b");
  EXPECT_EQ(decoded<PeerUpdated>(R"({"type":"peer-updated","peer":{"id":"b","name":"B"}})").peer.name, "B");
  EXPECT_EQ(decoded<PeerAway>(R"({"type":"peer-away","id":"b"})").id, "b");
  EXPECT_EQ(decoded<PeerBack>(R"({"type":"peer-back","id":"b"})").id, "b");
  const auto left = decoded<PeerLeft>(R"({"type":"peer-left","id":"b","reason":"timeout"})");
  EXPECT_EQ(left.id, "b");
  EXPECT_EQ(left.reason, "timeout");
}

TEST(CoreWire, an_error_has_a_code_even_where_the_host_forgot_it) {
  const auto error = decoded<Error>(R"({"type":"error","code":"room-full","message":"Full.","re":"join"})");
  EXPECT_EQ(error.code, "room-full");
  EXPECT_EQ(error.message, "Full.");
  EXPECT_EQ(error.re, "join");
  EXPECT_EQ(decoded<Error>(R"({"type":"error"})").code, "unknown");
}

TEST(CoreWire, seq_and_ack_are_read_from_any_message) {
  const auto both = decode(R"({"type":"pong","seq":5,"ack":3})");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->sequence, 5U);
  EXPECT_EQ(both->ack, 3U);
  const auto neither = decode(R"({"type":"ack","seq":-1,"ack":"3"})");
  ASSERT_TRUE(neither);
  EXPECT_EQ(neither->sequence, std::nullopt);
  EXPECT_EQ(neither->ack, std::nullopt);
}

TEST(CoreWire, unknown_fields_are_ignored) {
  EXPECT_EQ(decoded<PeerAway>(R"({"type":"peer-away","id":"b","new":{"deep":[1]},"seq":1})").id, "b");
}

// Its number counts: if it were lost with it, every later message would be out of order.
TEST(CoreWire, a_message_that_is_not_understood_still_has_its_number) {
  for (const char* text :
       {R"({"type":"from-the-future","seq":7})",
        R"({"type":"signal","seq":7,"from":"b","description":{"type":"pranswer","sdp":""}})",
        R"({"type":"signal","seq":7,"from":"b","description":{"type":"offer"}})",
        R"({"type":"signal","seq":7,"from":"b","candidate":null})",
        R"({"type":"signal","seq":7,"candidate":{}})", R"({"type":"signal","seq":7,"from":"b"})",
        R"({"type":"peer-joined","seq":7,"peer":{}})", R"({"type":"peer-left","seq":7})",
        R"({"type":"joined","seq":7,"room":"r","self":7,"session":"s"})"}) {
    EXPECT_TRUE(is_unknown(text)) << text;
    EXPECT_EQ(decode(text)->sequence, 7U) << text;
  }
}

TEST(CoreWire, what_is_no_message_at_all_is_nothing) {
  for (const char* text : {"", "[]", "{}", R"({"type":7,"seq":1})", R"({"seq":1})", "{\"type\":\"\xff\"}"}) {
    EXPECT_FALSE(decode(text)) << text;
  }
}

TEST(CoreWire, a_link_without_a_connection_is_no_link) {
  for (const char* link :
       {"{}", R"({"connection":0})", R"({"connection":4294967296})", R"({"connection":"7"})"}) {
    EXPECT_EQ(
        decoded<Signal>(R"({"type":"signal","from":"b","candidate":{},"link":)" + std::string(link) + "}")
            .link,
        std::nullopt)
        << link;
  }
}

TEST(CoreWire, a_peer_names_a_bounded_number_of_slots_with_names_of_bounded_length) {
  std::string slots;
  for (std::size_t i = 0; i < limits.slots * 2; ++i) {
    slots += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"camera\"";
  }
  const auto with_slots = [](const std::string& map) {
    return decoded<Signal>(R"({"type":"signal","from":"b","candidate":{},"link":{"connection":7,"slots":{)" +
                           map + "}}}")
        .link->slots;
  };
  EXPECT_EQ(with_slots(slots).size(), limits.slots);
  const std::string longest(limits.slot_bytes, 'x');
  EXPECT_EQ(with_slots("\"0\":\"" + longest + "\"").size(), 1U);
  EXPECT_EQ(with_slots("\"0\":\"" + longest + "x\"").size(), 0U);
  EXPECT_EQ(with_slots("\"" + longest + "x\":\"camera\"").size(), 0U);
  EXPECT_EQ(with_slots(R"("0":7)").size(), 0U);
}

TEST(CoreWire, a_candidate_is_of_bounded_length) {
  const auto of_length = [](std::size_t bytes) {
    const std::string frame = R"({"candidate":""})";
    return R"({"type":"signal","from":"b","candidate":{"candidate":")" +
           std::string(bytes - frame.size(), 'x') + R"("}})";
  };
  EXPECT_FALSE(is_unknown(of_length(limits.candidate_bytes)));
  EXPECT_TRUE(is_unknown(of_length(limits.candidate_bytes + 1)));
}

}  // namespace
}  // namespace parley::wire
