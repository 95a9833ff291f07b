#pragma once

#include <filesystem>
#include <string_view>

namespace parley::hls {

/// Whether a gateway gives a playlist this name: "1.m3u8".
[[nodiscard]] bool is_playlist_name(std::string_view name);

/// The same of a segment: "1-1700000000000-0.ts".
[[nodiscard]] bool is_segment_name(std::string_view name);

/// Either, or what it is called while it is written: the same with ".new".
[[nodiscard]] bool is_own_name(std::string_view name);

/// Whether there is nothing in the folder but files of such names.
[[nodiscard]] bool is_own_folder(const std::filesystem::path& folder);

/// Removes them, and the folder, unless somebody has put something else into it.
void remove_own(const std::filesystem::path& folder);

}  // namespace parley::hls
