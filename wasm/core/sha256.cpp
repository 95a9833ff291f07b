#include "sha256.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <functional>
#include <string>

namespace parley {
namespace {

// The names are those of FIPS 180-4, whose formulas these are.

using State = std::array<std::uint32_t, 8>;

constexpr std::size_t block_bytes = 64;

constexpr std::array<std::uint32_t, 64> k{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The text, a bit, zeros, and how many bits the text had (section 5.1.1).
std::string padded(std::string_view text) {
  constexpr std::size_t length_bytes = 8;
  std::string all(text);
  all.push_back('\x80');
  while (all.size() % block_bytes != block_bytes - length_bytes) all.push_back('\0');
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8)
    all.push_back(static_cast<char>(bits >> static_cast<unsigned>(shift)));
  return all;
}

std::array<std::uint32_t, 64> schedule(std::string_view block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < block.size(); ++i)
    w.at(i / 4) = w.at(i / 4) << 8U | static_cast<std::uint8_t>(block[i]);
  for (std::size_t t = 16; t < w.size(); ++t) {
    const auto sigma0 = std::rotr(w.at(t - 15), 7) ^ std::rotr(w.at(t - 15), 18) ^ w.at(t - 15) >> 3U;
    const auto sigma1 = std::rotr(w.at(t - 2), 17) ^ std::rotr(w.at(t - 2), 19) ^ w.at(t - 2) >> 10U;
    w.at(t) = sigma1 + w.at(t - 7) + sigma0 + w.at(t - 16);
  }
  return w;
}

void compress(State& state, std::string_view block) {
  const auto w = schedule(block);
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < w.size(); ++t) {
    const auto sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const auto t1 = h + sum1 + ((e & f) ^ (~e & g)) + k.at(t) + w.at(t);
    const auto sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const auto t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const State changed{a, b, c, d, e, f, g, h};
  std::transform(state.begin(), state.end(), changed.begin(), state.begin(), std::plus<>());
}

}  // namespace

Digest sha256(std::string_view text) {
  State state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const std::string all = padded(text);
  for (std::size_t at = 0; at < all.size(); at += block_bytes)
    compress(state, std::string_view(all).substr(at, block_bytes));
  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest.at(i) = static_cast<std::uint8_t>(state.at(i / 4) >> (24 - i % 4 * 8));
  return digest;
}

}  // namespace parley
