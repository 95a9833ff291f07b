#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/log.hpp"
#include "exchange/exchange.hpp"
#include "media/hls_folder.hpp"
#include "media/hls_gateway.hpp"

namespace parley::media {
namespace {

using namespace std::chrono_literals;

/// What a publisher is told.
class Publisher : public net::Recipient {
 public:
  void put(hub::Delivery delivery) override {
    const std::lock_guard lock(mutex_);
    const auto* error = std::get_if<hub::event::Error>(&delivery.event->body);
    if (error != nullptr) errors_.emplace_back(hub::name_of(error->code));
    told_.notify_all();
  }
  void put_close(net::CloseReason) override {}
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

  /// That have come and were not looked at.
  std::size_t errors() {
    const std::lock_guard lock(mutex_);
    return errors_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::string> errors_;
};

/// The host's side, with a shell script for a gateway: how that starts and ends is as real as any.
class MediaHlsGateway : public testing::Test {
 protected:
  MediaHlsGateway() { log::start(log::Level::off, log::Format::text); }

  /// `script` is what it does after it was written down that it runs.
  void prepare(const std::string& script) {
    const std::string note = "echo $$ >> " + (folder.path() / "runs").string() + "; ";
    gateway = std::make_unique<HlsGateway>(HlsGateway::Setting{
        .program = "/bin/sh", .arguments = {"-c", note + script}, .workers = workers, .left = left});
    exchange = std::make_unique<exchange::Exchange>(
        config, addresses, exchange::Exchange::Surroundings{.on_stream = [this](hub::StreamChange change) {
          gateway->change(std::move(change));
        }});
    timer = std::make_unique<exchange::ExchangeTimer>(*exchange, config.limits.heartbeat);
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

  /// Workers that answer as one does, as far as it matters here, and note what they are told. Each stream
  /// enters its room; what a publisher says is read, and `told` is done about it: $p is the packet, $2 the
  /// stream.
  void prepare_workers(std::size_t count, const std::string& told = ":") {
    workers = count;
    prepare(
        "set -f; printf ready >&0; while p=$(dd bs=65536 count=1 2>/dev/null) && [ -n \"$p\" ]; do "
        "set -- $p; case $1 in ping) printf pong >&0;; *) echo \"$$ $p\" >> " +
        said_path() +
        ";; esac; case $1 in open) printf \"connect $2\" >&0; "
        "printf 'text %s {\"type\":\"join\",\"room\":\"%s\",\"incarnation\":\"x\"}' $2 $4 >&0;; "
        "text) " +
        told + ";; esac; done");
  }
  /// For prepare_workers(): reads what would crash it, and crashes.
  [[nodiscard]] std::string crashing() const {
    return "case $p in *crash*) printf \"heard $2\" >&0; printf \"heard $2\" >&0; echo $$ >> " +
           (folder.path() / "crashes").string() + "; kill -SEGV $$;; esac";
  }
  [[nodiscard]] std::size_t crashes() const {
    std::ifstream file(folder.path() / "crashes");
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
  }
  [[nodiscard]] std::string said_path() const { return (folder.path() / "said").string(); }
  /// The process that was told this first, after `after` such lines; 0 where none was.
  [[nodiscard]] int told(const std::string& packet, std::size_t after = 0) const {
    std::ifstream file(said_path());
    for (std::string line; std::getline(file, line);) {
      const auto blank = line.find(' ');
      if (line.substr(blank + 1).starts_with(packet) && after-- == 0) return std::stoi(line.substr(0, blank));
    }
    return 0;
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

  std::shared_ptr<Publisher> publish(const std::string& sim = "12345", std::string_view description = "{}") {
    auto publisher = std::make_shared<Publisher>();
    id = exchange->connected(publisher, hub::Dialect::sim);
    exchange->message(id, offer_of(description, sim));
    return publisher;
  }
  void offer(std::string_view description = "{}") const {
    exchange->message(id, offer_of(description, "12345"));
  }
  static hub::Message offer_of(std::string_view description, std::string sim) {
    return {.type = "offer",
            .command = hub::command::Signal{.audience = hub::command::Audience::partner,
                                            .kind = hub::command::SignalKind::offer,
                                            .payload = PooledString(description),
                                            .enter = std::move(sim)}};
  }

  hub::Config config{.gateway = true};
  std::size_t workers = 1;
  std::vector<std::string> left;
  const HlsFolder folder = *HlsFolder::make({});
  std::unique_ptr<HlsGateway> gateway;
  net::Addresses addresses{net::AddressLimits{}};
  std::unique_ptr<exchange::Exchange> exchange;
  std::unique_ptr<exchange::ExchangeTimer> timer;
  hub::ConnectionId id = 0;
};

TEST_F(MediaHlsGateway, runs_once_it_says_that_it_is_ready) {
  run("printf ready >&0; cat >/dev/null");
  EXPECT_TRUE(eventually([this] { return gateway->running_workers() == 1; }));
}

TEST_F(MediaHlsGateway, that_ends_is_started_again) {
  run("printf ready >&0; kill -SEGV $$");
  EXPECT_TRUE(eventually([this] { return runs().size() == 3; }));
}

TEST_F(MediaHlsGateway, that_says_what_makes_no_sense_is_ended_and_started_again) {
  run("printf ready >&0; printf nonsense >&0; cat >/dev/null");
  EXPECT_TRUE(eventually([this] { return runs().size() == 2; }));
  EXPECT_TRUE(eventually([this] { return ::kill(runs().front(), 0) != 0; })) << "the first one is gone";
}

TEST_F(MediaHlsGateway, ends_with_the_host) {
  run("printf ready >&0; cat >/dev/null");
  ASSERT_TRUE(eventually([this] { return gateway->running_workers() == 1; }));
  const int process = runs().front();
  gateway->stop();
  EXPECT_NE(::kill(process, 0), 0);
}

TEST_F(MediaHlsGateway, that_is_never_ready_keeps_a_publisher_waiting_for_no_longer_than_it_should) {
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

TEST_F(MediaHlsGateway, that_crashes_is_told_to_the_publisher_whose_stream_it_had) {
  prepare(enters("kill -SEGV $$"));
  const auto publisher = publish();
  gateway->start(*exchange);
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  offer();
  EXPECT_TRUE(eventually([this] { return runs().size() >= 2; }));
}

TEST_F(MediaHlsGateway, reports_to_the_publisher_and_lets_go_of_its_stream) {
  prepare(enters("printf 'notice 1 disk-full No room.' >&0; printf 'ended 1' >&0; cat >/dev/null"));
  const auto publisher = publish();
  gateway->start(*exchange);
  EXPECT_EQ(publisher->next_error(), "disk-full");
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 0; }));
}

TEST_F(MediaHlsGateway,
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

TEST_F(MediaHlsGateway, that_does_not_answer_is_killed_and_told_to_its_publishers) {
  prepare(enters("printf 'notice 1 transcoded It is.' >&0; exec sleep 60"));
  const auto publisher = publish();
  gateway->start(*exchange);
  ASSERT_EQ(publisher->next_error(), "transcoded") << "it is in the room";
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  EXPECT_TRUE(eventually([this] { return ::kill(runs().front(), 0) != 0; }));
}

// Several workers.

TEST_F(MediaHlsGateway, has_one_worker_that_stands_by_until_all_are_in_use) {
  prepare_workers(3);
  gateway->start(*exchange);
  ASSERT_TRUE(eventually([this] { return gateway->running_workers() == 1; }));
  std::vector<std::shared_ptr<Publisher>> publishers;
  for (const char* sim : {"11111", "22222", "33333", "44444"}) {
    const auto before = gateway->running_workers();
    publishers.push_back(publish(sim));
    const auto wanted = std::min<std::size_t>(before + 1, workers);
    EXPECT_TRUE(eventually([&] { return gateway->running_workers() == wanted; })) << sim;
  }
  for (const char* packet : {"open 1", "open 2", "open 3", "open 4"})
    EXPECT_TRUE(eventually([&] { return told(packet) != 0; })) << packet;
  EXPECT_NE(told("open 1"), told("open 2"));
  EXPECT_NE(told("open 1"), told("open 3"));
  EXPECT_NE(told("open 2"), told("open 3"));
  EXPECT_EQ(runs().size(), 3U);
}

TEST_F(MediaHlsGateway, loses_one_workers_streams_and_another_takes_up_what_that_left) {
  prepare_workers(2);
  gateway->start(*exchange);
  const auto lost = publish("11111");
  ASSERT_TRUE(eventually([this] { return told("text 1") != 0 && gateway->running_workers() == 2; }));
  const auto kept = publish("22222");
  ASSERT_TRUE(eventually([this] { return told("text 2") != 0; }));
  const int first = told("open 1");
  const int second = told("open 2");
  ASSERT_NE(first, second);
  ::kill(first, SIGKILL);
  EXPECT_EQ(lost->next_error(), "gateway-lost");
  EXPECT_TRUE(eventually([this] { return told("take-up 11111") != 0; }));
  EXPECT_EQ(told("take-up 11111"), second);
  EXPECT_EQ(kept->errors(), 0U);
}

TEST_F(MediaHlsGateway, has_what_an_earlier_run_left_taken_up_once) {
  left = {"11111", "22222"};
  prepare_workers(2);
  gateway->start(*exchange);
  EXPECT_TRUE(eventually([this] { return told("take-up 11111") != 0 && told("take-up 22222") != 0; }));
  EXPECT_NE(told("take-up 11111"), told("take-up 22222")) << "each its share";
  const auto publisher = publish("22222");
  EXPECT_TRUE(eventually([this] { return told("open 1") != 0; }));
  EXPECT_EQ(told("open 1"), told("take-up 22222"));
  EXPECT_EQ(told("take-up 22222", 1), 0);
}

TEST_F(MediaHlsGateway, a_stream_that_flows_in_any_worker_is_pending_no_more) {
  config.limits.pending_streams_per_address = 1;
  prepare_workers(2, "printf \"flows $2\" >&0; printf \"notice $2 transcoded It is.\" >&0");
  gateway->start(*exchange);
  const auto first = publish("11111");
  ASSERT_EQ(first->next_error(), "transcoded");
  ASSERT_TRUE(eventually([this] { return gateway->running_workers() == 2; }));
  const auto second = publish("22222");
  ASSERT_EQ(second->next_error(), "transcoded");
  EXPECT_NE(told("open 1"), told("open 2"));
  const auto third = publish("33333");
  EXPECT_EQ(third->next_error(), "transcoded");
}

// What has crashed one.

TEST_F(MediaHlsGateway, what_crashed_a_worker_is_told_and_not_given_to_another) {
  prepare_workers(2, crashing());
  gateway->start(*exchange);
  const auto other = publish("11111");
  ASSERT_TRUE(eventually([this] { return told("text 1") != 0 && gateway->running_workers() == 2; }));
  const auto publisher = publish("12345", R"({"crash":1})");
  EXPECT_EQ(publisher->next_error(), "gateway-crashed");
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  offer(R"({"crash":1})");
  EXPECT_EQ(publisher->next_error(), "gateway-crashed");
  EXPECT_EQ(publisher->next_error(), "gateway-lost");
  offer(R"({"else":1})");
  EXPECT_TRUE(eventually([this] { return told("open 4") != 0; })) << "it may try something else";
  EXPECT_EQ(crashes(), 1U);
  EXPECT_EQ(other->errors(), 0U);
}

TEST_F(MediaHlsGateway, what_a_crashed_worker_had_not_read_is_not_to_blame) {
  prepare_workers(1, crashing());
  gateway->start(*exchange);
  const auto other = publish("11111");
  ASSERT_TRUE(eventually([this] { return told("text 1") != 0; }));
  const auto publisher = publish("12345", R"({"crash":1})");
  EXPECT_EQ(publisher->next_error(), "gateway-crashed");
  EXPECT_EQ(other->next_error(), "gateway-lost");
}

TEST_F(MediaHlsGateway, has_no_stream_any_more_once_the_publisher_is_gone) {
  run("printf ready >&0; cat >/dev/null");
  const auto publisher = publish();
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 1; }));
  exchange->disconnected(id);
  EXPECT_TRUE(eventually([this] { return gateway->streams() == 0; }));
}

}  // namespace
}  // namespace parley::media
