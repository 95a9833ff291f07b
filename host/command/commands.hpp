#pragma once

#include <iosfwd>
#include <span>

#include "auth/claims.hpp"

namespace parley::command {

/// Where a command says what it has done, and what it has not.
struct Streams {
  std::ostream& out;
  std::ostream& err;
};

/// Of a command that was not understood, or that could not be done; standard error has a sentence.
inline constexpr int failed = 2;

/// `parley key`: makes keys to sign tokens with, and shows and takes out those that there are. The first argument is
/// the command's name. Returns an exit code.
[[nodiscard]] int run_key(std::span<const char* const> arguments, Streams streams);

/// `parley token`: makes a token that lets somebody in, signed at this time.
[[nodiscard]] int run_token(std::span<const char* const> arguments, Streams streams, auth::Claims::Time now);

/// `parley user`: makes, lists and removes accounts. Passwords come from `in`, or the terminal.
[[nodiscard]] int run_user(std::span<const char* const> arguments, std::istream& in, Streams streams);

}  // namespace parley::command
