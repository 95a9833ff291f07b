#include "http/web_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/header_list.hpp"

namespace parley::http {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix_of(Coding coding) {
  switch (coding) {
    case Coding::brotli:
      return ".br";
    case Coding::gzip:
      return ".gz";
    case Coding::identity:
      return "";
  }
  return "";
}

/// FNV-1a, 64 bits. It tells versions of one file apart, together with their size; it need not resist anyone.
std::string content_hash(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back(hex[hash >> shift & 0xF]);
  return out;
}

bool is_upper_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_hex_digit(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
}

/// Cache-Control: what names its content may be kept for good; all else is asked for again each time, which
/// costs a 304.
std::string_view caching_of(std::string_view path) {
  return names_its_content(path) ? "public, max-age=31536000, immutable" : "no-cache";
}

}  // namespace

WebFiles::WebFiles(const fs::path& root) : root_(fs::canonical(root)) {}

std::optional<HttpResponse> WebFiles::get(std::string_view path, const HttpRequest& request) {
  // Best wanted first; among equals the smallest, which is the order of `codings`.
  std::array wanted = codings;
  std::ranges::stable_sort(wanted, std::ranges::greater{},
                           [&](Coding coding) { return preference(request.accept_encoding, coding); });
  const std::string name(path);
  // The compressed siblings have no address of their own.
  if (path.ends_with(".br") || path.ends_with(".gz") || !load(name)) return std::nullopt;
  for (const Coding coding : wanted) {
    if (coding != Coding::identity && preference(request.accept_encoding, coding) == 0) continue;
    const auto file = load(name + std::string(suffix_of(coding)));
    if (!file) continue;
    HttpResponse response{.status = 200,
                          .headers = {{"Content-Type", std::string(media_type(path))},
                                      {"ETag", file->etag},
                                      {"Cache-Control", std::string(caching_of(path))},
                                      {"Vary", "Accept-Encoding"}},
                          .body = file->bytes};
    if (coding != Coding::identity) response.headers.emplace_back("Content-Encoding", name_of(coding));
    if (lists_etag(request.if_none_match, file->etag)) {
      response.status = 304;
      response.body = nullptr;
    }
    return response;
  }
  return std::nullopt;
}

std::optional<fs::path> WebFiles::inside_root(const std::string& path) const {
  std::error_code error;
  auto real = fs::canonical(root_ / path, error);
  if (error) return std::nullopt;
  const auto diverges = std::ranges::mismatch(root_, real).in1;
  if (diverges != root_.end() || !fs::is_regular_file(real, error)) return std::nullopt;
  return real;
}

std::shared_ptr<const WebFiles::Representation> WebFiles::load(const std::string& path) {
  const auto real = inside_root(path);
  std::error_code error;
  const auto changed = real ? fs::last_write_time(*real, error) : fs::file_time_type{};
  const auto size = real && !error ? fs::file_size(*real, error) : 0;
  if (!real || error) return nullptr;
  // Also while it is read: many who ask for a new file at once get the same bytes.
  const std::lock_guard lock(mutex_);
  const auto known = loaded_.find(*real);
  if (known != loaded_.end() && known->second->changed == changed && known->second->size == size)
    return known->second;
  std::ifstream file(*real, std::ios::binary);
  if (!file) return nullptr;
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto etag = '"' + content_hash(bytes) + '-' + std::to_string(bytes.size()) + '"';
  auto representation = std::make_shared<const Representation>(
      Representation{.changed = changed,
                     .size = size,
                     .bytes = std::make_shared<const std::string>(std::move(bytes)),
                     .etag = std::move(etag)});
  return loaded_.insert_or_assign(*real, std::move(representation)).first->second;
}

std::string_view media_type(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 19> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".mp3", "audio/mpeg"},
      {".ogg", "audio/ogg"},
      {".md", "text/markdown; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".ts", "text/plain; charset=utf-8"},  // the module's type declarations
  }};
  const auto* found =
      std::ranges::find_if(types, [path](const auto& type) { return path.ends_with(type.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

bool names_its_content(std::string_view path) {
  constexpr std::size_t least = 8;
  path = path.substr(path.rfind('/') + 1);
  const auto extension = path.rfind('.');
  if (extension == std::string_view::npos) return false;
  path = path.substr(0, extension);
  const auto separator = path.find_last_of(".-");
  if (separator == std::string_view::npos || separator == 0) return false;
  const auto hash = path.substr(separator + 1);
  return hash.size() >= least &&
         (std::ranges::all_of(hash, is_upper_or_digit) || std::ranges::all_of(hash, is_hex_digit));
}

bool lists_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    auto item = take_item(if_none_match, ',');
    if (item == "*") return true;
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

}  // namespace parley::http
