#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace parley {
inline namespace base {

/// Where Parley keeps what it must find again: $STATE_DIRECTORY (systemd.exec(5)), $XDG_STATE_HOME/parley, or
/// ~/.local/state/parley (XDG Base Directory Specification). Empty where none of them is set.
[[nodiscard]] std::filesystem::path state_folder();

/// All of a file; nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file);

/// Makes a folder that its owner alone may enter, and those around it, where they are missing.
[[nodiscard]] std::error_code make_private_folders(const std::filesystem::path& folder);

/// Writes a file that its owner alone may read, and makes its folders where they are missing. Whole or not at
/// all, whatever happens meanwhile; and what was there before stays until then.
[[nodiscard]] std::error_code write_private_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace base
}  // namespace parley
