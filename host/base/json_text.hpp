#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley {
inline namespace base {

/// Appends this as a JSON string (RFC 8259 section 7).
void append_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t number);
/// Appends a JSON array of strings.
void append_strings(std::string& out, const std::vector<std::string>& texts);

}  // namespace base
}  // namespace parley
