// A server's side of TLS on a socket. Without a client: any bytes at all, cut in pieces. With one: a program of what
// a client and the network do - handshake, records, some of them changed, cut or made up. Whatever comes, the server
// reads nothing but what the client wrote, in its order; and all of it where nobody meddled.

#include <openssl/ssl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "fuzz.hpp"
#include "lan/self_signed.hpp"
#include "net/socket.hpp"
#include "net/tls.hpp"

namespace {

using namespace parley;
using fuzz::expect;

std::shared_ptr<const net::TlsContext> make_context() {
  const std::string pem =
      lan::make_self_signed({.hosts = {"a.test"}, .addresses = {}}, std::chrono::system_clock::now());
  const Descriptor file(::memfd_create("certificate", MFD_CLOEXEC));
  if (::write(file.get(), pem.data(), pem.size()) != static_cast<ssize_t>(pem.size())) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  auto loaded = net::TlsContext::load({{.certificate = path, .key = path}});
  if (!loaded) fuzz::fail("load", loaded.error());
  return *std::move(loaded);
}

/// OpenSSL's, over memory.
class Client {
 public:
  explicit Client(bool old) : ssl_(SSL_new(context())) {
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in_, -1);
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_connect_state(ssl_.get());
    SSL_set_tlsext_host_name(ssl_.get(), "a.test");
    if (old) SSL_set_max_proto_version(ssl_.get(), TLS1_2_VERSION);
  }

  void take(std::string_view bytes) { BIO_write(in_, bytes.data(), static_cast<int>(bytes.size())); }

  /// What it has for the server by now.
  std::string advance() {
    std::array<char, 4'096> buffer{};
    if (SSL_is_init_finished(ssl_.get()) == 0) SSL_do_handshake(ssl_.get());
    if (SSL_is_init_finished(ssl_.get()) == 1) {
      for (int read = 0; (read = SSL_read(ssl_.get(), buffer.data(), buffer.size())) > 0;)
        heard.append(buffer.data(), static_cast<std::size_t>(read));
    }
    std::string bytes;
    for (int read = 0; (read = BIO_read(out_, buffer.data(), buffer.size())) > 0;)
      bytes.append(buffer.data(), static_cast<std::size_t>(read));
    return bytes;
  }

  [[nodiscard]] bool write(std::string_view text) {
    return SSL_is_init_finished(ssl_.get()) == 1 &&
           SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0;
  }
  void update_key() { SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED); }
  void renegotiate() { SSL_renegotiate(ssl_.get()); }
  void close() { SSL_shutdown(ssl_.get()); }

  std::string heard;

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  static SSL_CTX* context() {
    static SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
    return made;
  }

  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;  // of ssl_
  BIO* out_;
};

std::pair<Descriptor, Descriptor> connected() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The server, and the wire to it.
class Server {
 public:
  Server() : Server(connected()) {}

  /// What it answers. None of what is sent to it is left when this returns.
  std::string receive(std::string_view bytes) {
    std::string answer;
    while (!bytes.empty()) {
      const ssize_t taken = ::send(wire_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (taken <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(taken));
      read();
      answer += drain();
    }
    return answer;
  }

  std::string send(std::string_view text) {
    if (is_over || has_ended_) return {};
    said += text;
    unsent_ += text;
    return flush();
  }

  /// What waited for room on the wire.
  std::string flush() {
    std::string answer;
    while (!is_over && !unsent_.empty()) {
      const auto sent = socket_.send(unsent_);
      if (!sent) is_over = true;
      unsent_.erase(0, sent.value_or(0));
      const std::string drained = drain();
      if (drained.empty()) break;
      answer += drained;
    }
    return answer;
  }

  std::string end_sending() {
    has_ended_ = true;
    socket_.end_sending();
    return drain();
  }

  std::string heard;
  std::string said;
  bool is_over = false;

 private:
  explicit Server(std::pair<Descriptor, Descriptor> ends)
      : wire_(std::move(ends.first)), socket_(std::move(ends.second), shared_context()) {}

  static std::shared_ptr<const net::TlsContext> shared_context() {
    static const auto made = make_context();
    return made;
  }

  void read() {
    std::vector<std::uint8_t> buffer(std::size_t{64} * 1024);
    while (const auto received = socket_.receive(buffer)) {
      expect(*received <= buffer.size(), "more than there is room for", "");
      if (*received == 0) return;
      heard.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*received));
    }
    is_over = true;
    expect(!socket_.receive(buffer), "what was over goes on", socket_.tls()->fault());
  }

  std::string drain() {
    std::string bytes;
    std::array<char, 4'096> buffer{};
    for (ssize_t got = 0; (got = ::recv(wire_.get(), buffer.data(), buffer.size(), 0)) > 0;)
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    return bytes;
  }

  Descriptor wire_;
  net::Socket socket_;
  std::string unsent_;
  bool has_ended_ = false;
};

