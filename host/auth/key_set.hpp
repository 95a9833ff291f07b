#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key.hpp"
#include "base/result.hpp"

namespace parley::auth {

/// Keys that tokens are checked with, in the order in which they were given.
class KeySet {
 public:
  /// More in one host would be a mistake, and a token that names none may have to be tried with each.
  static constexpr std::size_t most_keys = 64;

  KeySet() = default;
  explicit KeySet(std::vector<Key> keys) : keys_(std::move(keys)) {}

  /// Reads files of one key or several each: a JSON Web Key or a set of them (RFC 7517), or a public or private key in
  /// PEM, which has no name and is tried for tokens of all. Keys of a set that are for something else, such as
  /// encryption, are left out. The error is a sentence with the file's name.
  [[nodiscard]] static Result<KeySet, std::string> read(const std::vector<std::filesystem::path>& files);

  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  /// The first that can sign; null where none can.
  [[nodiscard]] const Key* signer() const;
  /// Those that a token which names this key, or none, may be signed with.
  [[nodiscard]] std::vector<const Key*> candidates(Algorithm algorithm, std::string_view id) const;

 private:
  std::vector<Key> keys_;
};

/// Where a host and its commands look for keys unless they are told otherwise: in the state folder.
inline constexpr std::string_view key_file_name = "keys.json";

/// All keys of a file's text; the error is what is wrong with it, the rest of a sentence.
[[nodiscard]] Result<std::vector<Key>, std::string> read_keys(const std::string& text);

/// A set in JSON (RFC 7517 section 5), ended by a line break.
[[nodiscard]] std::string write_key_set(const std::vector<Key>& keys, bool with_secrets);

}  // namespace parley::auth
