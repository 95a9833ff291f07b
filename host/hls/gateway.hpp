#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hls/disk.hpp"
#include "hls/host_pipe.hpp"
#include "hls/loop.hpp"
#include "hls/options.hpp"
#include "hls/pipe.hpp"
#include "hls/publication.hpp"
#include "hls/stream.hpp"
#include "hls/transcoding.hpp"
#include "hls/usage.hpp"

namespace parley::hls {

/// Streams of a host, all or some of them, on one main loop: what the host says of each goes to it by its
/// number, and its publication is there by its SIM number.
class Gateway {
 public:
  /// `over`: the host is gone and all streams have ended.
  Gateway(const Options& options, std::function<void()> over);

  /// Rather than that it does not read any more.
  [[nodiscard]] bool has_outlived_host() const { return pipe_.host_is_gone(); }

 private:
  void take_up(const std::string& sim);
  void hear(pipe::ToGateway message);
  void open(const pipe::Open& open);
  [[nodiscard]] Stream* stream(pipe::Stream number);
  [[nodiscard]] Publication& publication(const std::string& sim);
  void release(const std::string& sim);
  void forget(pipe::Stream number);
  void finish();
  void watch_memory();

  const Options options_;
  const std::function<void()> over_;
  HostPipe pipe_;
  const std::shared_ptr<Usage> usage_;
  Disk disk_;
  Transcoding transcoding_;
  std::map<std::string, Publication> publications_;  // by the SIM number
  std::map<pipe::Stream, std::shared_ptr<Stream>> streams_;
  bool finishing_ = false;
  Timer memory_watch_;
  std::chrono::steady_clock::time_point relief_due_;  // from a stream that was ended for its memory
};

}  // namespace parley::hls
