#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "command/commands.hpp"

namespace parley::command {

/// A password: asked for on a terminal, which does not show it, or the first line of whatever `in` is. It is never an
/// argument, which every user of the machine can see. Nothing where there is no line.
[[nodiscard]] std::optional<std::string> read_password(std::string_view question, std::istream& in,
                                                       Streams streams);

}  // namespace parley::command
