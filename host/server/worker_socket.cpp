#include "server/worker_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>

namespace parley::server::worker_socket {
namespace {

// A silent client is found after this many waits in a row; the first of them makes a worker an idle one.
constexpr int waits_until_lost = 4;

// The kernel otherwise takes up to 4 MiB for a client that does not read, and for some hundreds of them all
// that it has for TCP. What it does not take waits where it is shared, or where it has a limit.
constexpr int unsent_in_kernel_bytes = 16'384;

struct Record {
  int stop = -1;  // -1: not one of Civetweb's threads
  int fd = -1;
  FrameGuard* guard = nullptr;  // null: HTTP
  bool lost = false;
  bool unread = false;         // HTTP: what the client still sends is not read
  std::uint8_t line_ends = 0;  // how far into the empty line that ends a request's headers
};

// Constant-initialised, so that `recv` and `poll` cost other threads one comparison.
constinit thread_local Record record;

/// How many bytes there are up to and with the end of the headers, which is an empty line. Civetweb takes a
/// bare \n for a line's end, too.
std::size_t up_to_header_end(std::span<const std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n') {
      if (record.line_ends == 1) {
        record.line_ends = 0;
        return i + 1;
      }
      record.line_ends = 1;
    } else if (bytes[i] != '\r') {
      record.line_ends = 0;
    }
  }
  return bytes.size();
}

ssize_t end_of_connection() {
  errno = ECONNRESET;
  return -1;
}

ssize_t receive_http(int fd, void* buffer, std::size_t size, int flags) {
  if (record.unread) return end_of_connection();
  record.fd = fd;
  const ssize_t waiting = ::recvfrom(fd, buffer, size, flags | MSG_PEEK, nullptr, nullptr);
  if (waiting <= 0) return waiting;
  const std::span bytes(static_cast<const std::uint8_t*>(buffer), static_cast<std::size_t>(waiting));
  return ::recvfrom(fd, buffer, up_to_header_end(bytes), flags, nullptr, nullptr);
}

/// The lowest address of this thread's stack; null where that cannot be known.
char* stack_bottom() {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return nullptr;
  void* bottom = nullptr;
  std::size_t size = 0;
  const int failed = ::pthread_attr_getstack(&attributes, &bottom, &size);
  ::pthread_attr_destroy(&attributes);
  return failed == 0 ? static_cast<char*>(bottom) : nullptr;
}

/// Gives the pages below this frame back, which deeper calls have touched and will not need while nothing
/// comes.
void release_unused_stack() {
  static thread_local char* const bottom = stack_bottom();
  if (bottom == nullptr) return;
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto below = static_cast<std::size_t>(static_cast<char*>(__builtin_frame_address(0)) - bottom);
  // Directly below a frame there may be something (the red zone, a signal's frame), so one page more stays.
  if (const std::size_t pages = below / page; pages > 1) ::madvise(bottom, (pages - 1) * page, MADV_DONTNEED);
}

ssize_t receive_websocket(int fd, void* buffer, std::size_t size) {
  for (int waits = 0; !record.guard->violation();) {
    const ssize_t received = ::recvfrom(fd, buffer, size, 0, nullptr, nullptr);
    if (received > 0) {
      const std::size_t fine = record.guard->admit(
          std::span(static_cast<std::uint8_t*>(buffer), static_cast<std::size_t>(received)),
          std::chrono::steady_clock::now());
      if (fine > 0) return static_cast<ssize_t>(fine);
    } else if (received == 0) {
      record.lost = true;
      return 0;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (++waits == waits_until_lost) {
        record.lost = true;
        return end_of_connection();
      }
      if (waits == 1) release_unused_stack();
    } else if (errno != EINTR) {
      record.lost = true;
      return -1;
    }
  }
  return end_of_connection();
}

/// What `poll` is to everyone else. `ppoll` is another symbol, so that this does not come back to us.
int plain_poll(std::span<pollfd> polled, std::int64_t timeout_ms) {
  timespec timeout{};
  timeout.tv_sec = timeout_ms / 1000;
  timeout.tv_nsec = timeout_ms % 1000 * 1'000'000;
  return ::ppoll(polled.data(), polled.size(), timeout_ms < 0 ? nullptr : &timeout, nullptr);
}

