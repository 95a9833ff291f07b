#include "net/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "lan/self_signed.hpp"

namespace parley::net {
namespace {

/// A server's side, and a client of OpenSSL's that may do anything.
class NetTls : public testing::Test {
 protected:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  NetTls() {
    const auto path =
        std::filesystem::path(testing::TempDir()) / ("net_tls" + std::to_string(::getpid()) + ".pem");
    std::ofstream(path) << lan::make_self_signed({.hosts = {"a.test"}, .addresses = {}},
                                                 std::chrono::system_clock::now());
    auto loaded = TlsContext::load({{.certificate = path, .key = path}});
    std::filesystem::remove(path);
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    server_end_ = Descriptor(ends[0]);
    client_end_ = Descriptor(ends[1]);
    server.emplace(*loaded, ends[0]);
    context_.reset(SSL_CTX_new(TLS_client_method()));
    client.reset(SSL_new(context_.get()));
    SSL_set_fd(client.get(), ends[1]);
    SSL_set_connect_state(client.get());
    while (SSL_do_handshake(client.get()) != 1) static_cast<void>(server->receive(into));
    static_cast<void>(server->receive(into));
  }

  [[nodiscard]] bool is_readable() const {
    pollfd watched{.fd = server_end_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) > 0;
  }

 private:
  Descriptor server_end_;
  Descriptor client_end_;
  std::unique_ptr<SSL_CTX, Free> context_;

 protected:
  std::array<std::uint8_t, std::size_t{64} * 1024> into{};
  std::optional<Tls> server;
  std::unique_ptr<SSL, Free> client;
};

TEST_F(NetTls, what_the_client_writes_arrives) {
  ASSERT_EQ(SSL_write(client.get(), "hello", 5), 5);
  EXPECT_EQ(server->receive(into), 5U);
}

TEST_F(NetTls, a_client_updates_its_keys_now_and_then) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(SSL_key_update(client.get(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_write(client.get(), "hello", 5), 5);
    EXPECT_EQ(server->receive(into), 5U);
  }
}

TEST_F(NetTls, a_client_that_does_nothing_else_is_let_go) {
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(SSL_key_update(client.get(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(client.get()), 1);
  }
  EXPECT_EQ(server->receive(into), std::nullopt);
}

/// The socket has nothing more to announce then, and the client may leave it open.
TEST_F(NetTls, an_end_that_comes_with_content_is_seen) {
  ASSERT_EQ(SSL_write(client.get(), "hello", 5), 5);
  SSL_shutdown(client.get());
  EXPECT_EQ(server->receive(into), 5U);
  ASSERT_TRUE(is_readable());
  EXPECT_EQ(server->receive(into), std::nullopt);
}

TEST_F(NetTls, a_broken_record_that_comes_with_content_is_seen) {
  ASSERT_EQ(SSL_write(client.get(), "hello", 5), 5);
  constexpr std::string_view broken("\x17\x03\x03\x00\x20 this is no record of that client's", 37);
  ASSERT_EQ(::send(SSL_get_fd(client.get()), broken.data(), broken.size(), 0), 37);
  EXPECT_EQ(server->receive(into), 5U);
  ASSERT_TRUE(is_readable());
  EXPECT_EQ(server->receive(into), std::nullopt);
}

/// What has been read ahead is not announced by the socket.
TEST_F(NetTls, no_record_waits_for_the_next_one) {
  const std::string content(16'384, 'x');
  std::size_t written = 0;
  std::size_t read = 0;
  for (std::size_t i = 0; i < 2'000; ++i) {
    // From one byte to the longest record, so that they end wherever reading may end.
    const std::size_t length = 1 + (i * 7'919) % content.size();
    if (SSL_write(client.get(), content.data(), static_cast<int>(length)) > 0) written += length;
    if (i % 5 != 0) continue;
    while (is_readable()) read += server->receive(into).value_or(0);
    ASSERT_EQ(read, written);
  }
}

}  // namespace
}  // namespace parley::net
