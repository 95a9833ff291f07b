// parley_fetch: gets one file over and over on several connections that are kept, and prints how fast it came
// as a line of JSON. tests/bench/files.mjs starts the servers and this.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "load/process.hpp"
#include "load/socket.hpp"

namespace {

using namespace parley::bench;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t largest_head = 4'096;
constexpr std::size_t discarded_at_once = std::size_t{1} << 20U;
constexpr int longest_silence_ms = 5'000;

struct Options {
  std::uint16_t port = 0;
  pid_t server = 0;
  std::string path;
  std::size_t connections = 8;
  double seconds = 2;
};

std::size_t content_length(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 200"))
    throw std::runtime_error("the server answered: " + std::string(head.substr(0, head.find('\r'))));
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = head.find(name);
  if (at == std::string_view::npos) throw std::runtime_error("the answer does not say how long it is");
  std::size_t length = 0;
  std::from_chars(&head[at + name.size()], head.data() + head.size(), length);
  return length;
}

/// One connection, which asks again as soon as it has the whole answer.
class Player {
 public:
  Player(std::uint16_t port, const std::string& path)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        request_("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n") {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
      throw std::system_error(errno, std::generic_category(), "connect");
    ask();
  }

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] std::size_t answers() const { return answers_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  void receive() {
    if (to_come_ == 0) return receive_head();
    // Read and thrown away by the kernel (tcp(7), MSG_TRUNC): copying is the server's share of the work only.
    const ssize_t count =
        ::recv(socket_.get(), nullptr, std::min(to_come_, discarded_at_once), MSG_TRUNC | MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) throw std::runtime_error("the server closed a connection in the middle of an answer");
    take(static_cast<std::size_t>(count));
  }

 private:
  void ask() {
    if (::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL) < 0)
      throw std::system_error(errno, std::generic_category(), "send");
  }

  void receive_head() {
    std::array<char, largest_head> buffer{};
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) throw std::runtime_error("the server closed a connection that should be kept");
    head_.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    to_come_ = content_length(head_);
    const std::size_t begun = head_.size() - end - 4;
    head_.clear();
    take(begun);
  }

  void take(std::size_t count) {
    bytes_ += count;
    to_come_ -= count;
    if (to_come_ > 0) return;
    ++answers_;
    ask();
  }

  Socket socket_;
  std::string request_;
  std::string head_;
  std::size_t to_come_ = 0;
  std::size_t answers_ = 0;
  std::size_t bytes_ = 0;
};

void fetch(const Options& options) {
  std::vector<Player> players;
  std::vector<pollfd> watched;
  for (std::size_t i = 0; i < options.connections; ++i) {
    players.emplace_back(options.port, options.path);
    watched.push_back({.fd = players.back().descriptor(), .events = POLLIN, .revents = 0});
  }
  const auto cpu = usage_of(options.server).cpu;
  const auto start = Clock::now();
  while (Clock::now() - start < Seconds(options.seconds)) {
    const int ready = ::poll(watched.data(), watched.size(), longest_silence_ms);
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    if (ready == 0) throw std::runtime_error("nothing came for 5 s");
    for (std::size_t i = 0; i < players.size(); ++i) {
      if (watched[i].revents != 0) players[i].receive();
    }
  }
  const double took = Seconds(Clock::now() - start).count();
  const auto used = usage_of(options.server).cpu - cpu;
  std::size_t bytes = 0;
  std::size_t answers = 0;
  for (const Player& player : players) {
    bytes += player.bytes();
    answers += player.answers();
  }
  std::cout << R"({"bytesPerSecond":)" << static_cast<double>(bytes) / took << R"(,"answersPerSecond":)"
            << static_cast<double>(answers) / took << R"(,"serverCpuPerGigabyte":)"
            << Seconds(used).count() * 1e9 / static_cast<double>(bytes) << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Gets one file over and over from a server on 127.0.0.1, and prints how fast it came as JSON.");
  app.add_option("--port", options.port, "where the server listens")->required();
  app.add_option("--server", options.server, "its process id")->required();
  app.add_option("--path", options.path, "the file's path")->required();
  app.add_option("--connections", options.connections, "how many get it at once");
  app.add_option("--seconds", options.seconds, "for how long");
  CLI11_PARSE(app, argc, argv);
  try {
    fetch(options);
  } catch (const std::exception& error) {
    std::cerr << "parley_fetch: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
