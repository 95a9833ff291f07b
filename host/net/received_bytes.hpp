#pragma once

#include <atomic>
#include <cstddef>

namespace parley::net {

/// What has come of requests and messages that are not whole yet, of all clients together: it costs a client
/// nothing to leave one unfinished. Any thread may have a share in it.
class ReceivedBytes {
 public:
  explicit ReceivedBytes(std::size_t most) : most_(most) {}

  /// One client's part. It ends before the sum does.
  class Share {
   public:
    explicit Share(ReceivedBytes& all) : all_(all) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { set(0); }

    /// So many are this client's now. False where there is no room for them; for as many as a small request has
    /// there always is.
    [[nodiscard]] bool hold(std::size_t bytes) {
      const bool more = bytes > bytes_;
      set(bytes);
      return !more || bytes <= always || all_.sum_.load(std::memory_order_relaxed) <= all_.most_;
    }
    void release() { set(0); }

   private:
    static constexpr std::size_t always = 4'096;

    void set(std::size_t bytes) {
      if (bytes != bytes_) all_.sum_.fetch_add(bytes - bytes_, std::memory_order_relaxed);  // modulo 2^64
      bytes_ = bytes;
    }

    ReceivedBytes& all_;
    std::size_t bytes_ = 0;
  };

 private:
  const std::size_t most_;
  std::atomic<std::size_t> sum_ = 0;
};

}  // namespace parley::net
