#include "hls/usage.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/descriptor.hpp"
#include "hls/disk.hpp"
#include "hls/memory.hpp"
#include "hls/transcoding.hpp"

namespace parley::hls {
namespace {

/// Two workers of one host.
class HlsUsage : public testing::Test {
 protected:
  [[nodiscard]] std::shared_ptr<Usage> row(std::size_t number) const {
    return std::make_shared<Usage>(shared.get(), number);
  }

  const Descriptor shared{Usage::create()};
  const std::shared_ptr<Usage> one = row(0);
  const std::shared_ptr<Usage> another = row(1);
};

TEST_F(HlsUsage, counts_what_all_take_and_nothing_of_a_worker_that_is_gone) {
  one->add(&Usage::Row::disk_bytes, 5);
  another->add(&Usage::Row::disk_bytes, 7);
  another->remove(&Usage::Row::disk_bytes, 1);
  EXPECT_EQ(one->of_all(&Usage::Row::disk_bytes), 11U);
  EXPECT_EQ(one->of_all(&Usage::Row::transcoded), 0U);
  one->clear(1);
  EXPECT_EQ(another->of_all(&Usage::Row::disk_bytes), 5U);
}

TEST_F(HlsUsage, is_that_of_other_processes_too) {
  const pid_t child = ::fork();
  if (child == 0) {
    one->add(&Usage::Row::transcoded, 3);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(another->of_all(&Usage::Row::transcoded), 3U);
}

TEST_F(HlsUsage, one_process_alone_shares_nothing) {
  Usage alone;
  alone.add(&Usage::Row::transcoded, 1);
  EXPECT_EQ(one->of_all(&Usage::Row::transcoded), 0U);
  EXPECT_THROW(Usage(shared.get(), Usage::max_rows), std::out_of_range);
}

TEST_F(HlsUsage, transcoding_has_so_many_places_for_all_workers) {
  Transcoding here(2, one);
  Transcoding there(2, another);
  auto first = here.take();
  auto second = there.take();
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(here.take());
  second.reset();
  EXPECT_TRUE(here.take());
}

TEST_F(HlsUsage, the_disk_is_full_for_all_workers_at_once) {
  const auto file = std::filesystem::temp_directory_path() / ("parley-usage-" + std::to_string(::getpid()));
  std::ofstream(file) << std::string(10, 'x');
  Disk here(25, one);
  Disk there(25, another);
  EXPECT_TRUE(here.keep(file));
  EXPECT_TRUE(there.keep(file));
  EXPECT_FALSE(here.keep(file)) << "30 of 25";
  here.remove(file);
  EXPECT_EQ(one->of_all(&Usage::Row::disk_bytes), 20U);
  EXPECT_EQ(here.taken(), 10U);
}

TEST(HlsMemory, grows_with_what_a_process_has_for_itself) {
  constexpr std::size_t bytes = std::size_t{64} << 20U;
  const auto before = own_memory();
  ASSERT_TRUE(before && *before > 0);
  const std::string block(bytes, 'x');
  EXPECT_GE(own_memory().value_or(0), *before + block.size() / 2);
  EXPECT_TRUE(memory_of(::getppid()));
  EXPECT_FALSE(memory_of(-1));
}

}  // namespace
}  // namespace parley::hls
