#include "hls/disk.hpp"

#include <algorithm>
#include <cerrno>
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
  return take(size_of(file));
}

void Disk::remove(const fs::path& file) {
  give_back(size_of(file));
  std::error_code gone_already;
  fs::remove(file, gone_already);
}

bool Disk::take(std::uintmax_t bytes) {
  taken_ += bytes;
  if (usage_) usage_->add(&Usage::Row::disk_bytes, bytes);
  const bool whole_has_it = whole_ == nullptr || whole_->take(bytes);
  const bool others_left_it = !usage_ || usage_->of_all(&Usage::Row::disk_bytes) <= bound_;
  return whole_has_it && others_left_it && taken_ <= bound_;
}

void Disk::give_back(std::uintmax_t bytes) {
  const auto given = std::min(taken_, bytes);
  taken_ -= given;
  if (usage_) usage_->remove(&Usage::Row::disk_bytes, given);
  if (whole_ != nullptr) whole_->give_back(bytes);
}

bool is_disk_full(const std::error_code& error) {
  return error == std::errc::no_space_on_device || error.value() == EDQUOT;
}

std::error_code write_at_once(const fs::path& file, std::string_view text) {
  const fs::path written = file.string() + ".new";
  errno = 0;
  std::ofstream out(written, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  std::error_code wrong;
  if (!out) {
    wrong.assign(errno == 0 ? EIO : errno, std::generic_category());
  } else {
    fs::rename(written, file, wrong);
  }
  std::error_code gone_already;
  if (wrong) fs::remove(written, gone_already);
  return wrong;
}

}  // namespace parley::hls
