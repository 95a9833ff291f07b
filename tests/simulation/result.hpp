#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace parley::simulation {

/// What came of one schedule.
struct Result {
  std::optional<std::string> failure;
  std::size_t inputs = 0;
  std::size_t disturbances = 0;
};

}  // namespace parley::simulation
