#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace parley::media {

/// A program that this one runs, with a packet socket between them: the child has its end as descriptor 0. It
/// has our standard error, at most one more descriptor and nothing else that is open here, and is in a
/// process group of its own, so that a Ctrl-C meant for us does not reach it. Dies with its owner.
class ChildProcess {
 public:
  /// What it has besides, where it has that.
  static constexpr int shared_descriptor = 3;

  /// Nothing where the system does not start it; errno says why. `shared`: a descriptor that is open here.
  [[nodiscard]] static std::optional<ChildProcess> start(const std::filesystem::path& program,
                                                         const std::vector<std::string>& arguments,
                                                         int shared = -1);
  ChildProcess(ChildProcess&&) = default;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Our end of the socket; non-blocking. Reads the end of file once the child is gone.
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] pid_t id() const { return id_; }
  /// Readable once it has ended; -1 where the system has no such thing (pidfd_open(2)).
  [[nodiscard]] int handle() const { return handle_.get(); }
  [[nodiscard]] bool has_ended() const;
  /// Lets the child read the end of file, after which it ends by itself.
  void ask_to_end();
  /// For this long at most.
  void wait_for_end(std::chrono::milliseconds patience) const;
  /// Returns before it has ended.
  void kill() const;
  /// Ends it, if it has not ended, and says how: "exit 0", "signal 11".
  std::string end();

 private:
  ChildProcess(pid_t id, Descriptor handle, Descriptor socket)
      : id_(id), handle_(std::move(handle)), socket_(std::move(socket)) {}

  pid_t id_;
  Descriptor handle_;  // a pidfd
  Descriptor socket_;  // none once the child has ended, or was moved from here
};

}  // namespace parley::media
