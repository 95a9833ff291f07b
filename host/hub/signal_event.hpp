#pragma once

#include <memory>
#include <string>

#include "hub/command.hpp"
#include "hub/event.hpp"

namespace parley::hub {

/// What the recipient of this signal is told. Moves what it carries out of it.
[[nodiscard]] std::shared_ptr<const Event> signal_event(std::string from, command::Signal& signal);

}  // namespace parley::hub
