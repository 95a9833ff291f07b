#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"
#include "hub/error.hpp"

namespace parley::hub {

/// Why something is not done.
struct Refusal {
  ErrorCode code = ErrorCode::bad_field;
  std::string sentence{};  ///< what is wrong and what to do
  bool closes = false;     ///< its client has nothing else to try, so the connection is closed
};

/// What came of a request. Whatever is refused has changed nothing.
using Done = Result<void, Refusal>;

[[nodiscard]] inline Failure<Refusal> refusal(ErrorCode code, std::string sentence) {
  return Failure(Refusal{.code = code, .sentence = std::move(sentence)});
}

}  // namespace parley::hub
