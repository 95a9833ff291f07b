#pragma once

#include <unistd.h>

#include <utility>

namespace parley::bench {

/// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, none)) {}
  Socket& operator=(Socket&& other) noexcept {
    if (this != &other) {
      close();
      descriptor_ = std::exchange(other.descriptor_, none);
    }
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }

  void close() {
    if (descriptor_ != none) ::close(std::exchange(descriptor_, none));
  }

 private:
  static constexpr int none = -1;
  int descriptor_ = none;
};

}  // namespace parley::bench
