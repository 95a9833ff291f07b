#include "net/chunked_body.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace parley::net {
namespace {

using State = ChunkedBody::State;

struct Read {
  State state;
  std::string body;
  std::size_t used;
  bool operator==(const Read&) const = default;
};

/// At once and byte by byte must come to the same.
Read read(std::string_view bytes, std::size_t most = 100) {
  ChunkedBody at_once(most);
  Read whole{.state = {}, .body = {}, .used = 0};
  whole.used = at_once.read(bytes, whole.body);
  whole.state = at_once.state();
  ChunkedBody dripping(most);
  std::string dripped;
  for (const char c : bytes.substr(0, whole.used)) dripping.read({&c, 1}, dripped);
  EXPECT_EQ(dripped, whole.body);
  EXPECT_EQ(dripping.state(), whole.state);
  return whole;
}

TEST(NetChunkedBody, chunks_become_one_body) {
  const std::string_view chunks = "3\r\none\r\nA ;x=\"y\"\r\n two three\r\n0\r\n\r\n";
  EXPECT_EQ(read("3\r\none\r\nA;x=\"y\"\r\n two three\r\n0\r\n\r\nGET").body, "one two three");
  EXPECT_EQ(read(chunks).state, State::malformed) << "a space is no part of a size";
  EXPECT_EQ(read("0\r\n\r\nGET"), (Read{.state = State::complete, .body = "", .used = 5}));
  EXPECT_EQ(read("1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"),
            (Read{.state = State::complete, .body = "x", .used = 23}));
  EXPECT_EQ(read("3\r\non").state, State::reading);
}

TEST(NetChunkedBody, what_is_malformed_is_found) {
  for (const char* bytes : {"\r\n", "g\r\n", "-1\r\n", "0x1\r\n", "1\nx", "1\r\nxy", "1\r\nx\n", "1;a\nx",
                            "0\r\n\n", "0\r\nA: b\n", "1\r\rx"})
    EXPECT_EQ(read(bytes).state, State::malformed) << bytes;
  EXPECT_EQ(read(std::string(10'000, '0')).state, State::malformed) << "a size without end";
  EXPECT_EQ(read("1;" + std::string(10'000, 'x')).state, State::malformed);
  EXPECT_EQ(read("0\r\n" + std::string(10'000, 'x')).state, State::malformed);
}

TEST(NetChunkedBody, a_body_that_is_too_large_is_found_when_it_is_announced) {
  EXPECT_EQ(read("64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n").state, State::complete);
  EXPECT_EQ(read("65").state, State::too_large);
  EXPECT_EQ(read("64\r\n" + std::string(100, 'x') + "\r\n1").state, State::too_large);
  EXPECT_EQ(read("ffffffffffffffffff").state, State::too_large);
}

}  // namespace
}  // namespace parley::net
