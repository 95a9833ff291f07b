#include "hls/disk.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace parley::hls {

namespace fs = std::filesystem;

namespace {

std::uintmax_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

bool Disk::keep(const fs::path& file) {
  taken_ += size_of(file);
  return taken_ <= bound_;
}

void Disk::remove(const fs::path& file) {
  taken_ -= std::min(taken_, size_of(file));
  std::error_code gone_already;
  fs::remove(file, gone_already);
}

bool write_at_once(const fs::path& file, std::string_view text) {
  fs::path written = file;
  written += ".new";
  std::error_code error;
  {
    std::ofstream out(written, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) {
      fs::remove(written, error);
      return false;
    }
  }
  fs::rename(written, file, error);
  return !error;
}

std::optional<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace parley::hls
