// The least relay that epoll can be: no HTTP beyond RFC 6455's handshake, no JSON, no rooms, no limits. One
// event loop a processor. The first message of a connection names its pair; all others go to the other one as
// they are.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

constexpr std::uint8_t final_text = 0x81;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::size_t short_length = 125;  // RFC 6455 section 5.2: longer ones say so and have two bytes more
constexpr std::uint8_t sixteen_bits = 126;
constexpr std::size_t mask_bytes = 4;
constexpr std::size_t read_buffer = 262'144;
constexpr int events_at_once = 256;
constexpr int backlog = 1024;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// A descriptor stays open until both loops have seen its pair end, so that no loop writes to one that is
/// somebody else's by then.
class Pair {
 public:
  ~Pair() {
    for (const auto& end : ends_) {
      if (end >= 0) close(end);
    }
  }
  void set(std::size_t side, int descriptor) { ends_.at(side) = descriptor; }
  [[nodiscard]] int end(std::size_t side) const { return ends_.at(side); }
  /// The other loop hears of it as the end of its connection.
  void hang_up() {
    for (const auto& end : ends_) {
      if (end >= 0) shutdown(end, SHUT_RDWR);
    }
  }

 private:
  std::array<std::atomic<int>, 2> ends_{-1, -1};
};

/// Brings the two connections that name the same pair together.
class Pairs {
 public:
  /// The pair, and which side of it this is.
  std::pair<std::shared_ptr<Pair>, std::size_t> join(const std::string& name, int descriptor) {
    const std::lock_guard lock(mutex_);
    const auto [waiting, is_first] = waiting_.try_emplace(name);
    if (is_first) waiting->second = std::make_shared<Pair>();
    const std::size_t side = is_first ? 0 : 1;
    const auto pair = waiting->second;
    pair->set(side, descriptor);
    if (!is_first) waiting_.erase(waiting);
    return {pair, side};
  }

  void forget(const std::shared_ptr<Pair>& pair) {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second == pair; });
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pair>> waiting_;
};

struct Connection {
  explicit Connection(int fd) : descriptor(fd) {}

  int descriptor;
  bool upgraded = false;
  std::shared_ptr<Pair> pair;
  std::size_t side = 0;
  std::string unread;  ///< the beginning of a request or a frame whose rest is still to come
};

/// RFC 6455 section 4.2.2, or nothing where this is no request for a WebSocket.
std::optional<std::string> handshake(std::string_view request) {
  constexpr std::string_view field = "\r\nSec-WebSocket-Key: ";
  const std::size_t at = request.find(field);
  if (!request.starts_with("GET ") || at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = request.substr(at + field.size());
  const std::string key =
      std::string(rest.substr(0, rest.find('\r'))) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> accept{};
  const int length = EVP_EncodeBlock(accept.data(), digest.data(), static_cast<int>(size));
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: " +
         std::string(reinterpret_cast<const char*>(accept.data()), static_cast<std::size_t>(length)) +
         "\r\n\r\n";
}

void unmask(std::span<char> payload, std::array<char, mask_bytes> mask) {
  std::array<char, 2 * mask_bytes> twice{};
  std::ranges::copy(mask, twice.begin());
  std::ranges::copy(mask, twice.begin() + mask_bytes);
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);
  std::size_t at = 0;
  for (; at + sizeof wide <= payload.size(); at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, &payload[at], sizeof word);
    word ^= wide;
    std::memcpy(&payload[at], &word, sizeof word);
  }
  for (; at < payload.size(); ++at) payload[at] = static_cast<char>(payload[at] ^ mask.at(at % mask_bytes));
}

