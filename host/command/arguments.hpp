#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

#include "command/commands.hpp"

namespace parley::command {

/// A script whose variable is not set must not get what nobody asked for.
[[nodiscard]] CLI::Validator not_empty();

/// Reads a command's arguments. Gives the exit code where that is all there is to do: after --help, or after a sentence
/// on what was wrong.
[[nodiscard]] std::optional<int> parse(CLI::App& app, std::span<const char* const> arguments,
                                       Streams streams);

/// Says what went wrong, and returns the exit code for that.
[[nodiscard]] int fail(const CLI::App& app, const std::string& sentence, Streams streams);

}  // namespace parley::command
