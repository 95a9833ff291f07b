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
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, kNone)) {}
  Socket& operator=(Socket&& other) noexcept {
    if (this != &other) {
      close();
      descriptor_ = std::exchange(other.descriptor_, kNone);
    }
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }

  void close() {
    if (descriptor_ != kNone) ::close(std::exchange(descriptor_, kNone));
  }

 private:
  static constexpr int kNone = -1;
  int descriptor_ = kNone;
};

}  // namespace parley::bench
