#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/session.hpp"

namespace parley::simulation::trace {

// A trace is a text of JSON lines: the session's configuration, then each input with its instant and, after
// it, the outputs that it brought forth. `parley_replay` reads the former and must find the latter again,
// byte for byte.

struct InputAt {
  Instant at;
  Input input;
};
struct OutputSeen {};

using Line = std::variant<Config, InputAt, OutputSeen>;

[[nodiscard]] std::string write(const Config& config);
[[nodiscard]] std::string write(const Input& input, Instant at);
[[nodiscard]] std::string write(const Output& output);
/// Absent where the line is none of the above.
[[nodiscard]] std::optional<Line> read(std::string_view line);

}  // namespace parley::simulation::trace
