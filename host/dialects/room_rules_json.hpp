#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dialects/fields.hpp"
#include "hub/event.hpp"
#include "hub/room_rules.hpp"

namespace parley::dialects {

/// Reads what is to be otherwise in a room's rules: {"private":…,"locked":…,"waitingRoom":…,"members":…,"share":…,"chat":…,
/// "endsIn":…}, each where it is to change. The error is a sentence.
[[nodiscard]] Result<hub::RuleChange, std::string> read_rule_change(std::string_view json);

/// The same of a message's field.
[[nodiscard]] hub::RuleChange read_rules(Fields& in, std::size_t index);

[[nodiscard]] nlohmann::ordered_json json_of(const hub::RoomRules& rules, std::chrono::seconds ends_in);
/// {"waiting":[…],"removed":[…]}
[[nodiscard]] nlohmann::ordered_json json_of(const hub::event::Lobby& lobby);

}  // namespace parley::dialects
