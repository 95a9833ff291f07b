#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/byte_range.hpp"

namespace parley::http {
namespace {

TEST(HttpByteRange, is_the_one_that_is_asked_for) {
  const auto range = [](std::string_view header) {
    const auto found = parse_range(header, 10);
    return found ? std::to_string(found->first) + '+' + std::to_string(found->length) : "all";
  };
  EXPECT_EQ(range("bytes=0-3"), "0+4");
  EXPECT_EQ(range("bytes=4-"), "4+6");
  EXPECT_EQ(range("Bytes=9-100"), "9+1");
  EXPECT_EQ(range("bytes=-3"), "7+3");
  EXPECT_EQ(range("bytes=-30"), "0+10");
  EXPECT_EQ(range("bytes=10-"), "0+0") << "behind the end";
  EXPECT_EQ(range("bytes=-0"), "10+0");
  for (const char* whole : {"", "bytes", "bytes=", "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "bytes=x-1",
                            "bytes=1-x", "lines=0-1", "bytes=--1", "bytes=0-99999999999999999999999"})
    EXPECT_EQ(range(whole), "all") << whole;
}

}  // namespace
}  // namespace parley::http
