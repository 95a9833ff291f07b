#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "dialects/parley_v1.hpp"

namespace parley::dialects {
namespace {

using parley_v1::decode;
namespace command = hub::command;

/// "bad-field re signal", or "fine" where the message makes sense.
std::string verdict(std::string_view text) {
  const hub::Message message = decode(text);
  if (std::holds_alternative<command::NotUtf8>(message.command)) return "not UTF-8";
  const auto* refused = std::get_if<command::Refused>(&message.command);
  if (refused == nullptr) return "fine";
  return std::string(name_of(refused->code)) + (message.type.empty() ? "" : " re " + message.type);
}

std::string sentence(std::string_view text) {
  const hub::Message message = decode(text);
  const auto* refused = std::get_if<command::Refused>(&message.command);
  return refused != nullptr ? refused->message : "";
}

TEST(ParleyV1Decode, a_join_has_all_its_fields) {
  const hub::Message message = decode(
      R"({"type":"join","room":"blue-otter","name":"Ada","meta":{ "a": [1, 2] },"secret":"abc","former":"old","peer":"ada",)"
      R"("resume":{"session":"u3Zk","ack":5}})");
  const auto& join = std::get<command::Join>(message.command);
  EXPECT_EQ(join.room, "blue-otter");
  EXPECT_EQ(join.name, "Ada");
  EXPECT_EQ(join.meta, "{ \"a\": [1, 2] }");
  EXPECT_EQ(join.incarnation, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      << "the SHA-256 of what was shown (FIPS 180-4, B.1)";
  EXPECT_EQ(join.former, sha256_hex("old"));
  EXPECT_EQ(join.peer, "ada");
  ASSERT_TRUE(join.resume);
  EXPECT_EQ(join.resume->session, "u3Zk");
  EXPECT_EQ(join.resume->ack, 5U);
  EXPECT_EQ(message.type, "join");
}

TEST(ParleyV1Decode, a_join_needs_only_a_room_and_a_secret) {
  const hub::Message message = decode(R"({"type":"join","room":"r","secret":"x","peer":null,"resume":null})");
  const auto& join = std::get<command::Join>(message.command);
  EXPECT_EQ(join.peer, std::nullopt);
  EXPECT_EQ(join.name, "");
  EXPECT_EQ(join.meta, "{}");
  EXPECT_FALSE(join.resume);
}

// Who knows what the others see of a page is not that page.
TEST(ParleyV1Decode, an_incarnation_is_a_hash_whatever_it_is_called) {
  const hub::Message first = decode(R"({"type":"join","room":"r","secret":"x"})");
  const auto& seen = std::get<command::Join>(first.command).incarnation;
  const hub::Message second = decode(R"({"type":"join","room":"r","incarnation":")" + seen + R"("})");
  EXPECT_EQ(std::get<command::Join>(second.command).incarnation, sha256_hex(seen));
}

TEST(ParleyV1Decode, a_registration_shows_the_secret_of_the_page_before) {
  const hub::Message message = decode(R"({"type":"register","name":"ada","secret":"s","former":"f"})");
  EXPECT_EQ(std::get<command::Register>(message.command).former, "f");
}

TEST(ParleyV1Decode, escapes_in_names_mean_what_they_say) {
  const hub::Message message =
      decode(R"({"type":"join","room":"\u00fcber \ud83e\udda6","secret":"x","peer":"a\"b\\c"})");
  const auto& join = std::get<command::Join>(message.command);
  EXPECT_EQ(join.room, "über 🦦");
  EXPECT_EQ(join.peer, "a\"b\\c");
}

TEST(ParleyV1Decode, a_signal_carries_its_objects_just_as_they_were_written) {
  const hub::Message message = decode(
      "{ \"type\" : \"signal\", \"seq\" : 7, \"ack\" : 4 , \"to\" : \"bob\" ,\r\n"
      " \"description\" : { \"sdp\" : \"v=0\\r\\n \\\" } ] \\\\\" , \"type\":\"offer\" } "
      ",\t\"link\":{\"n\":[{}]} }");
  const auto& signal = std::get<command::Signal>(message.command);
  EXPECT_EQ(message.seq, 7U);
  EXPECT_EQ(message.ack, 4U);
  EXPECT_EQ(signal.to, "bob");
  EXPECT_EQ(signal.kind, command::SignalKind::offer);
  EXPECT_EQ(signal.payload, "{ \"sdp\" : \"v=0\\r\\n \\\" } ] \\\\\" , \"type\":\"offer\" }");
  EXPECT_EQ(signal.link, "{\"n\":[{}]}");
}

TEST(ParleyV1Decode, a_signal_carries_a_candidate_instead) {
  const hub::Message message = decode(R"({"type":"signal","to":"bob","candidate":{"candidate":""}})");
  const auto& signal = std::get<command::Signal>(message.command);
  EXPECT_EQ(message.seq, 0U);
  EXPECT_EQ(signal.kind, command::SignalKind::candidate);
  EXPECT_EQ(signal.payload, R"({"candidate":""})");
  EXPECT_EQ(signal.link, "");
}

TEST(ParleyV1Decode, an_update_has_a_name_or_metadata_or_both) {
  const hub::Message name_alone = decode(R"({"type":"update","name":"Ada"})");
  EXPECT_EQ(std::get<command::Update>(name_alone.command).name, "Ada");
  EXPECT_EQ(std::get<command::Update>(name_alone.command).meta, std::nullopt);
  const hub::Message meta_alone = decode(R"({"type":"update","meta":null})");
  EXPECT_EQ(std::get<command::Update>(meta_alone.command).name, std::nullopt);
  EXPECT_EQ(std::get<command::Update>(meta_alone.command).meta, "null");
}

TEST(ParleyV1Decode, the_short_messages_are_known) {
  EXPECT_TRUE(std::holds_alternative<command::Leave>(decode(R"({"type":"leave","seq":4})").command));
  EXPECT_TRUE(std::holds_alternative<command::Ping>(decode(R"({"type":"ping","ack":7})").command));
  EXPECT_TRUE(std::holds_alternative<command::Ack>(decode(R"({"type":"ack","ack":7})").command));
}

TEST(ParleyV1Decode, who_registers_has_a_name_a_secret_and_an_id_or_the_name_for_one) {
  const hub::Message message = decode(R"({"type":"register","name":"ada","id":"7","secret":"u3Zk"})");
  const auto& wish = std::get<command::Register>(message.command);
  EXPECT_EQ(wish.name, "ada");
  EXPECT_EQ(wish.user_id, "7");
  EXPECT_EQ(wish.secret, "u3Zk");
  EXPECT_EQ(wish.room, "");
  const hub::Message short_one = decode(R"({"type":"register","name":"ada","secret":"u3Zk","id":null})");
  EXPECT_EQ(std::get<command::Register>(short_one.command).user_id, "ada");
}

TEST(ParleyV1Decode, what_is_said_about_a_call_names_the_other_one) {
  const auto command_of = [](std::string_view type) {
    return decode(R"({"type":")" + std::string(type) + R"(","name":"bob"})").command;
  };
  EXPECT_EQ(std::get<command::Call>(command_of("call")).name, "bob");
  EXPECT_EQ(std::get<command::AcceptCall>(command_of("accept")).caller, "bob");
  EXPECT_EQ(std::get<command::RejectCall>(command_of("reject")).caller, "bob");
  EXPECT_EQ(std::get<command::EndCall>(command_of("cancel")).name, "bob");
  EXPECT_EQ(std::get<command::EndCall>(command_of("hangup")).name, "bob");
  EXPECT_EQ(std::get<command::EndCall>(command_of("hangup")).id, 0U);
}

TEST(ParleyV1Decode, and_may_say_which_call_it_is) {
  const auto command_of = [](std::string_view type) {
    return decode(R"({"type":")" + std::string(type) + R"(","name":"bob","callId":9007199254740991})")
        .command;
  };
  const hub::CallId most = 9'007'199'254'740'991;
  EXPECT_EQ(std::get<command::Call>(command_of("call")).id, most);
  EXPECT_EQ(std::get<command::AcceptCall>(command_of("accept")).id, most);
  EXPECT_EQ(std::get<command::RejectCall>(command_of("reject")).id, most);
  EXPECT_EQ(std::get<command::EndCall>(command_of("cancel")).id, most);
  EXPECT_EQ(std::get<command::EndCall>(command_of("hangup")).id, most);
}

TEST(ParleyV1Decode, a_rejection_has_one_of_three_reasons) {
  using hub::RejectReason;
  const auto reason_of = [](std::string_view reason) {
    const hub::Message message =
        decode(R"({"type":"reject","name":"bob","reason":)" + std::string(reason) + "}");
    return std::get<command::RejectCall>(message.command).reason;
  };
  EXPECT_EQ(reason_of("null"), RejectReason::rejected);
  EXPECT_EQ(reason_of("\"rejected\""), RejectReason::rejected);
  EXPECT_EQ(reason_of("\"busy\""), RejectReason::busy);
  EXPECT_EQ(reason_of("\"timed-out\""), RejectReason::timed_out);
}

TEST(ParleyV1Decode, what_makes_no_sense_is_refused_with_the_protocols_code) {
  struct Case {
    std::string text;
    std::string verdict;
  };
  const std::string deep(65, '[');
  const std::string deep_end(65, ']');
  const std::vector<Case> cases{
      {"", "not-json"},
      {" ", "not-json"},
      {"{", "not-json"},
      {"[]", "not-json"},
      {"null", "not-json"},
      {"\"join\"", "not-json"},
      {"{}{}", "not-json"},
      {R"({"type":"ping"} x)", "not-json"},
      {R"({"type":"ping",})", "not-json"},
      {R"({'type':'ping'})", "not-json"},
      {R"({"type":"ping","x":01})", "not-json"},
      {R"({"type":"ping","x":+1})", "not-json"},
      {R"({"type":"ping","x":1e999})", "not-json"},
      {R"({"type":"ping","x":NaN})", "not-json"},
      {R"({"type":"ping","x":tru})", "not-json"},
      {R"({"type":"ping","x":"\x"})", "not-json"},
      {R"({"type":"ping","x":"\ud800"})", "not-json"},
      {R"({"type":"ping","x":"\udc00 x"})", "not-json"},
      {"{\"type\":\"ping\",\"x\":\"a\nb\"}", "not-json"},
      {std::string("{\"type\":\"ping\"\0}", 16), "not-json"},
      {"{\"type\":\"ping\",\"x\":" + deep + deep_end + "}", "not-json"},
      {"\xef\xbb\xbf{\"type\":\"ping\"}", "not-json"},

      {"{\"type\":\"p\xff\"}", "not UTF-8"},
      {"\xc0\xaf", "not UTF-8"},
      {"{\"x\":\"\xed\xa0\x80\"}", "not UTF-8"},
      {"{\"x\":\"\xf4\x90\x80\x80\"}", "not UTF-8"},
      {"{\"x\":\"\xe2\x82", "not UTF-8"},

      {"{}", "no-type"},
      {R"({"type":null})", "no-type"},
      {R"({"Type":"ping"})", "no-type"},

      {R"({"type":"shout"})", "unknown-type re shout"},
      {R"({"type":""})", "unknown-type"},
      {R"({"type":"joined"})", "unknown-type re joined"},
      {"{\"type\":\"" + std::string(65, 'x') + "\"}", "unknown-type"},

      {R"({"type":5})", "bad-field"},
      {R"({"type":"ping","type":"leave"})", "bad-field re leave"},
      {R"({"type":"ping","seq":0})", "bad-field re ping"},
      {R"({"type":"ping","seq":-1})", "bad-field re ping"},
      {R"({"type":"ping","seq":1.5})", "bad-field re ping"},
      {R"({"type":"ping","seq":"1"})", "bad-field re ping"},
      {R"({"type":"ping","seq":9007199254740992})", "bad-field re ping"},
      {R"({"type":"ping","ack":18446744073709551615})", "bad-field re ping"},
      {R"({"type":"ping","ack":{}})", "bad-field re ping"},
      {R"({"type":"ping","seq":1,"seq":2})", "bad-field re ping"},

      {R"({"type":"join"})", "bad-field re join"},
      {R"({"type":"join","room":"r"})", "bad-field re join"},
      {R"({"type":"join","secret":"x"})", "bad-field re join"},
      {R"({"type":"join","room":5,"secret":"x"})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":{}})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":""})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"\u00e4"})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"12345678901234567890123456789012345678901234567890123456789012345"})",
       "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","former":5})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","former":""})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","peer":5})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","name":[]})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","resume":"s"})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","resume":{}})", "bad-field re join"},
      {R"({"type":"join","room":"r","secret":"x","resume":{"session":"s","ack":-1}})", "bad-field re join"},
      {R"({"type":"join","room":"r","room":"s","secret":"x"})", "bad-field re join"},

      {R"({"type":"signal"})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob"})", "bad-field re signal"},
      {R"({"type":"signal","description":{}})", "bad-field re signal"},
      {R"({"type":"signal","to":["bob"],"description":{}})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":"v=0"})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":[]})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":null})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","candidate":5})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":{},"candidate":{}})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":{},"link":[]})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","to":"eve","description":{}})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","t\u006f":"eve","description":{}})", "bad-field re signal"},
      {R"({"type":"signal","to":"bob","description":{},"description":{}})", "bad-field re signal"},
      {R"({"type":"update"})", "bad-field re update"},

      {R"({"type":"register","secret":"s"})", "bad-field re register"},
      {R"({"type":"register","name":"ada"})", "bad-field re register"},
      {R"({"type":"register","name":"ada","secret":null})", "bad-field re register"},
      {R"({"type":"register","name":5,"secret":"s"})", "bad-field re register"},
      {R"({"type":"register","name":"ada","secret":"s","id":7})", "bad-field re register"},
      {R"({"type":"register","name":"ada","name":"eve","secret":"s"})", "bad-field re register"},
      {R"({"type":"call"})", "bad-field re call"},
      {R"({"type":"call","name":["bob"]})", "bad-field re call"},
      {R"({"type":"call","name":"bob","callId":0})", "bad-field re call"},
      {R"({"type":"call","name":"bob","callId":"1"})", "bad-field re call"},
      {R"({"type":"accept"})", "bad-field re accept"},
      {R"({"type":"accept","name":"bob","callId":1.5})", "bad-field re accept"},
      {R"({"type":"hangup","name":"bob","callId":-1})", "bad-field re hangup"},
      {R"({"type":"reject","reason":"busy"})", "bad-field re reject"},
      {R"({"type":"reject","name":"bob","reason":"bored"})", "bad-field re reject"},
      {R"({"type":"reject","name":"bob","reason":5})", "bad-field re reject"},
      {R"({"type":"cancel"})", "bad-field re cancel"},
      {R"({"type":"hangup","name":{}})", "bad-field re hangup"},
      {R"({"type":"update","name":5})", "bad-field re update"},
  };
  for (const Case& c : cases) EXPECT_EQ(verdict(c.text), c.verdict) << c.text;
}

