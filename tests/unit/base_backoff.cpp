#include <gtest/gtest.h>

#include <chrono>

#include "base/backoff.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, doubles_from_a_quarter_of_a_second_to_ten_and_forgets_once_all_was_well_for_a_minute) {
  Backoff backoff;
  for (const Backoff::Duration delay : {250ms, 500ms, 1'000ms, 2'000ms, 4'000ms, 8'000ms, 10'000ms, 10'000ms})
    EXPECT_EQ(backoff.ended_after(59s), delay);
  EXPECT_EQ(backoff.ended_after(60s), 250ms);
  EXPECT_EQ(backoff.ended_after(0s), 500ms);
}

}  // namespace
}  // namespace parley
