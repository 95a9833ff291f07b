#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.hpp"
#include "hls/pipe.hpp"
#include "media/child_process.hpp"
#include "media/packet_outbox.hpp"

namespace parley::media {

/// One process of the media gateway and the host's end of its pipe. A process that ends, does not answer or
/// says what makes no sense is lost: it is killed, and may be started again after a while (Backoff). Never
/// waits: whoever owns it polls what it waits for, and gives it a turn then.
class HlsWorker {
 public:
  using Clock = std::chrono::steady_clock;

  enum class State : unsigned char {
    down,      ///< there is no process
    starting,  ///< it has not said that it is ready
    running,
    ending,  ///< lost, and not gone yet
  };

  struct Setting {
    std::size_t number = 0;  ///< of several; for the log
    std::filesystem::path program;
    std::vector<std::string> arguments;
    int shared = -1;  ///< a descriptor that the process has as well
  };
  struct Events {
    std::function<void(const hls::pipe::ToHost&)> heard;
    /// Nothing comes from it any more; `crashed`: it ended by itself.
    std::function<void(bool crashed)> lost;
    /// After `lost`, once the process is gone and changes no file any more.
    std::function<void()> gone;
  };

  HlsWorker(Setting setting, Events events);

  [[nodiscard]] State state() const { return state_; }
  /// Where it is down: when it may be started.
  [[nodiscard]] Clock::time_point rests_until() const { return deadline_; }
  void start();

  /// What it waits for; the time is when it needs a turn at the latest.
  void put_waits(std::vector<pollfd>& waits) const;
  [[nodiscard]] Clock::time_point needs_turn() const;
  /// Reads what it says, writes what it is told, and looks after its health.
  void take_turn();

  /// 0 where there is none.
  [[nodiscard]] pid_t process() const { return process_ ? process_->id() : 0; }
  /// See hls::memory_of; nothing where it is not running.
  [[nodiscard]] std::optional<std::uint64_t> memory() const;
  /// Is lost, since whoever owns it says so.
  void kill(std::string_view why);

  /// Nothing where it is not running.
  void tell(const hls::pipe::ToGateway& message);
  /// Of one stream's, that wait to be told.
  [[nodiscard]] std::size_t waiting_bytes(hls::pipe::Stream stream) const { return outbox_.bytes_of(stream); }

  // At the end of the host.
  void ask_to_end();
  /// Until then at most; afterwards it is gone.
  void end_until(Clock::time_point deadline);

 private:
  void receive();
  void take(const hls::pipe::ToHost& message);
  void flush();
  void beat();
  void lose(std::string_view why, bool crashed);
  void bury();

  const Setting setting_;
  const Events events_;
  State state_ = State::down;
  std::optional<ChildProcess> process_;
  std::string why_lost_;
  Backoff backoff_;
  Clock::time_point deadline_;     // down: when it may start; starting: to be ready
  Clock::time_point ready_since_;  // where it has been running
  Clock::time_point next_beat_;
  int unanswered_ = 0;  // heartbeats, in a row
  PacketOutbox outbox_;
  std::string packet_;
};

}  // namespace parley::media
