#include "server/dialects.hpp"

#include <algorithm>
#include <array>

#include "dialects/parley_v1.hpp"

namespace parley::server {
namespace {

// The one place that says which path speaks what.
constexpr std::array<DialectEntry, 1> table{{
    {.path = "/ws",
     .dialect = hub::Dialect::parley,
     .subprotocol = dialects::parley_v1::subprotocol,
     .decode = dialects::parley_v1::decode,
     .encode = dialects::parley_v1::encode},
}};

}  // namespace

const DialectEntry* dialect_at(std::string_view path) {
  const auto* entry = std::ranges::find(table, path, &DialectEntry::path);
  return entry == table.end() ? nullptr : entry;
}

}  // namespace parley::server
