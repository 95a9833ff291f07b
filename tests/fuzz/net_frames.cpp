// Any bytes at all, as one read from the network and cut in pieces, to a FrameReader each. Both find the same
// messages and object to the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "net/frame_reader.hpp"

namespace {

using namespace parley::net;

constexpr std::size_t max_message_bytes = 300;

void read(FrameReader& reader, std::span<const std::uint8_t> sent, std::vector<std::string>& messages) {
  std::vector<std::uint8_t> bytes(sent.begin(), sent.end());
  std::span<std::uint8_t> rest = bytes;
  while (const auto message = reader.next(rest, {})) {
    if (message->payload.size() > max_message_bytes) std::abort();
    messages.emplace_back(message->payload);
    messages.back().push_back(static_cast<char>(message->opcode));
  }
  if (!reader.violation() && !rest.empty()) std::abort();
}

}  // namespace

/// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  const std::span sent(data + 1, size - 1);

  FrameReader at_once({.message_bytes = max_message_bytes});
  std::vector<std::string> whole;
  read(at_once, sent, whole);

  FrameReader in_pieces({.message_bytes = max_message_bytes});
  std::vector<std::string> together;
  for (std::size_t at = 0; at < sent.size(); at += piece)
    read(in_pieces, sent.subspan(at, std::min(piece, sent.size() - at)), together);
  if (together != whole || in_pieces.violation() != at_once.violation()) std::abort();
  return 0;
}
