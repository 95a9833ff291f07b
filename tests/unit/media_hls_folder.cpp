#include "media/hls_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace parley::media {
namespace {

namespace fs = std::filesystem;

/// A place for temporary folders that is this test's own.
class MediaHlsFolder : public testing::Test {
 protected:
  MediaHlsFolder() {
    std::string name = fs::temp_directory_path() / "parley-folder-XXXXXX";
    place = mkdtemp(name.data());
    if (const char* before = std::getenv("TMPDIR")) former = before;
    ::setenv("TMPDIR", place.c_str(), 1);
  }
  ~MediaHlsFolder() override {
    if (former) {
      ::setenv("TMPDIR", former->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
    fs::remove_all(place);
  }

  static HlsFolder made(const fs::path& wanted = {}) { return *HlsFolder::make(wanted); }
  /// As a host leaves it that was killed.
  [[nodiscard]] fs::path left_behind() const {
    fs::path folder = place / "parley-hls-temporary-abcdef";
    fs::create_directories(folder / "12345");
    std::ofstream(folder / "12345" / "1.m3u8") << "#EXTM3U";
    return folder;
  }

  fs::path place;
  std::optional<std::string> former;
};

TEST_F(MediaHlsFolder, a_temporary_one_is_this_users_alone_and_goes_with_its_owner) {
  fs::path path;
  {
    const HlsFolder folder = made();
    path = folder.path();
    EXPECT_TRUE(folder.is_temporary());
    EXPECT_EQ(path.parent_path(), place);
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(MediaHlsFolder, what_a_killed_host_left_goes_when_the_next_one_makes_its_own) {
  const fs::path left = left_behind();
  const HlsFolder folder = made();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(folder.path()));
}

TEST_F(MediaHlsFolder, that_of_a_host_that_lives_stays) {
  const HlsFolder one = made();
  const HlsFolder another = made();
  EXPECT_TRUE(fs::exists(one.path()));
  EXPECT_NE(one.path(), another.path());
}

TEST_F(MediaHlsFolder, what_is_called_otherwise_or_is_no_folder_stays) {
  fs::create_directory(place / "parley-hls-mine");
  std::ofstream(place / "parley-hls-temporary-file") << "x";
  fs::create_directory(place / "target");
  fs::create_directory_symlink(place / "target", place / "parley-hls-temporary-link");
  const HlsFolder folder = made();
  for (const char* name :
       {"parley-hls-mine", "parley-hls-temporary-file", "target", "parley-hls-temporary-link"})
    EXPECT_TRUE(fs::exists(place / name)) << name;
}

TEST_F(MediaHlsFolder, the_operators_own_is_made_and_stays_with_all_that_is_in_it) {
  const fs::path wanted = place / "a" / "b";
  {
    const HlsFolder folder = made(wanted);
    EXPECT_FALSE(folder.is_temporary());
    std::ofstream(wanted / "notes.txt") << "x";
  }
  const HlsFolder again = made(wanted);
  EXPECT_TRUE(fs::exists(wanted / "notes.txt"));
}

TEST_F(MediaHlsFolder, two_hosts_do_not_share_one) {
  const HlsFolder one = made(place / "shared");
  const auto another = HlsFolder::make(place / "shared");
  ASSERT_FALSE(another);
  EXPECT_NE(another.error().find("Another host"), std::string::npos);
}

TEST_F(MediaHlsFolder, knows_the_sim_numbers_of_which_something_was_left) {
  const fs::path wanted = place / "kept";
  fs::create_directories(wanted / "12345");
  fs::create_directories(wanted / "notes");
  std::ofstream(wanted / "67890") << "x";
  fs::create_directory_symlink(place, wanted / "54321");
  EXPECT_EQ(made(wanted).sim_numbers(), std::vector<std::string>{"12345"});
}

TEST_F(MediaHlsFolder, one_that_cannot_be_made_is_said) {
  std::ofstream(place / "file") << "x";
  const auto none = HlsFolder::make(place / "file" / "folder");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().find("--hls-dir"), std::string::npos);
}

}  // namespace
}  // namespace parley::media