int wait_also_for_stop(std::span<pollfd> polled, int timeout_ms) {
  constexpr std::size_t most = 64;
  std::array<pollfd, most + 1> all{};
  if (polled.size() > most) return -1;
  std::ranges::copy(polled, all.begin());
  all[polled.size()] = {.fd = record.stop, .events = POLLIN, .revents = 0};

  int ready = plain_poll(std::span(all).first(polled.size() + 1), timeout_ms);
  std::copy_n(all.begin(), polled.size(), polled.begin());
  if (ready > 0 && all[polled.size()].revents != 0) --ready;
  return ready;
}

}  // namespace

void adopt_thread(int stop) {
  record = Record{.stop = stop};
}

void begin() {
  adopt_thread(record.stop);
}

int descriptor() {
  return record.fd;
}

void upgrade(FrameGuard& guard, std::chrono::milliseconds silence) {
  record.guard = &guard;
  // Civetweb's sockets do not block; ours does in recv, while the Outbox asks for MSG_DONTWAIT each time.
  ::fcntl(record.fd, F_SETFL, ::fcntl(record.fd, F_GETFL) & ~O_NONBLOCK);
  const auto wait = std::chrono::microseconds(silence) / waits_until_lost;
  timeval timeout{};
  timeout.tv_sec = static_cast<time_t>(wait.count() / 1'000'000);
  timeout.tv_usec = static_cast<suseconds_t>(wait.count() % 1'000'000);
  ::setsockopt(record.fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(record.fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_in_kernel_bytes,
               sizeof unsent_in_kernel_bytes);
  release_unused_stack();  // the handshake went deeper than most messages will
}

bool lost() {
  return record.lost;
}

bool has_ended() {
  char next = 0;
  const ssize_t waiting = ::recvfrom(record.fd, &next, 1, MSG_PEEK | MSG_DONTWAIT, nullptr, nullptr);
  return waiting == 0 || (waiting < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void stop_reading() {
  record.unread = true;
  std::array<char, 16'384> unused{};
  constexpr int most_reads = 16;
  for (int reads = 0; reads < most_reads; ++reads) {
    if (::recvfrom(record.fd, unused.data(), unused.size(), MSG_DONTWAIT, nullptr, nullptr) <= 0) return;
  }
}

void say_end_and_discard(std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  ::shutdown(record.fd, SHUT_WR);
  const auto deadline = Clock::now() + patience;
  std::array<char, 16'384> unused{};
  for (auto now = Clock::now(); now < deadline; now = Clock::now()) {
    pollfd readable{.fd = record.fd, .events = POLLIN, .revents = 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
    if (plain_poll({&readable, 1}, left.count()) <= 0) continue;
    const ssize_t dropped =
        ::recvfrom(record.fd, unused.data(), unused.size(), MSG_DONTWAIT, nullptr, nullptr);
    if (dropped == 0 || (dropped < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

void end() {
  record.guard = nullptr;
  record.fd = -1;
}

}  // namespace parley::server::worker_socket

// The interposed functions. They are the C library's in all but the threads above.

extern "C" ssize_t recv(int fd, void* buffer, std::size_t size, int flags) {
  using namespace parley::server::worker_socket;
  if (record.stop < 0) return ::recvfrom(fd, buffer, size, flags, nullptr, nullptr);
  return record.guard != nullptr ? receive_websocket(fd, buffer, size)
                                 : receive_http(fd, buffer, size, flags);
}

extern "C" int poll(pollfd* fds, nfds_t count, int timeout_ms) {
  using namespace parley::server::worker_socket;
  const std::span polled(fds, count);
  if (record.stop < 0) return plain_poll(polled, timeout_ms);
  if (record.guard == nullptr && !record.unread) return wait_also_for_stop(polled, timeout_ms);
  for (pollfd& each : polled) each.revents = POLLIN;  // recv waits for a WebSocket, and ends what is unread
  return static_cast<int>(count);
}
