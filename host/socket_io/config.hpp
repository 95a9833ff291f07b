#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "engine_io/config.hpp"

namespace parley::socket_io {

/// Every limit of the layer: its default and the reason for it.
struct Limits {
  /// From a session's opening to its first namespace. The reference server's.
  std::chrono::milliseconds connect{45'000};
  /// Of one packet. They wait in memory until the last has come; signaling has none at all.
  std::size_t attachments = 16;
  /// All those of one packet: as much as would fit into one POST.
  std::size_t attachment_bytes = 1'000'000;
};

struct Config {
  engine_io::Config transport{};
  Limits limits{};
  /// Those that clients may connect to.
  std::vector<std::string> namespaces{"/"};
};

}  // namespace parley::socket_io
