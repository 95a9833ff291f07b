#include "server/dialects.hpp"

#include <algorithm>
#include <array>

#include "dialects/calls.hpp"
#include "dialects/fastapi.hpp"
#include "dialects/parley_v1.hpp"
#include "dialects/serverpod.hpp"
#include "dialects/sim.hpp"
#include "http/http.hpp"
#include "http/routes.hpp"

namespace parley::server {
namespace {

using dialects::RoomAddress;
using http::Endpoint;

/// `?room=` is ours: the document knows no rooms, and its users can be members of one all the same. Nothing
/// where that is malformed.
std::optional<RoomAddress> room_address_of_caller(std::string_view query) {
  auto room = http::query_parameter(query, "room");
  return room ? std::optional(RoomAddress{.room = *std::move(room)}) : std::nullopt;
}

/// What the address says of the room and of who comes.
std::optional<RoomAddress> room_address_of(const http::Match& match, std::string_view query) {
  if (match.route->endpoint == Endpoint::calls) return room_address_of_caller(query);
  auto room = http::percent_decode(match.values[0]);
  auto peer =
      http::percent_decode(match.route->endpoint == Endpoint::sim ? match.values[0] : match.values[1]);
  if (!room || !peer) return std::nullopt;
  return RoomAddress{.room = *std::move(room), .peer = *std::move(peer)};
}

struct Entry {
  Endpoint endpoint{};
  dialects::Codec codec{};
};

constexpr std::array codecs{
    Entry{.endpoint = Endpoint::parley_v1,
          .codec = {.dialect = hub::Dialect::parley,
                    .subprotocol = dialects::parley_v1::subprotocol,
                    .decode = [](std::string_view text,
                                 const RoomAddress&) { return dialects::parley_v1::decode(text); },
                    .encode = dialects::parley_v1::encode,
                    .needs_pings = false}},
    Entry{.endpoint = Endpoint::serverpod,
          .codec = {.dialect = hub::Dialect::serverpod,
                    .decode = dialects::serverpod::decode,
                    .encode = dialects::serverpod::encode}},
    Entry{.endpoint = Endpoint::fastapi,
          .codec = {.dialect = hub::Dialect::fastapi,
                    .decode = dialects::fastapi::decode,
                    .encode = dialects::fastapi::encode,
                    .open = dialects::fastapi::open}},
    Entry{.endpoint = Endpoint::calls,
          .codec = {.dialect = hub::Dialect::calls,
                    .decode = dialects::calls::decode,
                    .encode = dialects::calls::encode,
                    .shared_text = dialects::calls::shared_text}},
    Entry{.endpoint = Endpoint::sim,
          .codec = {.dialect = hub::Dialect::sim,
                    .decode = dialects::sim::decode,
                    .encode = dialects::sim::encode}},
};

}  // namespace

DialectAt dialect_at(std::string_view path, std::string_view query) {
  const auto match = http::find_route(http::Door::web_socket, path);
  if (!match) return {};
  const auto* entry = std::ranges::find(codecs, match->route->endpoint, &Entry::endpoint);
  if (entry == codecs.end()) return {};
  auto address = room_address_of(*match, query);
  return address ? DialectAt{.codec = &entry->codec, .room_address = *std::move(address)} : DialectAt{};
}

}  // namespace parley::server
