// Any bytes at all, as one read from the network and cut in pieces, to a FrameGuard each. Both leave the same
// and object to the same, and what is left holds no more than was there.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "server/frame.hpp"

namespace {

using namespace parley::server;

constexpr std::size_t max_message_bytes = 300;

}  // namespace

/// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  const std::span sent(data + 1, size - 1);

  FrameGuard at_once({.message_bytes = max_message_bytes});
  std::vector<std::uint8_t> whole(sent.begin(), sent.end());
  const std::size_t left = at_once.admit(whole);
  if (left > whole.size()) std::abort();
  whole.resize(left);

  FrameGuard in_pieces({.message_bytes = max_message_bytes});
  std::vector<std::uint8_t> together;
  for (std::size_t at = 0; at < sent.size(); at += piece) {
    const auto next = sent.subspan(at, std::min(piece, sent.size() - at));
    std::vector<std::uint8_t> bytes(next.begin(), next.end());
    bytes.resize(in_pieces.admit(bytes));
    together.insert(together.end(), bytes.begin(), bytes.end());
  }
  if (together != whole || in_pieces.violation() != at_once.violation()) std::abort();
  return 0;
}
