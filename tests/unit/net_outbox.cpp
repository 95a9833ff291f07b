#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "net/event_loop.hpp"
#include "net/outbox.hpp"
#include "net/web_socket.hpp"

namespace parley::net {
namespace {

/// Hears nothing.
class Handler : public SocketHandler {
 public:
  explicit Handler(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}

  [[nodiscard]] const std::shared_ptr<Outbox>& outbox() const override { return outbox_; }
  void open() override {}
  void message(Opcode, std::string_view) override {}
  void closed(std::uint16_t) override {}

 private:
  const std::shared_ptr<Outbox> outbox_;
};

/// An outbox on one end of a pair of sockets, and a client on the other that reads when it is told to.
class NetOutbox : public testing::Test {
 protected:
  NetOutbox() : outbox_(std::make_shared<Outbox>(codec_, limits_)) { serve(outbox_); }

  void serve(const std::shared_ptr<Outbox>& outbox) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    client_ = Descriptor(ends[1]);
    ::fcntl(client_.get(), F_SETFL, 0);
    loop_ = std::make_unique<EventLoop>();
    loop_
        ->add(std::make_unique<WebSocket>(*loop_, Socket(Descriptor(ends[0])),
                                          std::make_unique<Handler>(outbox), socket_limits_, received_),
              ends[0], EPOLLIN)
        .begin({});
    loop_->start();
  }

  void put(const std::string& name) {
    hub::Delivery delivery;
    delivery.event = std::make_shared<const hub::Event>(hub::event::PeerAway{.id = name});
    outbox_->put(std::move(delivery));
  }