/// The program, byte by byte; zeros behind its end.
class Program {
 public:
  explicit Program(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool is_done() const { return rest_.empty(); }
  std::size_t number() {
    const std::string_view byte = text(1);
    return byte.empty() ? 0 : static_cast<std::uint8_t>(byte.front());
  }
  std::string_view text(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

class World {
 public:
  explicit World(bool old) : client_(old) { to_server_ = client_.advance(); }

  void perform(Program& program) {
    enum : std::uint8_t { deliver, write, speak, change, remove, insert, update_key, end, kinds };
    switch (program.number() % kinds) {
      case deliver:
        return pass(program.number());
      case write: {
        // Up to two records.
        const std::string text(program.number() * 128, static_cast<char>('a' + program.number() % 26));
        if (!text.empty() && client_.write(text)) written_ += text;
        return hear({});
      }
      case speak: {
        const std::string text(program.number() * 1'024, static_cast<char>('a' + program.number() % 26));
        return hear(server_.send(text));
      }
      case change: {
        const std::size_t at = program.number();
        const std::size_t with = program.number();
        if (at >= to_server_.size() || with == 0) return;
        to_server_[at] = static_cast<char>(static_cast<std::uint8_t>(to_server_[at]) ^ with);
        is_tampered_ = true;
        return;
      }
      case remove: {
        const std::size_t at = std::min(program.number(), to_server_.size());
        const std::size_t length = program.number();
        is_tampered_ = is_tampered_ || (length > 0 && at < to_server_.size());
        to_server_.erase(at, length);
        return;
      }
      case insert: {
        const std::size_t at = std::min(program.number(), to_server_.size());
        const std::string_view text = program.text(program.number());
        is_tampered_ = is_tampered_ || !text.empty();
        to_server_.insert(at, text);
        return;
      }
      case update_key:
        client_.update_key();
        return hear({});
      default:
        return finish(program.number());
    }
  }

  /// Everything arrives.
  void settle() {
    while (!server_.is_over && !to_server_.empty()) {
      pass(to_server_.size());
      hear(server_.flush());
    }
    if (is_tampered_ || has_ended_) return;
    hear(server_.flush());
    expect(!server_.is_over, "it is over", "and nobody meddled");
    expect(server_.heard == written_, "the server missed something", written_);
    expect(client_.heard == server_.said, "the client missed something", server_.said);
  }

 private:
  void pass(std::size_t length) {
    const std::string bytes = to_server_.substr(0, length);
    to_server_.erase(0, bytes.size());
    hear(server_.receive(bytes));
    expect(written_.starts_with(server_.heard), "the server read what nobody wrote", server_.heard);
    expect(server_.said.starts_with(client_.heard), "the client read what nobody said", client_.heard);
  }

  void hear(std::string_view bytes) {
    client_.take(bytes);
    to_server_ += client_.advance();
  }

  void finish(std::size_t how) {
    has_ended_ = true;
    if (how % 3 == 0) client_.close();
    if (how % 3 == 1) client_.renegotiate();
    hear(how % 3 == 2 ? server_.end_sending() : std::string());
  }

  Server server_;
  Client client_;
  std::string to_server_;
  std::string written_;
  bool is_tampered_ = false;
  bool has_ended_ = false;
};

void without_client(std::string_view bytes, std::size_t piece) {
  Server server;
  for (std::size_t at = 0; at < bytes.size(); at += piece) server.receive(bytes.substr(at, piece));
  expect(server.heard.empty(), "the server read what nobody wrote", server.heard);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  std::signal(SIGPIPE, SIG_IGN);  // as main.cpp has it
  return 0;
}

/// The first byte says whether there is a client, and of which version; else, how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Program program(fuzz::text_of(data, size));
  const std::size_t kind = program.number();
  if (kind % 4 > 1) {
    without_client(program.text(size), 1 + kind / 4);
    return 0;
  }
  World world(kind % 4 == 1);
  // A session, more often than chance would make one.
  if (kind >= 128) world.settle();
  while (!program.is_done()) world.perform(program);
  world.settle();
  return 0;
}
