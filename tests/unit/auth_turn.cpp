#include "auth/turn.hpp"

#include <gtest/gtest.h>

namespace parley::auth {
namespace {

TEST(AuthTurn, a_credential_is_as_coturn_makes_it) {
  // printf '1800000000:ada' | openssl dgst -sha1 -hmac secret -binary | base64
  const auto made =
      make_turn_credential("secret", "ada", std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000)));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->username, "1800000000:ada");
  EXPECT_EQ(made->credential, "4wtHCF5ULQJy4kJcUFBQm8T2hcs=");
}

}  // namespace
}  // namespace parley::auth
