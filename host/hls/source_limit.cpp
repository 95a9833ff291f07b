#include "hls/source_limit.hpp"

#include <algorithm>
#include <utility>

namespace parley::hls {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t word = 4;

std::uint32_t number_at(Bytes bytes, std::size_t at) {
  return (std::uint32_t{bytes[at]} << 24U) | (std::uint32_t{bytes[at + 1]} << 16U) |
         (std::uint32_t{bytes[at + 2]} << 8U) | std::uint32_t{bytes[at + 3]};
}

bool is_version_2(Bytes bytes) {
  return !bytes.empty() && bytes[0] >> 6U == 2;
}

/// The five bits that count what a packet has.
std::size_t count_in(Bytes packet) {
  return packet[0] & 0x1FU;
}

enum class RtcpType : std::uint8_t { source_description = 202 };

/// The chunks of a source description: an SSRC, and items up to a zero, filled up to a whole word.
bool describe(Bytes packet, std::vector<Ssrc>& sources) {
  std::size_t at = word;
  for (std::size_t chunk = 0; chunk < count_in(packet); ++chunk) {
    if (at + word > packet.size()) return false;
    sources.push_back(number_at(packet, at));
    at += word;
    while (at < packet.size() && packet[at] != 0) {
      if (at + 1 >= packet.size()) return false;
      at += std::size_t{2} + packet[at + 1];
    }
    if (at >= packet.size()) return false;
    at = (at / word + 1) * word;
  }
  return true;
}

}  // namespace

bool is_rtcp(Bytes packet) {
  constexpr std::uint8_t least = 192;
  constexpr std::uint8_t most = 223;
  return packet.size() > 1 && packet[1] >= least && packet[1] <= most;
}

std::vector<Ssrc> sources_of_rtp(Bytes packet) {
  constexpr std::size_t before_contributors = 12;
  constexpr std::size_t ssrc = 8;
  if (packet.size() < before_contributors || !is_version_2(packet)) return {};
  const std::size_t contributors = packet[0] & 0x0FU;
  if (packet.size() < before_contributors + contributors * word) return {};
  std::vector<Ssrc> sources{number_at(packet, ssrc)};
  for (std::size_t i = 0; i < contributors; ++i)
    sources.push_back(number_at(packet, before_contributors + i * word));
  return sources;
}

std::vector<Ssrc> sender_of_rtcp(Bytes packet) {
  if (packet.size() < 2 * word || !is_version_2(packet) || !is_rtcp(packet)) return {};
  return {number_at(packet, word)};
}

std::vector<Ssrc> sources_of_rtcp(Bytes compound) {
  std::vector<Ssrc> sources;
  while (!compound.empty()) {
    if (compound.size() < word || !is_version_2(compound) || !is_rtcp(compound)) return {};
    const std::size_t size = (((std::size_t{compound[2]} << 8U) | compound[3]) + 1) * word;
    if (size > compound.size()) return {};
    const Bytes packet = compound.first(size);
    compound = compound.subspan(size);
    if (packet[1] == static_cast<std::uint8_t>(RtcpType::source_description)) {
      if (!describe(packet, sources)) return {};
    } else if (packet.size() >= 2 * word) {
      // Of whom it reports, and who leaves with it, is nobody new to GStreamer.
      sources.push_back(number_at(packet, word));
    }
  }
  return sources;
}

void SourceLimit::begin(std::size_t lines, std::set<Ssrc> named) {
  named_ = std::move(named);
  std::erase_if(others_, [&](Ssrc ssrc) { return named_.contains(ssrc); });
  most_others_ = std::min(others_.size() + std::max<std::size_t>(lines, 1) * sources_per_line, most_sources);
}

bool SourceLimit::admit(std::span<const Ssrc> sources) {
  std::set<Ssrc> fresh;
  for (const Ssrc ssrc : sources) {
    if (!named_.contains(ssrc) && !others_.contains(ssrc)) fresh.insert(ssrc);
  }
  if (others_.size() + fresh.size() > most_others_) return false;
  others_.merge(fresh);
  return true;
}

}  // namespace parley::hls
