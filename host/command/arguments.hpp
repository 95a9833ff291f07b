#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "command/commands.hpp"
#include "hub/rights.hpp"

namespace parley::command {

/// A script whose variable is not set must not get what nobody asked for.
[[nodiscard]] CLI::Validator not_empty();

/// What an option --may says.
[[nodiscard]] Result<hub::Rights, std::string> rights_of(const std::vector<std::string>& words);

/// Reads a command's arguments. Gives the exit code where that is all there is to do: after --help, or after a sentence
/// on what was wrong.
[[nodiscard]] std::optional<int> parse(CLI::App& app, std::span<const char* const> arguments,
                                       Streams streams);

/// Says what went wrong, and returns the exit code for that.
[[nodiscard]] int fail(const CLI::App& app, const std::string& sentence, Streams streams);

}  // namespace parley::command
