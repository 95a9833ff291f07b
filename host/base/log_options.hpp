#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/log.hpp"

namespace parley::log {

// As command lines spell them.

inline const std::map<std::string, Level> level_names{{"debug", Level::debug},
                                                      {"info", Level::info},
                                                      {"warn", Level::warn},
                                                      {"error", Level::error},
                                                      {"off", Level::off}};
inline const std::map<std::string, Format> format_names{{"text", Format::text}, {"json", Format::json}};

/// How a value of these is spelt.
template <class Value>
[[nodiscard]] const std::string& spell(const std::map<std::string, Value>& names, Value value) {
  return std::ranges::find(names, value, &std::pair<const std::string, Value>::second)->first;
}

}  // namespace parley::log
