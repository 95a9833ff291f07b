#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/frame.hpp"
#include "server/message_assembly.hpp"

namespace parley::server {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, mask_bytes> mask{0x12, 0xA5, 0x00, 0xFF};

/// A frame of as many x, as a client sends it.
Bytes client_frame(unsigned first, std::size_t length) {
  Bytes bytes{static_cast<std::uint8_t>(first)};
  const auto push = [&bytes](std::size_t value) {
    bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  };
  if (length < 126) {
    push(0x80U | length);
  } else if (length <= 0xFFFF) {
    push(0x80U | 126U);
    push(length >> 8U);
    push(length);
  } else {
    push(0x80U | 127U);
    for (int shift = 56; shift >= 0; shift -= 8) push(length >> static_cast<unsigned>(shift));
  }
  bytes.insert(bytes.end(), mask.begin(), mask.end());
  for (std::size_t i = 0; i < length; ++i)
    bytes.push_back(static_cast<std::uint8_t>('x' ^ mask[i % mask.size()]));
  return bytes;
}

/// The same, as Civetweb is to read it.
Bytes unmasked_frame(unsigned first, std::size_t length) {
  std::string text;
  append_frame(text, Opcode::text, std::string(length, 'x'));
  Bytes bytes(text.begin(), text.end());
  bytes.front() = static_cast<std::uint8_t>(first);
  return bytes;
}

/// Everything in one go and byte by byte must come to the same: how much is fine, and what is wrong.
struct Verdict {
  std::size_t admitted = 0;
  std::uint16_t code = 0;
  bool operator==(const Verdict&) const = default;
};

Verdict verdict(const Bytes& bytes, std::size_t limit = 1000) {
  FrameGuard at_once({.message_bytes = limit});
  Bytes read = bytes;
  const Verdict whole{.admitted = at_once.admit(read),
                      .code = at_once.violation().value_or(CloseReason{}).code};
  FrameGuard dripping({.message_bytes = limit});
  Verdict dripped;
  for (std::uint8_t byte : bytes) dripped.admitted += dripping.admit({&byte, 1});
  dripped.code = dripping.violation().value_or(CloseReason{}).code;
  EXPECT_EQ(whole, dripped);
  return whole;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(ServerFrames, well_formed_frames_of_all_lengths_pass) {
  for (const std::size_t length : {0U, 1U, 125U, 126U, 127U, 65'535U, 65'536U, 70'000U}) {
    const Bytes frame = client_frame(0x81, length);
    EXPECT_EQ(verdict(frame + frame, 100'000),
              (Verdict{.admitted = 2 * unmasked_frame(0x81, length).size(), .code = 0}))
        << length;
  }
}

TEST(ServerFrames, what_comes_before_a_broken_header_still_passes) {
  EXPECT_EQ(verdict(client_frame(0x81, 10) + client_frame(0xC1, 10)),
            (Verdict{.admitted = unmasked_frame(0x81, 10).size(), .code = 1002}));
}

TEST(ServerFrames, a_frame_that_is_too_large_is_refused_before_its_header_is_complete) {
  EXPECT_EQ(verdict(client_frame(0x81, 1001)), (Verdict{.admitted = 3, .code = 1009}));
  EXPECT_EQ(verdict(client_frame(0x81, 70'000)), (Verdict{.admitted = 9, .code = 1009}));
  EXPECT_EQ(verdict(client_frame(0x81, 1000)).code, 0);
}

TEST(ServerFrames, fragments_are_counted_together_and_control_frames_are_not) {
  const Bytes first = client_frame(0x01, 600);
  EXPECT_EQ(verdict(first + client_frame(0x89, 100) + client_frame(0x80, 400)).code, 0);
  EXPECT_EQ(verdict(first + client_frame(0x80, 401)).code, 1009);
  EXPECT_EQ(verdict(first + client_frame(0x80, 400) + client_frame(0x81, 1000)).code, 0);
}

TEST(ServerFrames, headers_that_rfc_6455_forbids_are_protocol_errors) {
  EXPECT_EQ(verdict(client_frame(0xC1, 1)).code, 1002) << "a reserved bit";
  EXPECT_EQ(verdict(client_frame(0x83, 1)).code, 1002) << "a reserved opcode";
  EXPECT_EQ(verdict(client_frame(0x8F, 1)).code, 1002) << "a reserved control opcode";
  EXPECT_EQ(verdict(client_frame(0x09, 1)).code, 1002) << "a fragmented ping";
  EXPECT_EQ(verdict(client_frame(0x89, 126)).code, 1002) << "a long ping";
  EXPECT_EQ(verdict(client_frame(0x80, 1)).code, 1002) << "a continuation of nothing";
  EXPECT_EQ(verdict(client_frame(0x01, 1) + client_frame(0x81, 1)).code, 1002) << "a message in a message";
  EXPECT_EQ(verdict({0x81, 0x01, 'x'}), (Verdict{.admitted = 1, .code = 1002})) << "no mask";
  EXPECT_EQ(verdict({0x81, 0xFE, 0x00, 0x05}).code, 1002) << "a length that is longer than it need be";
}

TEST(ServerFrames, nothing_passes_after_a_violation) {
  FrameGuard guard({.message_bytes = 10});
  Bytes forbidden = client_frame(0xC1, 1);
  Bytes fine = client_frame(0x81, 1);
  EXPECT_EQ(guard.admit(forbidden), 0U);
  EXPECT_EQ(guard.admit(fine), 0U);
}

TEST(ServerFrames, frames_are_unmasked_wherever_the_network_cuts_them) {
  const Bytes sent = client_frame(0x01, 150) + client_frame(0x89, 3) + client_frame(0x80, 33);
  const Bytes wanted = unmasked_frame(0x01, 150) + unmasked_frame(0x89, 3) + unmasked_frame(0x80, 33);
  for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
    FrameGuard guard({.message_bytes = 1000});
    Bytes before(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(cut));
    Bytes after(sent.begin() + static_cast<std::ptrdiff_t>(cut), sent.end());
    before.resize(guard.admit(before));
    after.resize(guard.admit(after));
    EXPECT_EQ(before + after, wanted) << "cut after " << cut << " bytes";
  }
}

TEST(ServerFrames, where_nothing_is_written_there_is_no_frame) {
  std::string frames = "before";
  append_text_frame(frames, [](std::string&) {});
  EXPECT_EQ(frames, "before");
}

TEST(ServerFrames, what_is_written_has_the_shortest_header) {
  const auto header_of = [](std::size_t length) {
    std::string plain;
    append_frame(plain, Opcode::text, std::string(length, 'x'));
    std::string settled = "before";
    append_text_frame(settled, [length](std::string& out) { out.append(length, 'x'); });
    EXPECT_EQ(settled, "before" + plain) << length;
    return plain.substr(0, plain.size() - length);
  };
  using namespace std::string_literals;
  EXPECT_EQ(header_of(1), "\x81\x01"s);
  EXPECT_EQ(header_of(125), "\x81\x7D"s);
  EXPECT_EQ(header_of(126), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(header_of(65'535), "\x81\x7E\xFF\xFF"s);
  EXPECT_EQ(header_of(65'536), "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(ServerFrames, a_close_frame_is_answered_with_its_code_or_with_what_is_wrong_with_it) {
  const auto answer = [](std::string_view payload) { return answer_to_close(payload).code; };
  EXPECT_EQ(answer(""), close_code::no_status);
  EXPECT_EQ(answer("\x03\xE8"), 1000);
  EXPECT_EQ(answer("\x0F\xA1 bye"), 4001);
  EXPECT_EQ(answer("x"), 1002);
  EXPECT_EQ(answer("\x03\xED"), 1002) << "1005 is not for the wire";
  EXPECT_EQ(answer("\x03\xE8\xFF"), 1007);
  std::string out;
  append_close_frame(out, answer_to_close(""));
  EXPECT_EQ(out, std::string("\x88\x00", 2));
}

TEST(ServerFrames, a_long_close_reason_is_cut_to_what_a_control_frame_holds) {
  std::string out;
  append_close_frame(out, {.code = 1008, .text = std::string(200, 'x')});
  EXPECT_EQ(out.size(), 2 + max_control_payload);
}

TEST(ServerFrames, fragments_become_one_message) {
  MessageAssembly assembly;
  EXPECT_FALSE(assembly.add(Opcode::text, false, "one "));
  EXPECT_FALSE(assembly.add(Opcode::continuation, false, ""));
  const auto message = assembly.add(Opcode::continuation, true, "two");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->payload, "one two");
  EXPECT_EQ(message->kind, Opcode::text);
  EXPECT_EQ(assembly.add(Opcode::binary, true, "three")->payload, "three");
  EXPECT_EQ(assembly.add(Opcode::binary, true, "")->kind, Opcode::binary);
}

/// How many of these frames, one after the other, a guard lets through.
std::size_t let_through(FrameGuard& guard, unsigned first, std::size_t most, hub::Instant now) {
  for (std::size_t count = 0; count < most; ++count) {
    Bytes bytes = client_frame(first, 0);
    if (guard.admit(bytes, now) == 0) return count;
  }
  return most;
}

TEST(ServerFrames, frames_that_complete_no_message_are_limited) {
  constexpr FrameLimits limits{.message_bytes = 1000, .frames_per_second = 10, .frame_burst = 20};
  for (const unsigned ping_or_pong : {0x89U, 0x8AU}) {
    FrameGuard guard(limits);
    EXPECT_EQ(let_through(guard, ping_or_pong, 100, {}), 20U);
    EXPECT_EQ(guard.violation()->code, close_code::policy);
  }
  FrameGuard fragments(limits);
  EXPECT_EQ(let_through(fragments, 0x01, 1, {}), 1U);
  EXPECT_EQ(let_through(fragments, 0x00, 100, {}), 19U) << "empty ones, of one message";
  EXPECT_EQ(fragments.violation()->code, close_code::policy);
}

TEST(ServerFrames, whole_messages_are_not_counted_and_a_pause_makes_up_for_the_others) {
  constexpr FrameLimits limits{.message_bytes = 1000, .frames_per_second = 10, .frame_burst = 20};
  FrameGuard guard(limits);
  EXPECT_EQ(let_through(guard, 0x81, 1'000, {}), 1'000U);
  EXPECT_EQ(let_through(guard, 0x89, 20, {}), 20U);
  const auto later = hub::Instant{} + std::chrono::seconds(1);
  EXPECT_EQ(let_through(guard, 0x89, 10, later), 10U);
  EXPECT_FALSE(guard.violation());
  EXPECT_EQ(let_through(guard, 0x89, 10, later), 0U);
  EXPECT_EQ(guard.violation()->code, close_code::policy);
}

}  // namespace
}  // namespace parley::server
