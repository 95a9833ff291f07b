#include "net/inner_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/memory_reserve.hpp"
#include "net/http_connection.hpp"
#include "net/socket.hpp"

namespace parley::net {
namespace {

constexpr std::string_view switching_protocols = "HTTP/1.1 101 ";

sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t local_port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Descriptor connect_to(std::uint16_t port) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = loopback_address(port);
  if (!fd || (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
              errno != EINPROGRESS))
    throw std::system_error(errno, std::generic_category(), "the inner connection");
  return fd;
}

}  // namespace

void InnerPorts::add(std::uint16_t port, std::shared_ptr<HttpExchange> exchange) {
  const std::lock_guard lock(mutex_);
  exchanges_.insert_or_assign(port, std::move(exchange));
}

void InnerPorts::remove(std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  exchanges_.erase(port);
}

std::shared_ptr<HttpExchange> InnerPorts::find(std::uint16_t port) const {
  const std::lock_guard lock(mutex_);
  const auto found = exchanges_.find(port);
  return found == exchanges_.end() ? nullptr : found->second;
}

/// A request on its way to Civetweb. It ends when Civetweb's thread has done with it, also where the client
/// is gone before: so there are never more requests than threads.
class InnerConnections::Inner : public Watched {
 public:
  Inner(InnerConnections& all, Descriptor fd, HttpConnection& client, std::string request)
      : all_(all),
        socket_(std::move(fd)),
        port_(local_port_of(socket_.descriptor())),
        exchange_(client.exchange()),
        request_(std::move(request)) {
    all_.ports_.add(port_, exchange_);
  }
  ~Inner() override { all_.ports_.remove(port_); }

  [[nodiscard]] int descriptor() const { return socket_.descriptor(); }

  void ready(std::uint32_t events) override {
    if ((events & EPOLLOUT) != 0) return write();  // an answer comes after all of the request
    read();
  }
  void due(Instant) override {}
  void failed() noexcept override { finish(); }

 private:
  void write() {
    const auto sent = socket_.send(request_);
    if (!sent) return finish();
    request_.erase(0, *sent);
    if (!request_.empty()) return;
    std::string().swap(request_);
    all_.loop_.modify(descriptor(), EPOLLIN, *this);
  }

  void read() {
    const auto scratch = all_.loop_.scratch();
    const auto received = socket_.receive(scratch);
    if (!received) return finish();
    response_.append(reinterpret_cast<const char*>(scratch.data()), *received);
    const auto end = end_of_head(response_);
    if (!end && response_.size() <= max_head_bytes) return;
    if (end && response_.starts_with(switching_protocols))
      exchange_->answer({.head = response_.substr(0, *end), .text = {}, .file = {}, .keep_alive = true});
    // Civetweb's thread is free as soon as its side of the connection has gone.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    finish();
  }

  void finish() noexcept {
    socket_.close();
    memory_reserve::survives([this] {
      if (!exchange_->is_taken())
        exchange_->answer(answer_of({500, "This host could not answer the request."}));
    });
    InnerConnections& all = all_;
    all.loop_.end(*this);
    all.ended();
  }

  InnerConnections& all_;
  Socket socket_;
  const std::uint16_t port_;
  const std::shared_ptr<HttpExchange> exchange_;
  std::string request_;   // what Civetweb has not taken
  std::string response_;  // what it has answered
};

void InnerConnections::request(HttpConnection& client, std::string bytes, bool privileged) {
  if (busy_ < most_) return start(client, std::move(bytes));
  (privileged ? privileged_ : waiting_).push_back({.client = &client, .bytes = std::move(bytes)});
}

void InnerConnections::forget(HttpConnection& client) {
  const auto is_client = [&client](const Waiting& waiting) { return waiting.client == &client; };
  std::erase_if(waiting_, is_client);
  std::erase_if(privileged_, is_client);
}

void InnerConnections::start(HttpConnection& client, std::string bytes) {
  Descriptor fd = connect_to(port_);
  const int descriptor = fd.get();
  loop_.add(std::make_unique<Inner>(*this, std::move(fd), client, std::move(bytes)), descriptor,
            EPOLLIN | EPOLLOUT);
  ++busy_;
}

void InnerConnections::ended() noexcept {
  --busy_;
  for (auto* line : {&privileged_, &waiting_}) {
    while (!line->empty()) {
      Waiting next = std::move(line->front());
      line->pop_front();
      if (memory_reserve::survives([&] { start(*next.client, std::move(next.bytes)); })) return;
      next.client->failed();
    }
  }
}

}  // namespace parley::net