/// Everything at once or nothing more: who does not read has no place in this.
bool write_all(int descriptor, std::span<const char> bytes) {
  const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

/// One thread's connections. Who is paired with one of another loop is written to from here all the same.
class Loop {
 public:
  Loop(int listener, Pairs& pairs)
      : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")), listener_(listener), pairs_(pairs) {
    watch(listener_, &listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, events_at_once> events{};
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), events_at_once, -1);
      for (int at = 0; at < ready; ++at) {
        void* const who = events.at(static_cast<std::size_t>(at)).data.ptr;
        if (who == &listener_) {
          accept_all();
        } else if (auto* connection = static_cast<Connection*>(who); !receive(*connection)) {
          end(connection);
        }
      }
    }
  }

 private:
  void watch(int descriptor, void* who) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = who;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
  }

  void accept_all() {
    for (;;) {
      const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int on = 1;
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(descriptor, std::make_unique<Connection>(descriptor).release());
    }
  }

  void end(Connection* connection) {
    const std::unique_ptr<Connection> ended(connection);
    epoll_ctl(epoll_, EPOLL_CTL_DEL, ended->descriptor, nullptr);
    if (!ended->pair) {
      close(ended->descriptor);
      return;
    }
    pairs_.forget(ended->pair);
    ended->pair->hang_up();
  }

  /// Says whether the connection goes on.
  bool receive(Connection& connection) {
    const std::size_t kept = connection.unread.size();
    std::ranges::copy(connection.unread, buffer_.begin());
    const ssize_t count = recv(connection.descriptor, &buffer_[kept], buffer_.size() - kept, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (count <= 0) return false;
    std::span<char> bytes(buffer_.data(), kept + static_cast<std::size_t>(count));
    while (!bytes.empty()) {
      const std::optional<std::size_t> used =
          connection.upgraded ? relay(connection, bytes) : upgrade(connection, bytes);
      if (!used) return false;
      if (*used == 0) break;
      bytes = bytes.subspan(*used);
    }
    connection.unread.assign(bytes.data(), bytes.size());
    return true;
  }

  /// How many bytes were used: 0 where more must come first, nothing where the connection ends.
  static std::optional<std::size_t> upgrade(Connection& connection, std::span<char> bytes) {
    const std::string_view text(bytes.data(), bytes.size());
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    const auto answer = handshake(text.substr(0, head + 2));
    if (!answer || !write_all(connection.descriptor, *answer)) return std::nullopt;
    connection.upgraded = true;
    return head + 4;
  }

  /// The same, of the first frame. It is unmasked where it lies, and its new head is put before it.
  std::optional<std::size_t> relay(Connection& connection, std::span<char> bytes) {
    if (bytes.size() < 2) return 0;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    if (first != final_text || (second & mask_bit) == 0) return std::nullopt;
    std::size_t size = second & ~mask_bit & 0xFFU;
    const std::size_t extended = size == sixteen_bits ? 2 : 0;
    if (size > sixteen_bits) return std::nullopt;
    const std::size_t head = 2 + extended + mask_bytes;
    if (bytes.size() < head) return 0;
    if (extended > 0) {
      size = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[2])) << 8U |
             static_cast<std::uint8_t>(bytes[3]);
    }
    if (bytes.size() - head < size) return 0;
    std::array<char, mask_bytes> mask{};
    std::memcpy(mask.data(), &bytes[head - mask_bytes], mask.size());
    const std::span<char> payload = bytes.subspan(head, size);
    unmask(payload, mask);
    if (!connection.pair) return name(connection, payload) ? std::optional(head + size) : std::nullopt;
    // The head of a frame to a client has no mask, so it fits.
    const std::span<char> frame = bytes.subspan(mask_bytes, head - mask_bytes + size);
    std::memmove(frame.data(), bytes.data(), head - mask_bytes);
    frame[1] = static_cast<char>(second & ~mask_bit);
    const int other = connection.pair->end(1 - connection.side);
    if (other >= 0 && !write_all(other, frame)) return std::nullopt;
    return head + size;
  }

  bool name(Connection& connection, std::span<const char> payload) {
    std::tie(connection.pair, connection.side) =
        pairs_.join({payload.data(), payload.size()}, connection.descriptor);
    constexpr std::string_view joined = "\x81\x06joined";
    return write_all(connection.descriptor, joined);
  }

  int epoll_;
  int listener_;
  Pairs& pairs_;
  std::vector<char> buffer_ = std::vector<char>(read_buffer);
};

/// Each loop has its own, and the kernel divides who comes among them.
int listen_on(std::uint16_t port) {
  const int listener = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  checked(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  checked(setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), "setsockopt");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  checked(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener, backlog), "listen");
  return listener;
}

}  // namespace

/// raw_epoll PORT
int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() != 2) {
    std::cerr << "usage: raw_epoll PORT\n";
    return 2;
  }
  try {
    const auto port = static_cast<std::uint16_t>(std::stoul(arguments[1]));
    Pairs pairs;
    std::vector<std::unique_ptr<Loop>> loops;
    for (unsigned at = 0; at < std::max(1U, std::thread::hardware_concurrency()); ++at)
      loops.push_back(std::make_unique<Loop>(listen_on(port), pairs));
    std::vector<std::jthread> threads;
    threads.reserve(loops.size());
    for (const auto& loop : loops) threads.emplace_back([&loop] { loop->run(); });
    std::cout << "ready" << std::endl;
    threads.clear();  // joins them, which never end: a signal ends the process
  } catch (const std::exception& error) {
    std::cerr << "raw_epoll: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
