#pragma once

#include <string_view>

#include "hub/command.hpp"

namespace parley::dialects {

/// What most documents call a message, or an event, that carries something, and the field that it is in.
struct SignalWords {
  std::string_view type{};
  std::string_view field{};
};

/// Empty where they have no word for it.
[[nodiscard]] constexpr SignalWords words_for(hub::command::SignalKind kind) {
  switch (kind) {
    case hub::command::SignalKind::offer:
      return {.type = "offer", .field = "offer"};
    case hub::command::SignalKind::answer:
      return {.type = "answer", .field = "answer"};
    case hub::command::SignalKind::candidate:
      return {.type = "ice_candidate", .field = "candidate"};
    case hub::command::SignalKind::description:
      break;
  }
  return {};
}

}  // namespace parley::dialects