  /// Everything that arrives until `enough` bytes are there, or the other end is closed.
  std::string read(std::size_t enough) {
    std::string all;
    std::array<char, 65'536> chunk{};
    while (all.size() < enough) {
      const ssize_t n = ::recv(client_.get(), chunk.data(), std::min(chunk.size(), enough - all.size()), 0);
      if (n <= 0) break;
      all.append(chunk.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

  [[nodiscard]] bool something_to_read() const {
    pollfd readable{.fd = client_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&readable, 1, 0) > 0;
  }

  static std::string frame_of(const std::string& name) {
    std::string frame;
    append_frame(frame, Opcode::text, name);
    return frame;
  }

  // A dialect whose only word is the name of who went away.
  static void encode(const hub::Delivery& delivery, std::string& out) {
    out.append(std::get<hub::event::PeerAway>(delivery.event->body).id);
  }
  // What begins so is told to many.
  static const std::string* shared_text(const hub::Delivery& delivery) {
    const std::string& text = std::get<hub::event::PeerAway>(delivery.event->body).id;
    return text.starts_with("all:") ? &text : nullptr;
  }
  static constexpr dialects::Codec codec_{
      .dialect = hub::Dialect::parley, .encode = encode, .shared_text = shared_text};
  static constexpr OutboxLimits limits_{.bytes = 1'000'000, .messages = 10};
  ReceivedBytes received_{1'000'000};
  const WebSocketLimits socket_limits_{};
  Descriptor client_;
  std::shared_ptr<Outbox> outbox_;
  std::unique_ptr<EventLoop> loop_;
};

TEST_F(NetOutbox, what_is_put_is_sent_in_order_when_it_is_drained) {
  put("ada");
  put("bob");
  EXPECT_FALSE(something_to_read());
  outbox_->drain();
  EXPECT_EQ(read(10), frame_of("ada") + frame_of("bob"));
}

TEST_F(NetOutbox, what_a_full_socket_does_not_take_follows_when_it_does) {
  std::string expected;
  for (int i = 0; i < 15; ++i) {
    const std::string name(60'000, static_cast<char>('a' + i));
    put(name);
    outbox_->drain();
    expected += frame_of(name);
  }
  EXPECT_EQ(read(expected.size()), expected);
  EXPECT_FALSE(outbox_->closing());
}

TEST_F(NetOutbox, a_reader_who_is_too_far_behind_is_closed_after_what_was_sent_before) {
  std::string sent;
  while (!outbox_->closing()) {
    const std::string name(60'000, 'x');
    put(name);
    outbox_->drain();
    sent += frame_of(name);
    ASSERT_LT(sent.size(), 10'000'000U);
  }
  EXPECT_EQ(outbox_->close_reason().code, close_code::policy);
  put("too late");
  outbox_->drain();
  EXPECT_EQ(read(sent.size()), sent);
  EXPECT_EQ(read(4).substr(0, 1), "\x88");
}

TEST_F(NetOutbox, a_text_that_many_are_sent_comes_whole_and_in_its_place) {
  const std::string list = "all:" + std::string(3'000'000, 'l');
  put("ada");
  put(list);
  put("bob");
  outbox_->drain();
  put("eve");
  outbox_->drain();
  EXPECT_FALSE(outbox_->closing()) << "it is no part of what the client has waiting for it alone";
  const std::string expected = frame_of("ada") + frame_of(list) + frame_of("bob") + frame_of("eve");
  EXPECT_EQ(read(expected.size()), expected);
  EXPECT_FALSE(something_to_read());
}

TEST_F(NetOutbox, of_such_texts_a_slow_reader_gets_the_one_that_was_begun_and_the_newest) {
  const auto list = [](char filling) { return "all:" + std::string(1'000'000, filling); };
  for (const char filling : {'a', 'b', 'c', 'd'}) {
    put(list(filling));
    put(std::string("after ") + filling);
    outbox_->drain();
  }
  const std::string expected = frame_of(list('a')) + frame_of("after a") + frame_of("after b") +
                               frame_of("after c") + frame_of(list('d')) + frame_of("after d");
  EXPECT_EQ(read(expected.size()), expected);
  EXPECT_FALSE(something_to_read());
}

TEST_F(NetOutbox, a_short_text_that_many_are_sent_is_sent_too) {
  put("all:few");
  put("ada");
  outbox_->drain();
  EXPECT_EQ(read(14), frame_of("all:few") + frame_of("ada"));
}

TEST_F(NetOutbox, what_is_to_be_drained_later_is_sent_by_another_thread) {
  put("ada");
  outbox_->drain_later();
  EXPECT_EQ(read(5), frame_of("ada"));
  put("bob");
  outbox_->drain();
  EXPECT_EQ(read(5), frame_of("bob"));
}

TEST_F(NetOutbox, events_that_nobody_encodes_are_limited_too) {
  for (std::size_t i = 0; i < limits_.messages; ++i) put("x");
  EXPECT_FALSE(outbox_->closing());
  put("x");
  EXPECT_TRUE(outbox_->closing());
}

TEST_F(NetOutbox, the_first_reason_to_close_is_the_one_that_is_sent) {
  outbox_->put_close({.code = 4001, .text = "elsewhere"});
  outbox_->put_close({.code = 1001, .text = "away"});
  outbox_->drain();
  std::string expected;
  append_close_frame(expected, {.code = 4001, .text = "elsewhere"});
  EXPECT_EQ(read(expected.size()), expected);
  EXPECT_FALSE(something_to_read());
}

TEST_F(NetOutbox, a_client_that_does_not_answer_a_close_frame_is_shut_out) {
  outbox_->put_close({.code = 1001, .text = ""});
  outbox_->drain();
  EXPECT_EQ(read(1'000), std::string("\x88\x02\x03\xE9")) << "and then the end";
}

TEST_F(NetOutbox, many_threads_may_fill_and_drain_it_at_once) {
  constexpr int threads = 4;
  constexpr int each = 2'000;
  // The one who drains may be the one the scheduler forgets: all of it may wait for them.
  outbox_ = std::make_shared<Outbox>(codec_, OutboxLimits{.messages = std::size_t{threads} * each});
  serve(outbox_);
  std::string all;
  {
    std::vector<std::jthread> writers;
    writers.reserve(threads);
    for (int t = 0; t < threads; ++t) {
      writers.emplace_back([this, t] {
        for (int i = 0; i < each; ++i) {
          put(std::string(1, static_cast<char>('a' + t)));
          outbox_->drain();
        }
      });
    }
    all = read(std::size_t{3} * threads * each);
  }
  ASSERT_FALSE(outbox_->closing());
  std::array<int, threads> seen{};
  for (std::size_t i = 2; i < all.size(); i += 3) ++seen.at(static_cast<std::size_t>(all[i] - 'a'));
  for (const int count : seen) EXPECT_EQ(count, each);
}

TEST_F(NetOutbox, after_its_end_it_takes_and_sends_nothing) {
  loop_.reset();
  put("ada");
  outbox_->put_close({.code = 1001, .text = ""});
  outbox_->drain();
  outbox_->drain_later();
  EXPECT_EQ(outbox_->close_reason().code, 0);
  EXPECT_EQ(read(1), "") << "the socket was closed";
}

}  // namespace
}  // namespace parley::net
