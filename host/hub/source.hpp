#pragma once

#include <string>

namespace parley::hub {

/// Where a client connects from, as the server understands addresses.
struct Source {
  std::string key{};  ///< the same for all whose address is one; empty where there is none to be counted
  bool local = true;  ///< this machine or its network: a proxy there may stand for many
};

}  // namespace parley::hub
