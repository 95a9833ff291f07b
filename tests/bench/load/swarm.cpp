#include "swarm.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace parley::bench {
namespace {

constexpr std::size_t handshakes_at_once = 64;
/// Larger than whatever a test waits for.
constexpr std::size_t large_message = 4'096;
constexpr std::size_t read_buffer = 262'144;
constexpr int events_at_once = 256;
/// What is full a moment after its reader has stopped. With less the kernel waits for its timers again and again
/// even while it is read.
constexpr int small_receive_buffer = 131'072;
/// A loopback address has some 28,000 ports to connect from, and those of earlier rounds rest for a minute.
constexpr std::uint32_t source_addresses = 16;

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void set_option(const Socket& socket, int level, int option, int value) {
  check(setsockopt(socket.get(), level, option, &value, sizeof value), "setsockopt");
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  address.sin_port = htons(port);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Swarm::Swarm(std::uint16_t port, Dialect dialect, std::size_t clients, const TlsContext* tls)
    : port_(port),
      dialect_(dialect),
      tls_(tls),
      clients_(clients),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_buffer) {
  check(epoll_.get(), "epoll_create1");
  std::uint32_t mask = 0x9E3779B9;
  for (std::size_t index = 0; index < clients; ++index) {
    Client& client = clients_[index];
    client.self = {.pair = index / 2, .side = index % 2 == 0 ? 'a' : 'b'};
    client.mask = mask += 0x9E3779B9;
  }
}

void Swarm::open(Clock::duration limit, Clock::duration within) {
  const auto start = Clock::now();
  const auto end = start + limit;
  const auto turn = within / static_cast<Clock::rep>(clients_.size());
  const bool paced = turn.count() > 0;
  std::size_t started = 0;
  const auto due = [&] { return start + turn * static_cast<Clock::rep>(started); };
  const auto may_start = [&] {
    if (started == clients_.size()) return false;
    return paced ? due() <= Clock::now() : started - joined_ < handshakes_at_once;
  };
  while (joined_ < clients_.size()) {
    if (Clock::now() >= end) {
      throw std::runtime_error("only " + std::to_string(joined_) + " of " + std::to_string(clients_.size()) +
                               " connections came up in time");
    }
    while (may_start()) connect(started++);
    const bool more = paced && started < clients_.size();
    run(more ? due() : end, {}, [&, before = joined_] { return joined_ > before; });
  }
}

void Swarm::run(Clock::time_point end, const OnRelayed& relayed, const std::function<bool()>& done) {
  std::array<epoll_event, events_at_once> events{};
  while (!done || !done()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return;
    const int ready = epoll_wait(epoll_.get(), events.data(), events_at_once, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    check(ready, "epoll_wait");
    for (std::size_t at = 0; at < static_cast<std::size_t>(ready); ++at) {
      handle(events.at(at).data.u64, events.at(at).events, relayed);
    }
  }
}

void Swarm::send_offer(std::size_t client, std::string_view escaped_sdp) {
  if (clients_[client].stage != Client::Stage::joined) return;
  write_offer(dialect_, clients_[client].self, escaped_sdp, message_);
  send_frame(clients_[client], Opcode::text, message_);
}

void Swarm::stop_reading(std::size_t client) {
  clients_[client].reads = false;
  watch(client, EPOLL_CTL_MOD);
}

void Swarm::shrink_receive_buffer(std::size_t client) {
  clients_[client].small_buffer = true;
}

void Swarm::connect(std::size_t index) {
  Client& client = clients_[index];
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  check(socket.get(), "socket");
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (client.small_buffer) set_option(socket, SOL_SOCKET, SO_RCVBUF, small_receive_buffer);
  const sockaddr_in source = loopback(1 + static_cast<std::uint32_t>(index) % source_addresses, 0);
  check(bind(socket.get(), generic(source), sizeof source), "bind");
  const sockaddr_in server = loopback(0, port_);
  if (::connect(socket.get(), generic(server), sizeof server) < 0 && errno != EINPROGRESS) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
  client.stream = Stream(std::move(socket), tls_);
  client.stage = Client::Stage::connecting;
  client.began = Clock::now();
  watch(index, EPOLL_CTL_ADD);
}

/// Writability is asked for only while there is something to write.
void Swarm::watch(std::size_t index, int operation) {
  Client& client = clients_[index];
  const bool writes = client.stage == Client::Stage::connecting || !client.unsent.empty();
  epoll_event event{};
  event.events =
      (client.reads ? static_cast<unsigned>(EPOLLIN) : 0U) | (writes ? static_cast<unsigned>(EPOLLOUT) : 0U);
  event.data.u64 = index;
  check(epoll_ctl(epoll_.get(), operation, client.stream.get(), &event), "epoll_ctl");
}

void Swarm::lose(std::size_t index, const std::string& why) {
  if (!closes_expected_) {
    throw std::runtime_error("connection " + std::to_string(index) + " was lost: " + why);
  }
  clients_[index].stage = Client::Stage::closed;
  clients_[index].stream.close();
  ++closed_;
}

void Swarm::handle(std::size_t index, std::uint32_t events, const OnRelayed& relayed) {
  Client& client = clients_[index];
  if (client.stage == Client::Stage::closed) return;
  if ((events & static_cast<unsigned>(EPOLLERR)) != 0) return lose(index, "the server reset it");
  if (client.stage == Client::Stage::connecting) {
    client.stage = Client::Stage::upgrading;
    flush(client, upgrade_request(path(dialect_, client.self), subprotocol(dialect_)));
    return watch(index, EPOLL_CTL_MOD);
  }
  if ((events & static_cast<unsigned>(EPOLLOUT)) != 0) {
    const std::string rest = std::exchange(client.unsent, {});
    flush(client, rest);
    if (client.unsent.empty()) watch(index, EPOLL_CTL_MOD);
  }
  if ((events & static_cast<unsigned>(EPOLLIN | EPOLLHUP)) != 0) receive(index, relayed);
}

void Swarm::receive(std::size_t index, const OnRelayed& relayed) {
  Client& client = clients_[index];
  do {
    const auto count = client.stream.receive(buffer_);
    if (!count) return;
    if (*count == 0) return lose(index, "the server closed it");
    const std::string_view bytes(buffer_.data(), *count);
    if (client.unread.empty()) {
      consume(index, bytes, relayed);
    } else {
      std::string all = std::exchange(client.unread, {});
      all += bytes;
      consume(index, all, relayed);
    }
  } while (client.stage != Client::Stage::closed && client.stream.has_more());
}

/// Takes what is whole and keeps the rest.
void Swarm::consume(std::size_t index, std::string_view bytes, const OnRelayed& relayed) {
  while (!bytes.empty()) {
    const std::size_t used = consume_one(index, bytes, relayed);
    if (clients_[index].stage == Client::Stage::closed) return;
    if (used == 0) break;
    bytes.remove_prefix(used);
  }
  clients_[index].unread = bytes;
}

std::size_t Swarm::consume_one(std::size_t index, std::string_view bytes, const OnRelayed& relayed) {
  Client& client = clients_[index];
  if (client.stage == Client::Stage::upgrading) {
    const std::size_t used = upgrade_response(bytes);
    if (used != 0) {
      client.stage = Client::Stage::joining;
      const std::string first = greeting(dialect_, client.self);
      if (!first.empty()) send_frame(client, Opcode::text, first);
    }
    return used;
  }
  if (client.to_come > 0) {
    const auto part = bytes.substr(0, client.to_come);
    client.to_come -= part.size();
    on_other_(index, part, client.to_come == 0);
    return part.size();
  }
  const auto head = frame_head(bytes);
  if (!head) return 0;
  if (on_other_ && head->opcode == Opcode::text && head->payload > large_message) {
    client.to_come = head->payload;
    return head->size;
  }
  const auto frame = first_frame(bytes);
  if (!frame) return 0;
  switch (frame->opcode) {
    case Opcode::text:
      on_text(index, frame->payload, relayed);
      break;
    case Opcode::ping:
      send_frame(client, Opcode::pong, frame->payload);
      break;
    case Opcode::close:
      lose(index, "the server sent a close frame");
      break;
    case Opcode::pong:
      break;
  }
  return frame->size;
}

void Swarm::on_text(std::size_t index, std::string_view text, const OnRelayed& relayed) {
  Client& client = clients_[index];
  switch (read(dialect_, client.self, text)) {
    case Kind::joined:
      client.stage = Client::Stage::joined;
      ++joined_;
      if (on_joined_) on_joined_(index, Clock::now() - client.began);
      break;
    case Kind::relayed:
      if (relayed) relayed(index, Clock::now());
      break;
    case Kind::refused:
      // Whoever was closed for not reading is after a while no member any more, and cannot be written to.
      if (!closes_expected_) throw std::runtime_error("the server answered: " + std::string(text));
      break;
    case Kind::other:
      if (on_other_) on_other_(index, text, true);
      break;
  }
  if (const std::string answer = reply(dialect_, client.self, text); !answer.empty())
    send_frame(client, Opcode::text, answer);
}

void Swarm::send_frame(Client& client, Opcode opcode, std::string_view payload) {
  frame_.clear();
  append_frame(frame_, opcode, payload, client.mask);
  const bool was_waiting = !client.unsent.empty();
  flush(client, frame_);
  if (!client.unsent.empty() && !was_waiting) {
    watch(static_cast<std::size_t>(&client - clients_.data()), EPOLL_CTL_MOD);
  }
}

void Swarm::flush(Client& client, std::string_view bytes) {
  if (client.unsent.empty()) bytes.remove_prefix(client.stream.send(bytes));
  client.unsent += bytes;
}

}  // namespace parley::bench
