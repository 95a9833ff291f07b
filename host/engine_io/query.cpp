#include "engine_io/query.hpp"

#include <algorithm>
#include <optional>

namespace parley::engine_io {
namespace {

/// The first parameter of this name.
std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

}  // namespace

std::variant<Query, Refusal> read_query(std::string_view query) {
  const auto transport = parameter(query, "transport");
  if (transport != "polling" && transport != "websocket") return Refusal::unknown_transport;
  if (parameter(query, "EIO") != "4") return Refusal::unsupported_version;
  return Query{.transport = transport == "polling" ? Transport::polling : Transport::websocket,
               .sid = parameter(query, "sid").value_or("")};
}

bool asks_for_session(std::string_view query) {
  const auto read = read_query(query);
  const auto* fine = std::get_if<Query>(&read);
  return fine != nullptr && fine->sid.empty();
}

}  // namespace parley::engine_io
