#include <gtest/gtest.h>

#include <string>

#include "base/utf8.hpp"

namespace parley {
namespace {

TEST(Utf8, is_what_unicode_says_it_is_wherever_it_stands) {
  // Before it stands more or less than what is passed at a glance.
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string ascii(before, 'x');
    for (const char* good : {"", "ascii", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
      const std::string text = ascii + good;
      EXPECT_TRUE(is_utf8(text)) << text;
      EXPECT_TRUE(is_utf8(text + ascii)) << text;
    }
    for (const char* bad :
         {"\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "good\xC3(bad"}) {
      const std::string text = ascii + bad;
      EXPECT_FALSE(is_utf8(text)) << text;
      EXPECT_FALSE(is_utf8(text + ascii)) << text;
    }
  }
}

}  // namespace
}  // namespace parley