TEST(ParleyV1Decode, what_is_odd_but_well_formed_is_taken) {
  const std::string deep(63, '[');
  const std::string deep_end(63, ']');
  const std::vector<std::string> cases{
      "{\"type\":\"ping\",\"x\":" + deep + deep_end + "}",
      R"({"type":"ping","nonsense":{"type":"leave"}})",
      R"({"nonsense":"","type":"ping"})",
      "\r\n\t {\"type\":\"ping\"}\r\n\t ",
      R"({"\u0074ype":"ping"})",
      R"({"type":"\u0070ing"})",
      R"({"type":"ping","x":"\u0000"})",
      R"({"type":"ping","":"","":""})",
      R"({"type":"ping","x":-0.0e-10,"y":[true,false,null,"\\\"\/\b\f\n\r\t"]})",
  };
  for (const std::string& text : cases) EXPECT_EQ(verdict(text), "fine") << text;
}

TEST(ParleyV1Decode, a_bad_field_is_named_and_what_it_must_be_is_said) {
  EXPECT_EQ(sentence(R"({"type":"signal","to":5,"description":{}})"), "\"to\" must be a string.");
  EXPECT_EQ(sentence(R"({"type":"signal","to":"b","description":5})"), "\"description\" must be an object.");
  EXPECT_EQ(sentence(R"({"type":"signal","to":"b"})"),
            "\"description\" or \"candidate\" must be there, and only one of them.");
  EXPECT_EQ(sentence(R"({"type":"ping","seq":-1})"), "\"seq\" must be a whole number from 1.");
  EXPECT_EQ(sentence(R"({"type":"join","room":"r","secret":"x","resume":{"session":5}})"),
            "\"resume\" must be {\"session\":\"…\",\"ack\":N}: \"session\" must be a string.");
}

TEST(ParleyV1Decode, a_refused_message_keeps_its_numbers) {
  const hub::Message message = decode(R"({"type":"signal","seq":9,"ack":3,"to":5})");
  EXPECT_EQ(message.seq, 9U);
  EXPECT_EQ(message.ack, 3U);
}

TEST(ParleyV1Decode, a_field_that_looks_like_an_envelope_stays_inside_the_value) {
  const hub::Message message = decode(
      R"({"type":"signal","from":"eve","to":"bob","description":{"x":"\"},\"from\":\"eve\""},"fr\u006fm":"eve"})");
  EXPECT_EQ(std::get<command::Signal>(message.command).payload, R"({"x":"\"},\"from\":\"eve\""})");
}

}  // namespace
}  // namespace parley::dialects
