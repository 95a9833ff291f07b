#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/frame_reader.hpp"

namespace parley::net {
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

/// What a reader made of some bytes.
struct Verdict {
  std::vector<std::string> messages;  ///< the opcode's number, and the payload
  std::uint16_t code = 0;             ///< of the violation
  bool operator==(const Verdict&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  for (const std::string& message : verdict.messages) out << message.substr(0, 100) << '\n';
  return out << "closed with " << verdict.code;
}

void feed(FrameReader& reader, std::span<std::uint8_t> bytes, Verdict& verdict, hub::Instant now = {}) {
  while (const auto message = reader.next(bytes, now))
    verdict.messages.push_back(std::to_string(static_cast<int>(message->opcode)) + ' ' +
                               std::string(message->payload));
  verdict.code = reader.violation().value_or(CloseReason{}).code;
}

Verdict in_pieces(Bytes bytes, std::size_t limit, std::size_t piece) {
  FrameReader reader({.message_bytes = limit});
  Verdict verdict;
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    feed(reader, std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)), verdict);
  return verdict;
}

/// Everything at once and byte by byte must come to the same.
Verdict verdict(const Bytes& bytes, std::size_t limit = 1000) {
  Verdict whole = in_pieces(bytes, limit, bytes.size());
  EXPECT_EQ(whole, in_pieces(bytes, limit, 1));
  return whole;
}

