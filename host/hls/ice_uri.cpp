#include "hls/ice_uri.hpp"

#include <cctype>
#include <cstdint>

namespace parley::hls {

namespace {

/// Percent-encoded, but for what is unreserved (RFC 3986, section 2.3).
std::string escaped(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (std::isalnum(byte) != 0 || unreserved.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      out.append({'%', hex[byte >> 4U], hex[byte & 0xFU]});
    }
  }
  return out;
}

}  // namespace

std::string ice_uri(std::string_view url, std::string_view username, std::string_view credential) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return {};
  std::string uri(url.substr(0, colon));
  uri.append("://");
  if (!username.empty()) uri.append(escaped(username)).append(":").append(escaped(credential)).append("@");
  return uri.append(url.substr(colon + 1));
}

}  // namespace parley::hls
