#pragma once

#include <glib.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "hls/pipe.hpp"

namespace parley::hls {

/// The gateway's end of the pipe with its host, on the main loop.
class HostPipe {
 public:
  struct Events {
    std::function<void(pipe::ToGateway)> message;
    /// The host is gone, or wants the gateway to go.
    std::function<void()> ended;
  };

  explicit HostPipe(Events events);
  ~HostPipe();
  HostPipe(const HostPipe&) = delete;
  HostPipe& operator=(const HostPipe&) = delete;

  /// Never blocks: what the host does not take at once waits. A host that takes nothing for thousands of
  /// messages is gone.
  void send(const pipe::ToHost& message);
  /// Has closed its end, and not only been given up.
  [[nodiscard]] bool host_is_gone() const { return gone_; }

 private:
  void read();
  void write();
  [[nodiscard]] bool write_one(const std::string& packet);
  void end();

  const Events events_;
  std::vector<char> buffer_;
  std::deque<std::string> waiting_;
  guint readable_ = 0;
  guint writable_ = 0;
  bool ended_ = false;
  bool gone_ = false;
};

}  // namespace parley::hls
