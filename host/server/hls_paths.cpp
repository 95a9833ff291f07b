#include "server/hls_paths.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/base64.hpp"

namespace parley::server {

std::string HlsPaths::signed_text(std::string_view end, std::string_view sim) {
  return std::string(end).append("/").append(sim);
}

std::string HlsPaths::sign(std::string_view sim, std::string_view file, hub::Instant ends,
                           hub::Instant now) const {
  const auto until = std::min(ends, now + longest) - started_;
  const std::string end = std::to_string(std::chrono::floor<std::chrono::seconds>(until).count());
  const std::string signature = base64url_encode(key_.sign(signed_text(end, sim)));
  return "/hls/" + end + '.' + signature + '/' + std::string(sim) + '/' + std::string(file);
}

bool HlsPaths::allows(std::string_view pass, std::string_view sim, hub::Instant now) const {
  const std::size_t dot = pass.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view end = pass.substr(0, dot);
  const auto signature = base64url_decode(pass.substr(dot + 1));
  if (!key_.verify(signed_text(end, sim), signature.value_or(""))) return false;
  std::int64_t seconds = 0;
  const auto read = std::from_chars(end.data(), end.data() + end.size(), seconds);
  return read.ec == std::errc() && now < started_ + std::chrono::seconds(seconds);
}

}  // namespace parley::server
