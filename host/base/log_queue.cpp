#include "base/log_queue.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

namespace parley::log {
namespace {

// As many lines as fit are written at once. A pipe takes this much whole (PIPE_BUF).
constexpr std::size_t written_at_once = 4'096;

void write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd writable{.fd = fd, .events = POLLOUT, .revents = 0};
      ::ppoll(&writable, 1, nullptr, nullptr);
    } else if (errno != EINTR) {
      return;  // nobody will ever read it
    }
  }
}

}  // namespace

LogQueue::LogQueue(int fd, NoteDropped note, std::size_t limit_bytes)
    : state_(std::make_shared<State>(std::move(note), limit_bytes)) {
  // Signals are for the threads that wait for them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([state = state_, fd] { write_all(*state, fd); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LogQueue::~LogQueue() {
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->changed.notify_all();
}

void LogQueue::put(std::string line) {
  const std::lock_guard lock(state_->mutex);
  const std::size_t bytes = line.size();
  try {
    state_->lines.push_back(std::move(line));
    state_->bytes += bytes;
  } catch (const std::bad_alloc&) {
    ++state_->dropped;
  }
  while (state_->bytes > state_->limit) {
    state_->bytes -= state_->lines.front().size();
    state_->lines.pop_front();
    ++state_->dropped;
  }
  state_->changed.notify_all();
}

void LogQueue::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, patience, [this] { return state_->lines.empty() && !state_->writing; });
}

std::string LogQueue::take(State& state) {
  const auto next = [&] {
    std::string line = std::move(state.lines.front());
    state.lines.pop_front();
    state.bytes -= line.size();
    return line;
  };
  std::string chunk = next();
  try {
    if (state.dropped > 0) {
      chunk.insert(0, state.note(state.dropped));
      state.dropped = 0;
    }
    while (!state.lines.empty() && chunk.size() + state.lines.front().size() <= written_at_once) {
      chunk.reserve(written_at_once);
      chunk += next();
    }
  } catch (const std::bad_alloc&) {
    // The others are written after these.
  }
  return chunk;
}

void LogQueue::write_all(State& state, int fd) {
  std::unique_lock lock(state.mutex);
  for (;;) {
    state.changed.wait(lock, [&] { return state.ending || !state.lines.empty(); });
    if (state.ending) return;
    const std::string chunk = take(state);
    state.writing = true;
    lock.unlock();
    write_whole(fd, chunk);
    lock.lock();
    state.writing = false;
    if (state.lines.empty()) state.changed.notify_all();
  }
}

}  // namespace parley::log
