#pragma once

#include <string>

#include "hub/command.hpp"
#include "hub/config.hpp"

namespace parley::hub {

/// The field that breaks a rule, in a sentence that says what it must be; empty where all is well.
[[nodiscard]] std::string fault_of(const command::Join& join, const Limits& limits);
[[nodiscard]] std::string fault_of(const command::Register& wish, const Limits& limits);
[[nodiscard]] std::string fault_of(const command::Update& update, const Limits& limits);

}  // namespace parley::hub
