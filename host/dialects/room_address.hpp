#pragma once

#include <string>

namespace parley::dialects {

/// What the address that a client connected to says of it, in the dialects where it says something. Decoded,
/// and not checked: names are the hub's to judge.
struct RoomAddress {
  std::string room{};
  std::string peer{};
};

}  // namespace parley::dialects
