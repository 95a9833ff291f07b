#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace parley {
namespace {

TEST(Base64, encodes_as_the_rfc_shows) {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"},
                                                                 {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
    std::string of_urls = text.substr(0, text.find('='));
    std::ranges::replace(of_urls, '+', '-');
    std::ranges::replace(of_urls, '/', '_');
    EXPECT_EQ(base64url_encode(bytes), of_urls);
    EXPECT_EQ(base64url_decode(of_urls), bytes);
  }
}

TEST(Base64, any_bytes_come_back) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, only_one_spelling_is_taken) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-_"})
    EXPECT_FALSE(base64_decode(text)) << text;
  for (const std::string_view text : {"Zg==", "Z", "Zh", "Zm9", "Zm9vZ", "Zm9v\n", "Zm+/"})
    EXPECT_FALSE(base64url_decode(text)) << text;
}

}  // namespace
}  // namespace parley
