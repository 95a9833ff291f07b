#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace parley::log {

/// Lines on their way to a file descriptor. One thread writes them and waits for whoever reads; nobody else
/// does. Past the limit the oldest are dropped and counted, since the newest say what goes on now; so are
/// those for which there is no memory.
///
/// spdlog's asynchronous logger drops the same way, but waits at the end until all is written: a reader that
/// has stopped would keep the program from ending.
class LogQueue {
 public:
  /// Some 10,000 lines, a second of the busiest host.
  static constexpr std::size_t default_limit = std::size_t{1024} * 1024;

  /// `note(count)` makes the line that stands in the place of those that were dropped.
  using NoteDropped = std::function<std::string(std::uint64_t count)>;

  LogQueue(int fd, NoteDropped note, std::size_t limit_bytes = default_limit);
  /// Gives up on what is not written by now.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  /// Takes a line with its end.
  void put(std::string line);
  /// Waits until all is written, for this long at most.
  void flush(std::chrono::milliseconds patience);

 private:
  /// Outlives the queue where its thread does: one that waits for a reader cannot be joined.
  struct State {
    State(NoteDropped note_, std::size_t limit_) : note(std::move(note_)), limit(limit_) {}

    const NoteDropped note;
    const std::size_t limit;
    std::mutex mutex{};
    std::condition_variable changed{};
    std::deque<std::string> lines{};
    std::size_t bytes = 0;
    std::uint64_t dropped = 0;
    bool writing = false;
    bool ending = false;
  };

  static void write_all(State& state, int fd);
  /// The next lines to be written at once. Needs no memory but to join them.
  [[nodiscard]] static std::string take(State& state);

  const std::shared_ptr<State> state_;
};

}  // namespace parley::log
