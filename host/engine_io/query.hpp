#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "engine_io/refusal.hpp"

namespace parley::engine_io {

enum class Transport : std::uint8_t { polling, websocket };

/// What a request's query says, where it is fine.
struct Query {
  Transport transport = Transport::polling;
  std::string_view sid{};  ///< empty: a new session is asked for
};

/// Of "EIO=4&transport=polling&sid=…". Unknown parameters are ignored (clients add `t` against caches), and
/// nothing is percent-decoded: nothing in these three ever needs to be encoded.
[[nodiscard]] std::variant<Query, Refusal> read_query(std::string_view query);
/// Whether it asks for a new session.
[[nodiscard]] bool asks_for_session(std::string_view query);

}  // namespace parley::engine_io
