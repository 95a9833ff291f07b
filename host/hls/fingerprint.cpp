#include "hls/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "hls/sdp_section.hpp"

namespace parley::hls {

namespace {

struct Known {
  std::string_view name;
  std::size_t bytes;
};

/// In the order of `HashFunction`.
constexpr std::array<Known, 5> known{
    {{"sha-1", 20}, {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}}};

bool same_name(std::string_view text, std::string_view name) {
  return std::ranges::equal(text, name,
                            [](unsigned char a, char b) { return std::tolower(a) == static_cast<int>(b); });
}

bool is_digest(std::string_view text, std::size_t bytes) {
  constexpr std::size_t width = 3;  // of "AB:"
  if (text.size() != bytes * width - 1) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool right =
        i % width == 2 ? text[i] == ':' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!right) return false;
  }
  return true;
}

/// Of "sha-256 AB:CD:…". The names of functions and the digits may be of either case.
std::optional<Fingerprint> parse(std::string_view value) {
  const std::size_t blank = std::min(value.find(' '), value.size());
  const std::string_view name = value.substr(0, blank);
  std::string_view digest = value.substr(std::min(blank + 1, value.size()));
  while (digest.ends_with(' ')) digest.remove_suffix(1);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!same_name(name, known.at(i).name) || !is_digest(digest, known.at(i).bytes)) continue;
    Fingerprint fingerprint{.function = static_cast<HashFunction>(i), .digest = std::string(digest)};
    std::ranges::transform(fingerprint.digest, fingerprint.digest.begin(),
                           [](unsigned char c) { return std::toupper(c); });
    return fingerprint;
  }
  return std::nullopt;
}

/// The attributes of the session or of an m-line.
struct Described {
  std::vector<Fingerprint> fingerprints;
  bool has_any = false;
  bool has_others = false;
};

Described described_by(const SdpSection& section) {
  Described described;
  for (const std::string_view value : section.values("a=fingerprint:")) {
    described.has_any = true;
    if (auto found = parse(value)) {
      described.fingerprints.push_back(*std::move(found));
    } else {
      described.has_others = true;
    }
  }
  return described;
}

}  // namespace

std::string_view name_of(HashFunction function) {
  return known.at(static_cast<std::size_t>(function)).name;
}

Fingerprints::Fingerprints(std::string_view sdp) {
  const auto sections = sections_of(sdp);
  const Described session = described_by(sections.front());
  for (std::size_t i = 1; i < sections.size(); ++i) {
    const Described own = described_by(sections[i]);
    const Described& section = own.has_any ? own : session;
    names_others_ = names_others_ || section.has_others;
    const auto strongest = std::ranges::max_element(section.fingerprints, {},
                                                    [](const Fingerprint& each) { return each.function; });
    for (const Fingerprint& each : section.fingerprints) {
      const bool is_new = std::ranges::find(fingerprints_, each) == fingerprints_.end();
      if (each.function == strongest->function && is_new) fingerprints_.push_back(each);
    }
  }
}

std::optional<std::string> Fingerprints::fault() const {
  if (!fingerprints_.empty()) return std::nullopt;
  if (names_others_)
    return "its certificate fingerprints are of no hash function that this host trusts; use sha-256";
  return "it names no certificate fingerprint (a=fingerprint)";
}

bool Fingerprints::match(const Digest& digest) const {
  return std::ranges::any_of(fingerprints_,
                             [&](const Fingerprint& each) { return each.digest == digest(each.function); });
}

}  // namespace parley::hls
