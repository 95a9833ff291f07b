#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/object_pool.hpp"
#include "base/pooled_allocator.hpp"

namespace parley {
namespace {

TEST(ObjectPool, what_is_given_back_is_taken_again_and_no_two_have_the_same) {
  ObjectPool<int, 2> pool;
  auto one = pool.take();
  auto other = pool.take();
  EXPECT_NE(one, other);
  *one = 7;
  pool.give_back(std::move(one));
  EXPECT_EQ(*pool.take(), 7);
}

TEST(ObjectPool, threads_never_share_one) {
  ObjectPool<std::atomic<int>, 4> pool;
  std::atomic<int> shared = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20'000; ++round) {
          auto mine = pool.take();
          if (mine->fetch_add(1) != 0) ++shared;
          mine->fetch_sub(1);
          pool.give_back(std::move(mine));
        }
      });
    }
  }
  EXPECT_EQ(shared, 0);
}

TEST(PooledString, any_size_is_kept_and_moved_and_its_memory_used_again_by_any_thread) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      std::deque<std::pair<PooledString, std::string>> kept;
      for (std::size_t round = 0; round < 5'000; ++round) {
        const std::string text((round * 37 + thread) % 20'000, static_cast<char>('a' + round % 26));
        PooledString pooled(text);
        kept.emplace_back(std::move(pooled), text);
        if (kept.size() <= 20) continue;
        ASSERT_EQ(std::string_view(kept.front().first), kept.front().second);
        kept.pop_front();
      }
    });
  }
}

}  // namespace
}  // namespace parley
