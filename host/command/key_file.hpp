#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.hpp"
#include "base/result.hpp"

namespace parley::command {

/// Where keys are kept unless something else is said; the error is a sentence.
[[nodiscard]] Result<std::filesystem::path, std::string> default_key_file();

/// The keys of a file, as the host would read them. The error is a sentence.
[[nodiscard]] Result<std::vector<auth::Key>, std::string> read_key_file(const std::filesystem::path& file);

/// Puts a key in front of those of a file (a JSON Web Key Set, RFC 7517 section 5), and makes the file where there is
/// none. What else is in it stays as it is. Who changes the file at the same time waits. Returns how many keys there
/// are now; the error is a sentence.
[[nodiscard]] Result<std::size_t, std::string> add_key(const std::filesystem::path& file,
                                                       const auth::Key& key);

/// Takes out every key of this `kid`, unless no other is left. The error is a sentence.
[[nodiscard]] Result<void, std::string> remove_key(const std::filesystem::path& file, std::string_view kid);

}  // namespace parley::command
