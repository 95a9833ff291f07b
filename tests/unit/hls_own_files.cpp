#include "hls/own_files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "temporary_folder.hpp"

namespace parley::hls {
namespace {

namespace fs = std::filesystem;

class HlsOwnFiles : public testing::Test {
 protected:
  HlsOwnFiles() { fs::create_directory(folder); }

  void write(const std::string& name) const { std::ofstream(folder / name) << "x"; }

  TemporaryFolder parent;
  fs::path folder = parent.path() / "12345";
};

TEST_F(HlsOwnFiles, names_that_a_gateway_gives_and_no_others) {
  for (const char* name :
       {"1.m3u8", "12.m3u8", "1.m3u8.new", "1-1700000000000-0.ts", "2-17-345.ts", "2-17-345.ts.new"})
    EXPECT_TRUE(is_own_name(name)) << name;
  for (const char* name : {"", ".", "m3u8", ".m3u8", "x.m3u8", "1.m3u8.old", "1.m3u", "1-0.ts", "1-1-1.mp4",
                           "1-1-1.ts.part", "1--1.ts", "1-1-1.ts.new.new", ".new", "-1-1.ts", "../1-1-1.ts",
                           "1-1-1.ts/..", "1-1-1-1.ts", "film.ts", "index.ts"})
    EXPECT_FALSE(is_own_name(name)) << name;
}

TEST_F(HlsOwnFiles, what_is_still_written_is_none_for_players) {
  EXPECT_TRUE(is_playlist_name("1.m3u8") && is_segment_name("1-17-0.ts"));
  EXPECT_FALSE(is_playlist_name("1.m3u8.new") || is_playlist_name("1-17-0.ts"));
  EXPECT_FALSE(is_segment_name("1-17-0.ts.new") || is_segment_name("1.m3u8"));
}

TEST_F(HlsOwnFiles, all_of_them_go_and_the_folder_with_them) {
  for (const char* name : {"1.m3u8", "1.m3u8.new", "1-17-0.ts", "1-17-1.ts.new"}) write(name);
  EXPECT_TRUE(is_own_folder(folder));
  remove_own(folder);
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(HlsOwnFiles, what_somebody_else_put_there_stays) {
  write("1-17-0.ts");
  write("notes.txt");
  fs::create_directory(folder / "2.m3u8");
  fs::create_symlink(folder / "notes.txt", folder / "3.m3u8");
  EXPECT_FALSE(is_own_folder(folder));
  remove_own(folder);
  EXPECT_FALSE(fs::exists(folder / "1-17-0.ts"));
  for (const char* name : {"notes.txt", "2.m3u8", "3.m3u8"}) EXPECT_TRUE(fs::exists(folder / name)) << name;
}

TEST_F(HlsOwnFiles, a_folder_or_a_link_of_such_a_name_makes_it_somebody_elses) {
  fs::create_directory(folder / "1.m3u8");
  EXPECT_FALSE(is_own_folder(folder));
  fs::remove(folder / "1.m3u8");
  fs::create_symlink("/nowhere", folder / "1.m3u8");
  EXPECT_FALSE(is_own_folder(folder));
}

TEST_F(HlsOwnFiles, a_folder_that_is_not_there_is_nobodys) {
  EXPECT_FALSE(is_own_folder(folder / "none"));
  remove_own(folder / "none");
}

}  // namespace
}  // namespace parley::hls
