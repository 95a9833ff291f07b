#pragma once

#include <functional>
#include <map>
#include <string>

namespace parley {
inline namespace base {

/// Keyed by names that strangers choose. It is ordered, so that no choice of names makes it slow: std::hash
/// has no secret, and whoever knows it can make any number of names that share a bucket. Among 10,000 names
/// this takes 14 comparisons.
template <class Value, class Less = std::less<>>
using NameMap = std::map<std::string, Value, Less>;

}  // namespace base
}  // namespace parley