std::string text(std::size_t length) {
  return "1 " + std::string(length, 'x');
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(NetFrames, well_formed_frames_of_all_lengths_are_messages) {
  for (const std::size_t length : {0U, 1U, 125U, 126U, 127U, 65'535U, 65'536U, 70'000U}) {
    const Bytes frame = client_frame(0x81, length);
    EXPECT_EQ(verdict(frame + frame, 100'000), (Verdict{.messages = {text(length), text(length)}}));
  }
}

TEST(NetFrames, what_comes_before_a_broken_header_is_read) {
  EXPECT_EQ(verdict(client_frame(0x81, 10) + client_frame(0xC1, 10)),
            (Verdict{.messages = {text(10)}, .code = 1002}));
}

TEST(NetFrames, a_frame_that_is_too_large_is_refused_before_its_header_is_complete) {
  for (const auto& [length, header] : {std::pair{1001U, 4U}, std::pair{70'000U, 10U}}) {
    Bytes announced = client_frame(0x81, length);
    announced.resize(header);
    EXPECT_EQ(verdict(announced).code, 1009);
    announced.resize(header - 1);
    EXPECT_EQ(verdict(announced).code, 0);
  }
  EXPECT_EQ(verdict(client_frame(0x81, 1000)).code, 0);
}

TEST(NetFrames, fragments_are_counted_together_and_control_frames_are_not) {
  const Bytes first = client_frame(0x01, 600);
  EXPECT_EQ(verdict(first + client_frame(0x89, 100) + client_frame(0x80, 400)).code, 0);
  EXPECT_EQ(verdict(first + client_frame(0x80, 401)).code, 1009);
  EXPECT_EQ(verdict(first + client_frame(0x80, 400) + client_frame(0x81, 1000)).code, 0);
}

TEST(NetFrames, headers_that_rfc_6455_forbids_are_protocol_errors) {
  EXPECT_EQ(verdict(client_frame(0xC1, 1)).code, 1002) << "a reserved bit";
  EXPECT_EQ(verdict(client_frame(0x83, 1)).code, 1002) << "a reserved opcode";
  EXPECT_EQ(verdict(client_frame(0x8F, 1)).code, 1002) << "a reserved control opcode";
  EXPECT_EQ(verdict(client_frame(0x09, 1)).code, 1002) << "a fragmented ping";
  EXPECT_EQ(verdict(client_frame(0x89, 126)).code, 1002) << "a long ping";
  EXPECT_EQ(verdict(client_frame(0x80, 1)).code, 1002) << "a continuation of nothing";
  EXPECT_EQ(verdict(client_frame(0x01, 1) + client_frame(0x81, 1)).code, 1002) << "a message in a message";
  EXPECT_EQ(verdict({0x81, 0x01, 'x'}), (Verdict{.messages = {}, .code = 1002})) << "no mask";
  EXPECT_EQ(verdict({0x81, 0xFE, 0x00, 0x05}).code, 1002) << "a length that is longer than it need be";
}

TEST(NetFrames, nothing_is_read_after_a_violation) {
  FrameReader reader({.message_bytes = 10});
  Bytes forbidden = client_frame(0xC1, 1);
  Bytes fine = client_frame(0x81, 1);
  Verdict verdict;
  feed(reader, forbidden, verdict);
  feed(reader, fine, verdict);
  EXPECT_EQ(verdict, (Verdict{.messages = {}, .code = 1002}));
}

TEST(NetFrames, fragments_become_one_message_wherever_the_network_cuts_them) {
  const Bytes sent = client_frame(0x01, 150) + client_frame(0x00, 0) + client_frame(0x89, 3) +
                     client_frame(0x80, 33) + client_frame(0x82, 2) + client_frame(0x82, 0);
  const Verdict wanted{.messages = {"9 xxx", text(183), "2 xx", "2 "}};
  for (std::size_t piece = 1; piece <= sent.size(); ++piece)
    EXPECT_EQ(in_pieces(sent, 1000, piece), wanted) << "in pieces of " << piece;
}

TEST(NetFrames, where_nothing_is_written_there_is_no_frame) {
  std::string frames = "before";
  append_text_frame(frames, [](std::string&) {});
  EXPECT_EQ(frames, "before");
}

TEST(NetFrames, what_is_written_has_the_shortest_header) {
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

TEST(NetFrames, a_close_frame_is_answered_with_its_code_or_with_what_is_wrong_with_it) {
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

TEST(NetFrames, a_long_close_reason_is_cut_to_what_a_control_frame_holds) {
  std::string out;
  append_close_frame(out, {.code = 1008, .text = std::string(200, 'x')});
  EXPECT_EQ(out.size(), 2 + max_control_payload);
}

/// How many of these frames, one after the other, a reader takes.
std::size_t let_through(FrameReader& reader, unsigned first, std::size_t most, hub::Instant now) {
  for (std::size_t count = 0; count < most; ++count) {
    Bytes bytes = client_frame(first, 0);
    std::span<std::uint8_t> rest = bytes;
    static_cast<void>(reader.next(rest, now));
    if (reader.violation()) return count;
  }
  return most;
}

TEST(NetFrames, frames_that_complete_no_message_are_limited) {
  constexpr FrameLimits limits{.message_bytes = 1000, .frames_per_second = 10, .frame_burst = 20};
  for (const unsigned ping_or_pong : {0x89U, 0x8AU}) {
    FrameReader reader(limits);
    EXPECT_EQ(let_through(reader, ping_or_pong, 100, {}), 20U);
    EXPECT_EQ(reader.violation()->code, close_code::policy);
  }
  FrameReader fragments(limits);
  EXPECT_EQ(let_through(fragments, 0x01, 1, {}), 1U);
  EXPECT_EQ(let_through(fragments, 0x00, 100, {}), 19U) << "empty ones, of one message";
  EXPECT_EQ(fragments.violation()->code, close_code::policy);
}

TEST(NetFrames, whole_messages_are_not_counted_and_a_pause_makes_up_for_the_others) {
  constexpr FrameLimits limits{.message_bytes = 1000, .frames_per_second = 10, .frame_burst = 20};
  FrameReader reader(limits);
  EXPECT_EQ(let_through(reader, 0x81, 1'000, {}), 1'000U);
  EXPECT_EQ(let_through(reader, 0x89, 20, {}), 20U);
  const auto later = hub::Instant{} + std::chrono::seconds(1);
  EXPECT_EQ(let_through(reader, 0x89, 10, later), 10U);
  EXPECT_FALSE(reader.violation());
  EXPECT_EQ(let_through(reader, 0x89, 10, later), 0U);
  EXPECT_EQ(reader.violation()->code, close_code::policy);
}

}  // namespace
}  // namespace parley::net
