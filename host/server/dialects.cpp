#include "server/dialects.hpp"

#include <array>

#include "base/header_list.hpp"
#include "base/sim_number.hpp"
#include "dialects/calls.hpp"
#include "dialects/fastapi.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/serverpod.hpp"
#include "dialects/sim.hpp"
#include "http/http.hpp"

namespace parley::server {
namespace {

using dialects::Place;
using MaybePlace = std::optional<Place>;

MaybePlace exactly(std::string_view expected, std::string_view path) {
  return path == expected ? MaybePlace(Place{}) : std::nullopt;
}

MaybePlace sim_at(std::string_view path, std::string_view) {
  if (!path.starts_with('/')) return std::nullopt;
  const auto number = path.substr(1);
  if (!is_sim_number(number)) return std::nullopt;
  return Place{.room = std::string(number), .peer = std::string(number)};
}

MaybePlace fastapi_at(std::string_view path, std::string_view) {
  constexpr std::string_view prefix = "/webrtc/signaling/";
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || path.find('/', slash + 1) != std::string_view::npos)
    return std::nullopt;
  auto room = http::percent_decode(path.substr(0, slash));
  auto peer = http::percent_decode(path.substr(slash + 1));
  if (!room || !peer) return std::nullopt;
  return Place{.room = *std::move(room), .peer = *std::move(peer)};
}

/// `?room=` is ours: its document knows no rooms, and its users can be members of one all the same.
MaybePlace calls_at(std::string_view path, std::string_view query) {
  if (path != "/") return std::nullopt;
  constexpr std::string_view key = "room=";
  while (!query.empty()) {
    const auto item = take_item(query, '&');
    if (!item.starts_with(key)) continue;
    auto room = http::percent_decode(item.substr(key.size()));
    return room ? MaybePlace(Place{.room = *std::move(room)}) : std::nullopt;
  }
  return Place{};
}

struct Entry {
  /// What an address says, if it is one of this protocol's.
  MaybePlace (*place_at)(std::string_view path, std::string_view query) = nullptr;
  dialects::Codec codec{};
};

// The one place that says which path speaks what.
constexpr std::array table{
    Entry{.place_at = [](std::string_view path, std::string_view) { return exactly("/ws", path); },
          .codec = {.dialect = hub::Dialect::parley,
                    .subprotocol = dialects::parley_v1::subprotocol,
                    .decode = [](std::string_view text,
                                 const Place&) { return dialects::parley_v1::decode(text); },
                    .encode = dialects::parley_v1::encode,
                    .needs_pings = false}},
    Entry{.place_at = [](std::string_view path, std::string_view) { return exactly("/webrtc", path); },
          .codec = {.dialect = hub::Dialect::serverpod,
                    .decode = dialects::serverpod::decode,
                    .encode = dialects::serverpod::encode}},
    Entry{.place_at = fastapi_at,
          .codec = {.dialect = hub::Dialect::fastapi,
                    .decode = dialects::fastapi::decode,
                    .encode = dialects::fastapi::encode,
                    .open = dialects::fastapi::open}},
    Entry{.place_at = calls_at,
          .codec = {.dialect = hub::Dialect::calls,
                    .decode = dialects::calls::decode,
                    .encode = dialects::calls::encode,
                    .shared_text = dialects::calls::shared_text}},
    Entry{.place_at = sim_at,
          .codec = {.dialect = hub::Dialect::sim,
                    .decode = dialects::sim::decode,
                    .encode = dialects::sim::encode}},
};

}  // namespace

DialectAt dialect_at(std::string_view path, std::string_view query) {
  for (const Entry& entry : table) {
    if (auto place = entry.place_at(path, query)) return {.codec = &entry.codec, .place = *std::move(place)};
  }
  return {};
}

}  // namespace parley::server
