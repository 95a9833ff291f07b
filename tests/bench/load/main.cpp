// parley_load: opens many connections to a relay that already runs, lets some of them talk, and prints what
// it saw as lines of JSON. tests/bench/*.mjs start the relays and this, and make tables of it.

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "process.hpp"
#include "registration.hpp"
#include "talk.hpp"

namespace {

using namespace parley::bench;
using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::uint16_t port = 0;
  pid_t server = 0;
  Dialect dialect = Dialect::parley;
  bool tls = false;
  std::size_t connections = 2000;
  std::vector<std::size_t> pairs;
  std::size_t stalled = 0;
  std::size_t sdp_bytes = 1024;
  double seconds = 3;
  double hold = 0;
  double register_within = 0;
};

constexpr auto longest_opening = 60s;
constexpr auto longest_listing = 120s;
constexpr auto warm_up = 300ms;

// The clients that will stop reading get this much, which fills a kernel's and a host's buffers within a
// second or two.
constexpr std::size_t fed_sdp_bytes = 16'384;
constexpr auto feed_interval = 20ms;
constexpr auto until_full = 3s;

double seconds(Clock::duration duration) {
  return Seconds(duration).count();
}

void print_talk(const std::string& name, Talk talk, std::chrono::microseconds server_cpu) {
  const auto count = static_cast<double>(talk.latencies.count());
  std::cout << R"({"phase":")" << name << R"(","messagesPerSecond":)" << count / seconds(talk.lasted)
            << R"(,"p50":)" << talk.latencies.percentile(0.50).count() << R"(,"p99":)"
            << talk.latencies.percentile(0.99).count() << R"(,"serverCpuPerMessage":)"
            << static_cast<double>(server_cpu.count()) / count << "}\n";
}

void open(Swarm& swarm, const Options& options) {
  const auto before = usage_of(options.server).resident_bytes;
  const auto start = Clock::now();
  swarm.open(longest_opening);
  const auto took = seconds(Clock::now() - start);
  std::cout << R"({"phase":"open","connections":)" << swarm.size() << R"(,"connectionsPerSecond":)"
            << static_cast<double>(swarm.size()) / took << R"(,"residentBefore":)" << before
            << R"(,"resident":)" << usage_of(options.server).resident_bytes << "}\n";
}

/// Nobody says anything for a while, as in most rooms at most times.
void hold(Swarm& swarm, const Options& options) {
  swarm.run(Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(options.hold)), {});
  std::cout << R"({"phase":"held","resident":)" << usage_of(options.server).resident_bytes << "}\n";
}

void relay(Swarm& swarm, const Options& options, std::size_t pairs) {
  PingPong talk(swarm, pairs, options.sdp_bytes);
  talk.start();
  static_cast<void>(talk.measure(warm_up));
  const auto before = usage_of(options.server).cpu;
  Talk result = talk.measure(std::chrono::duration_cast<Clock::duration>(Seconds(options.seconds)));
  const auto cpu = usage_of(options.server).cpu - before;
  talk.stop();
  print_talk("relay-" + std::to_string(pairs), std::move(result), cpu);
}

/// The same talk twice, beside clients that are fed all the while: first these read, then they have stopped.
void stalled(Swarm& swarm, const Options& options, std::size_t pairs) {
  const auto duration = std::chrono::duration_cast<Clock::duration>(Seconds(options.seconds));
  Feed feed(swarm, pairs, options.stalled, fed_sdp_bytes, feed_interval);
  const auto pump = [&] { feed.pump(); };
  PingPong talk(swarm, pairs, options.sdp_bytes);
  talk.start();
  static_cast<void>(talk.measure(warm_up, pump));
  auto before = usage_of(options.server).cpu;
  Talk reading = talk.measure(duration, pump);
  print_talk("reading", std::move(reading), usage_of(options.server).cpu - before);

  swarm.expect_closes();
  feed.stop_readers();
  before = usage_of(options.server).cpu;
  Talk filling = talk.measure(until_full, pump);
  print_talk("filling", std::move(filling), usage_of(options.server).cpu - before);
  before = usage_of(options.server).cpu;
  Talk stopped = talk.measure(duration, pump);
  print_talk("stopped", std::move(stopped), usage_of(options.server).cpu - before);
  std::cout << R"({"phase":"closed","connections":)" << swarm.closed() << R"(,"resident":)"
            << usage_of(options.server).resident_bytes << "}\n";
}

