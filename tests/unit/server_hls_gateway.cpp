#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/exchange.hpp"
#include "server/hls_folder.hpp"
#include "server/hls_gateway.hpp"
#include "server/log.hpp"

namespace parley::server {
namespace {

using namespace std::chrono_literals;

/// What a publisher is told.
class Publisher : public Recipient {
 public:
  void put(hub::Delivery delivery) override {
    const std::lock_guard lock(mutex_);
    const auto* error = std::get_if<hub::event::Error>(&delivery.event->body);
    if (error != nullptr) errors_.emplace_back(hub::name_of(error->code));
    told_.notify_all();
  }
  void put_close(CloseReason) override {}
  void drain() override {}
  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}

  /// The next error; empty where none comes.
  std::string next_error() {
    std::unique_lock lock(mutex_);
    if (!told_.wait_for(lock, 20s, [this] { return !errors_.empty(); })) return "";
    std::string first = errors_.front();
    errors_.erase(errors_.begin());
    return first;
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::string> errors_;
};

/// The host's side, with a shell script for a gateway: how that starts and ends is as real as any.
class ServerHlsGateway : public testing::Test {
 protected:
  ServerHlsGateway() { log::start(log::Level::off, log::Format::text); }

  /// `script` is what it does after it was written down that it runs.
  void prepare(const std::string& script) {
    const std::string note = "echo $$ >> " + (folder.path() / "runs").string() + "; ";
    gateway = std::make_unique<HlsGateway>("/bin/sh", std::vector<std::string>{"-c", note + script});
    exchange = std::make_unique<Exchange>(hub::Config{.gateway = true}, [this](hub::StreamChange change) {
      gateway->change(std::move(change));
    });
    timer.emplace(*exchange, hub::Limits{}.heartbeat);
  }
  void run(const std::string& script) {
    prepare(script);
    gateway->start(*exchange);
  }

  void TearDown() override {
    if (gateway) gateway->stop();
    timer.reset();
    exchange.reset();
  }

  /// Until this is so; false where it takes too long.
  template <class Condition>
  static bool eventually(Condition&& condition) {
    for (const auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;) {
      if (condition()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  /// The ids of the processes that were started.
  [[nodiscard]] std::vector<int> runs() const {
    std::vector<int> ids;
    std::ifstream file(folder.path() / "runs");
    for (int process = 0; file >> process;) ids.push_back(process);
    return ids;
  }

  /// Until its pipe takes no more, whatever the kernel's limits: the comings and goings of another publisher,
  /// which are short, so that nobody has said too much.
  void fill_pipe() {
    constexpr int enough = 3'000;  // twice each, at 768 bytes of the at most 2 MiB that the pipe is given
    for (int i = 0; i < enough; ++i) {
      const auto other = exchange->connected(std::make_shared<Publisher>(), hub::Dialect::sim);
      exchange->message(other, offer_of("{}", "67890"));
      exchange->disconnected(other);
    }
  }

  std::shared_ptr<Publisher> publish() {
    auto publisher = std::make_shared<Publisher>();
    id = exchange->connected(publisher, hub::Dialect::sim);
    offer();
    return publisher;
  }
  void offer(std::string_view description = "{}") const {
    exchange->message(id, offer_of(description, "12345"));
  }
  static hub::Message offer_of(std::string_view description, std::string sim) {
    return {.type = "offer",
            .command = hub::command::Signal{.audience = hub::command::Audience::partner,
                                            .carries = hub::command::Carries::offer,
                                            .payload = hub::CarriedText(description),
                                            .enter = std::move(sim)}};
  }

  const HlsFolder folder = std::get<HlsFolder>(HlsFolder::make({}));
  std::unique_ptr<HlsGateway> gateway;
  std::unique_ptr<Exchange> exchange;
  std::optional<ExchangeTimer> timer;
  hub::ConnectionId id = 0;
};

TEST_F(ServerHlsGateway, runs_once_it_says_that_it_is_ready) {
  run("printf ready >&0; cat >/dev/null");
  EXPECT_TRUE(eventually([this] { return gateway->state() == HlsGateway::State::running; }));
}

TEST_F(ServerHlsGateway, that_ends_is_started_again) {
  run("printf ready >&0; kill -SEGV $$");
  EXPECT_TRUE(eventually([this] { return runs().size() == 3; }));
}

TEST_F(ServerHlsGateway, that_says_what_makes_no_sense_is_ended_and_started_again) {
  run("printf ready >&0; printf nonsense >&0; cat >/dev/null");
  EXPECT_TRUE(eventually([this] { return runs().size() == 2; }));
  EXPECT_TRUE(eventually([this] { return ::kill(runs().front(), 0) != 0; })) << "the first one is gone";
}

TEST_F(ServerHlsGateway, ends_with_the_host) {
  run("printf ready >&0; cat >/dev/null");
  ASSERT_TRUE(eventually([this] { return gateway->state() == HlsGateway::State::running; }));
  const int process = runs().front();
  gateway->stop();
  EXPECT_NE(::kill(process, 0), 0);
}

TEST_F(ServerHlsGateway, that_is_never_ready_keeps_a_publisher_waiting_for_no_longer_than_it_should) {
  run("cat >/dev/null");
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(publish()->next_error(), "gateway-unavailable");
  EXPECT_GE(std::chrono::steady_clock::now() - started, hub::Limits{}.gateway_patience);
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 0; }));
}

/// Of a gateway that is started when a publisher waits for it: its Session enters the room and does what
/// follows.
std::string enters(const std::string& then) {
  return "printf ready >&0; printf 'connect 1' >&0; printf 'text 1 "
         R"({"type":"join","room":"12345","incarnation":"x"}' >&0; )" +
         then;
}

TEST_F(ServerHlsGateway, that_crashes_is_told_to_the_publisher_whose_stream_it_had) {
  prepare(enters("kill -SEGV $$"));
  const auto publisher = publish();
  gateway->start(*exchange);
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  offer();
  EXPECT_TRUE(eventually([this] { return runs().size() >= 2; }));
}

TEST_F(ServerHlsGateway, reports_to_the_publisher_and_lets_go_of_its_stream) {
  prepare(enters("printf 'notice 1 disk-full No room.' >&0; printf 'ended 1' >&0; cat >/dev/null"));
  const auto publisher = publish();
  gateway->start(*exchange);
  EXPECT_EQ(publisher->next_error(), "disk-full");
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 0; }));
}

TEST_F(ServerHlsGateway,
       that_does_not_read_costs_who_says_too_much_its_stream_and_is_started_again_after_a_while) {
  prepare(enters("printf 'notice 1 transcoded It is.' >&0; exec sleep 60"));
  const auto publisher = publish();
  gateway->start(*exchange);
  ASSERT_EQ(publisher->next_error(), "transcoded") << "it is in the room";
  fill_pipe();
  const std::string large(60'000, 'x');
  for (int i = 0; i < 20; ++i) offer("{\"" + large + "\":1}");
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  EXPECT_EQ(runs().size(), 1U) << "others are not to suffer from it";
  EXPECT_TRUE(eventually([this] { return runs().size() == 2; }));
}

TEST_F(ServerHlsGateway, has_no_stream_any_more_once_the_publisher_is_gone) {
  run("printf ready >&0; cat >/dev/null");
  const auto publisher = publish();
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 1; }));
  exchange->disconnected(id);
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 0; }));
}

}  // namespace
}  // namespace parley::server
