#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace parley::fuzz {

[[noreturn]] inline void fail(std::string_view what, std::string_view text) {
  std::cerr << what << ": " << text << '\n';
  std::abort();
}

inline void expect(bool as_it_should_be, std::string_view what, std::string_view text) {
  if (!as_it_should_be) fail(what, text);
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Has a world perform an input line by line; none of these is empty.
template <class World>
void perform_lines(std::string_view input, World&& world) {
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    if (!line.empty()) world.perform(line);
  }
}

}  // namespace parley::fuzz