/// Users come within a few seconds, and all are to know of all.
void registration(Swarm& swarm, const Options& options) {
  const auto before = usage_of(options.server);
  Registration registration(swarm);
  const auto start = Clock::now();
  registration.run(std::chrono::duration_cast<Clock::duration>(Seconds(options.register_within)),
                   longest_opening);
  const auto took = seconds(Clock::now() - start);
  const auto until_complete = seconds(registration.wait_for_complete_lists(longest_listing));
  std::cout << R"({"phase":"registered","seconds":)" << took << R"(,"p50":)"
            << registration.waits().percentile(0.50).count() << R"(,"p99":)"
            << registration.waits().percentile(0.99).count() << R"(,"longest":)"
            << registration.waits().percentile(1).count() << R"(,"completeAfter":)" << until_complete
            << R"(,"listsPerUser":)"
            << static_cast<double>(registration.lists()) / static_cast<double>(swarm.size())
            << R"(,"listBytes":)" << registration.bytes() << R"(,"residentBefore":)" << before.resident_bytes
            << R"(,"peakResident":)" << peak_resident_bytes(options.server) << R"(,"peakKernelBytes":)"
            << registration.peak_kernel_bytes() << R"(,"serverCpuSeconds":)"
            << std::chrono::duration<double>(usage_of(options.server).cpu - before.cpu).count() << "}\n";
}

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app("Loads a WebSocket relay on 127.0.0.1 and prints what it saw as lines of JSON.");
  const std::map<std::string, Dialect> dialects{
      {"parley", Dialect::parley},    {"json", Dialect::json},           {"raw", Dialect::raw},
      {"fastapi", Dialect::fastapi},  {"serverpod", Dialect::serverpod}, {"calls", Dialect::calls},
      {"socketio", Dialect::socketio}};
  app.add_option("--port", options.port, "where the relay listens")->required();
  app.add_option("--server", options.server, "its process id")->required();
  app.add_option("--dialect", options.dialect, "what it speaks")
      ->transform(CLI::CheckedTransformer(dialects));
  app.add_flag("--tls", options.tls, "whether over TLS; any certificate will do");
  app.add_option("--connections", options.connections, "how many to open, two of them a pair");
  app.add_option("--pairs", options.pairs, "how many pairs talk; one measurement each")->delimiter(',');
  app.add_option("--stalled", options.stalled, "how many further pairs have a receiver that stops reading");
  app.add_option("--sdp-bytes", options.sdp_bytes, "how long each description is");
  app.add_option("--seconds", options.seconds, "how long each measurement lasts");
  app.add_option("--hold", options.hold,
                 "seconds of silence once all are open, after which memory is measured again");
  app.add_option("--register-within", options.register_within,
                 "seconds over which the connections come, instead of as fast as they can");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    const std::optional<TlsContext> tls =
        options.tls ? std::optional<TlsContext>(std::in_place) : std::nullopt;
    Swarm swarm(options.port, options.dialect, options.connections, tls ? &*tls : nullptr);
    for (const std::size_t pairs : options.pairs) {
      for (std::size_t pair = pairs; pair < pairs + options.stalled; ++pair)
        swarm.shrink_receive_buffer(pair * 2 + 1);
    }
    if (options.register_within > 0) {
      registration(swarm, options);
      return 0;
    }
    open(swarm, options);
    if (options.hold > 0) hold(swarm, options);
    for (const std::size_t pairs : options.pairs) {
      options.stalled == 0 ? relay(swarm, options, pairs) : stalled(swarm, options, pairs);
    }
  } catch (const std::exception& error) {
    std::cerr << "parley_load: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
