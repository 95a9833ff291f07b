#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <variant>
#include <vector>

#include "base/address_range.hpp"
#include "base/log.hpp"

namespace parley::hls {

struct Options {
  std::filesystem::path out;
  bool temporary = false;                    ///< the folder is of no use once the host is gone
  std::chrono::milliseconds segment{1'000};  ///< a player is some segments behind
  std::size_t window = 6;          ///< three times the target duration of 2 s (RFC 8216, section 6.2.2)
  std::size_t max_transcoded = 2;  ///< each takes a good part of a core
  std::uintmax_t disk_bytes = std::uintmax_t{1'024} << 20U;  ///< hundreds of streams, at some MiB each
  std::chrono::milliseconds grace{10'000};  ///< a phone that changes its network is back within this
  /// SIM's document knows no other way to begin anew than to leave and to join; it takes a moment.
  std::chrono::milliseconds rejoining{2'000};
  std::chrono::milliseconds kept_after_end{
      60'000};                                   ///< a window, and all that a player with bad luck buffers
  std::vector<AddressRange> allowed_candidates;  ///< whatever CandidateFilter says of them
  /// Of several that share what the host counts (Usage), by their descriptor 3; nothing where it is alone.
  std::optional<std::size_t> worker;
  /// 16 streams are some 50 MiB, two tracks of 1080p that are transcoded 100 each.
  std::uintmax_t memory_bytes = std::uintmax_t{512} << 20U;
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
};

/// The program ends with this code: after --help, or since something is wrong.
struct Exit {
  int code = 0;
};

[[nodiscard]] std::variant<Options, Exit> read_options(int argc, char** argv);

}  // namespace parley::hls
