#pragma once

#include "hub/command.hpp"
#include "hub/config.hpp"
#include "hub/refusal.hpp"

namespace parley::hub {

// Whether every field keeps the rules; the refusal names the first that does not.
[[nodiscard]] Done check(const command::Join& join, const Limits& limits);
[[nodiscard]] Done check(const command::Register& wish, const Limits& limits);
[[nodiscard]] Done check(const command::Update& update, const Limits& limits);

}  // namespace parley::hub
