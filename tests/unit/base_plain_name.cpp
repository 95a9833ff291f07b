#include "base/plain_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace parley {
namespace {

TEST(BasePlainName, what_nobody_sees_is_not_there_and_case_is_one) {
  for (const char* name : {"ada", "ADA", " Ada ", "A d a", "Ada\u00a0", "A\u00adda", "\u200bada", "ad\u200da",
                           "ada\u202e", "ada\u2060", "ada\u2003", "\u3000ada", "\ufeffada", "a\u034fda"})
    EXPECT_EQ(plain_name(name), "ada") << name;
}

TEST(BasePlainName, what_is_seen_stays) {
  for (const char* name :
       {"ad\u00e4", "ada\u2013", "ada\u2026", "\u0410da", "ada\u2049", "ada_", "a.d-a", "\U0001f600"})
    EXPECT_NE(plain_name(name), "ada") << name;
  EXPECT_EQ(plain_name("\u0410da"), "\u0410da");
  EXPECT_EQ(plain_name("ada\u2013"), "ada\u2013");
  EXPECT_EQ(plain_name("\xe2\x80"), "\xe2\x80") << "half a letter";
  EXPECT_EQ(plain_name(" "), "");
}

}  // namespace
}  // namespace parley
