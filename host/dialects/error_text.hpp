#pragma once

#include <string>
#include <string_view>

#include "hub/event.hpp"

namespace parley::dialects {

/// Appends an error as every dialect but the native one has it: {"type":"error","code","message"}.
void append_error(std::string& out, const hub::event::Error& error, std::string_view type = "error");

}  // namespace parley::dialects
