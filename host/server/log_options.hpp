#pragma once

#include <map>
#include <string>

#include "server/log.hpp"

namespace parley::server::log {

// As command lines spell them.

inline const std::map<std::string, Level> level_names{{"debug", Level::debug},
                                                      {"info", Level::info},
                                                      {"warn", Level::warn},
                                                      {"error", Level::error},
                                                      {"off", Level::off}};
inline const std::map<std::string, Format> format_names{{"text", Format::text}, {"json", Format::json}};

}  // namespace parley::server::log
