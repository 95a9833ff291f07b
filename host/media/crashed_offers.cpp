#include "media/crashed_offers.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace parley::media {
namespace {

/// Lines that differ each time though nothing else does (RFC 8866, 8839, 8122, 5576, 8830), by their
/// beginning.
constexpr std::array<std::string_view, 14> made_up{"o=",
                                                   "c=",
                                                   "a=ice-ufrag:",
                                                   "a=ice-pwd:",
                                                   "a=fingerprint:",
                                                   "a=ssrc:",
                                                   "a=ssrc-group:",
                                                   "a=msid:",
                                                   "a=msid-semantic",
                                                   "a=candidate:",
                                                   "a=rtcp:",
                                                   "a=tls-id:",
                                                   "a=identity:",
                                                   "a=end-of-candidates"};

/// Up to and without the end of the line, which in JSON is written "\n".
std::string_view take_line(std::string_view& text) {
  const auto end = std::min({text.find('\n'), text.find("\\n"), text.size()});
  const auto line = text.substr(0, end);
  const bool is_escape = end < text.size() && text[end] == '\\';
  text.remove_prefix(std::min(text.size(), end + (is_escape ? 2 : 1)));
  return line;
}

/// An m-line without its port, of which it matters whether there is one.
void put_media(std::string& shape, std::string_view line) {
  const auto kind = std::min(line.find(' '), line.size());
  const auto port = std::min(line.find(' ', std::min(kind + 1, line.size())), line.size());
  shape += line.substr(0, kind);
  shape += line.substr(kind, port - kind) == " 0" ? " 0" : " 9";
  shape += line.substr(port);
}

std::string shape_of(std::string_view offer) {
  std::string shape;
  shape.reserve(offer.size());
  while (!offer.empty()) {
    const std::string_view line = take_line(offer);
    if (std::ranges::any_of(made_up, [&](std::string_view start) { return line.starts_with(start); }))
      continue;
    if (line.starts_with("m=")) {
      put_media(shape, line);
    } else {
      shape += line;
    }
    shape += '\n';
  }
  return shape;
}

void remember(std::deque<std::uint64_t>& digests, std::uint64_t digest, std::size_t most) {
  if (std::ranges::find(digests, digest) != digests.end()) return;
  if (digests.size() >= most) digests.pop_front();
  digests.push_back(digest);
}

bool has(const std::deque<std::uint64_t>& digests, std::uint64_t digest) {
  return std::ranges::find(digests, digest) != digests.end();
}

}  // namespace

std::uint64_t CrashedOffers::digest(std::string_view text, std::uint64_t before) const {
  std::string whole = std::to_string(seed_) + ' ' + std::to_string(before) + ' ';
  whole += text;
  return std::hash<std::string>{}(whole);
}

CrashedOffers::Digests CrashedOffers::digests_of(std::string_view offer, Digests before) const {
  return {.offer = digest(offer, 0), .shape = digest(shape_of(offer), before.shape)};
}

void CrashedOffers::answered(Digests offer) {
  remember(answered_, offer.shape, max_answered);
}

void CrashedOffers::crashed(Digests offer, bool alone) {
  remember(offers_, offer.offer, max_crashed);
  if (alone && !has(answered_, offer.shape)) remember(shapes_, offer.shape, max_crashed);
}

bool CrashedOffers::refuses(Digests offer) const {
  return has(offers_, offer.offer) || has(shapes_, offer.shape);
}

}  // namespace parley::media
