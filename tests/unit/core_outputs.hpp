#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/output.hpp"
#include "core/time.hpp"

/// Looking at what the core said.
namespace parley {

using Outputs = std::deque<Output>;

/// When a test's clock begins.
inline constexpr Instant start{};

/// All of it so far; none is left.
inline Outputs drain(Outputs& outputs) {
  return std::exchange(outputs, {});
}

template <class Kind>
std::vector<Kind> all(const Outputs& outputs) {
  std::vector<Kind> found;
  for (const Output& output : outputs) {
    if (const auto* kind = std::get_if<Kind>(&output)) found.push_back(*kind);
  }
  return found;
}

template <class Kind>
std::size_t count(const Outputs& outputs) {
  return all<Kind>(outputs).size();
}

/// The only one of its kind; a default one, and a failed test, where there is none or are several.
template <class Kind>
Kind only(const Outputs& outputs) {
  const auto found = all<Kind>(outputs);
  EXPECT_EQ(found.size(), 1U) << "outputs of this kind, where one was expected";
  return found.size() == 1 ? found.front() : Kind{};
}

/// The texts that went out on sockets.
inline std::vector<std::string> sent(const Outputs& outputs) {
  std::vector<std::string> texts;
  for (const auto& send : all<output::SendSocket>(outputs)) texts.push_back(send.text);
  return texts;
}

inline std::string only_sent(const Outputs& outputs) {
  return only<output::SendSocket>(outputs).text;
}

}  // namespace parley
