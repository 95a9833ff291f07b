#include "hub/retry.hpp"

#include <algorithm>
#include <chrono>

namespace parley::hub {

std::string try_again_in(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return "Try again in " + std::to_string(std::max<std::chrono::seconds::rep>(seconds, 1)) + " s.";
}

}  // namespace parley::hub
