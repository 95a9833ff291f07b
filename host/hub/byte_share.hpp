#pragma once

#include <cstddef>
#include <utility>

namespace parley::hub {

/// The share of one owner in a sum of bytes. It is subtracted when the owner ends.
class ByteShare {
 public:
  /// Of no sum.
  ByteShare() = default;
  /// `sum` outlives it.
  explicit ByteShare(std::size_t& sum) : sum_(&sum) {}
  ByteShare(ByteShare&& other) noexcept
      : sum_(std::exchange(other.sum_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  ByteShare& operator=(ByteShare&&) = delete;
  ~ByteShare() { set(0); }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void set(std::size_t bytes) {
    if (sum_ != nullptr) *sum_ += bytes - bytes_;  // modulo 2^64, as unsigned integers are
    bytes_ = bytes;
  }

 private:
  std::size_t* sum_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace parley::hub
