#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "base/descriptor.hpp"
#include "exchange/exchange.hpp"
#include "hls/pipe.hpp"
#include "hls/usage.hpp"
#include "media/crashed_offers.hpp"
#include "media/hls_homes.hpp"
#include "media/hls_streams.hpp"
#include "media/hls_worker.hpp"

namespace parley::media {

/// The media gateway: processes of its own, the workers, so that a crash in media code takes no signaling
/// down, and of the streams only those of one worker. Starts them, starts them again when they end, and is
/// the hub's end of their pipes (hls/pipe.hpp).
///
/// For each publisher that the hub wants the gateway for there is one stream, in which a worker's Session is
/// a client of the hub like any other, its pipe instead of a socket. It is given to the worker that has the
/// files of its SIM number, or else to the one with the least to do. There is always a worker without a
/// stream, until all are in use: so idle hosts have one, and nobody waits for a process to start.
///
/// One thread does all of it and never waits for a worker; whoever has something for it leaves that in the
/// inbox.
class HlsGateway {
 public:
  struct Setting {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::size_t workers = 1;
    /// Of one worker, which is to end its heaviest stream before it has more.
    std::uint64_t memory_bytes = std::uint64_t{512} << 20U;
    std::vector<std::string> left;  ///< SIM numbers of which an earlier run left files
  };

  explicit HlsGateway(Setting setting);
  ~HlsGateway();
  HlsGateway(const HlsGateway&) = delete;
  HlsGateway& operator=(const HlsGateway&) = delete;

  /// The exchange outlives the thread that this starts, which ends with stop().
  void start(exchange::Exchange& exchange);
  /// What the hub wants of it. Short enough for under the hub's lock.
  void change(hub::StreamChange change);
  /// Begins to end the workers, which end the playlists of their streams first.
  void begin_to_stop();
  /// Has ended them once this returns.
  void stop();

  [[nodiscard]] std::size_t running_workers() const { return running_; }
  [[nodiscard]] std::size_t streams() const { return stream_count_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Number = hls::pipe::Stream;
  using Worker = HlsHomes::Worker;

  /// The hub's deliveries to one stream's connection.
  class StreamRecipient;
  /// Something for a worker's Session.
  struct Told {
    Number stream = 0;
    hub::Delivery delivery;
  };
  struct Closed {
    Number stream = 0;
    std::uint16_t code = 0;
  };
  /// Whether its publisher still sends.
  struct Probed {
    Number stream = 0;
  };
  using Item = std::variant<hub::StreamChange, Told, Closed, Probed>;

  void put(Item item);
  void wake();

  // All of these on the one thread.
  void run(const std::stop_token& stop);
  void take_turn();
  void wait();
  void end_workers();
  /// As many as there are to be now.
  void start_workers();
  /// When a worker that is to be started has rested.
  [[nodiscard]] Clock::time_point next_start() const;
  [[nodiscard]] bool wants_worker() const;
  void worker_lost(Worker worker, bool crashed);
  void worker_gone(Worker worker);
  /// Of what these were saying one thing may have crashed their worker.
  void blame(const std::vector<Number>& streams);
  void watch_memory(Worker worker);
  void count_running();

  void take_inbox();
  void take_item(hub::StreamChange& change);
  void take_item(const Told& told);
  void take_item(const Closed& closed);
  void take_item(const Probed& probed);

  void hear(Worker worker, const hls::pipe::ToHost& message);
  void take_message(Worker worker, hls::pipe::Ready ready);
  void take_message(Worker worker, hls::pipe::Pong pong);
  void take_message(Worker worker, const hls::pipe::Heard& heard);
  void take_message(Worker worker, const hls::pipe::Connect& connect);
  void take_message(Worker worker, const hls::pipe::Text& text);
  void take_message(Worker worker, const hls::pipe::Disconnect& disconnect);
  void take_message(Worker worker, const hls::pipe::Flows& flows);
  void take_message(Worker worker, const hls::pipe::Notice& notice);
  void take_message(Worker worker, const hls::pipe::Ended& ended);
  void take_message(Worker worker, const hls::pipe::Flowing& flowing);
  void take_message(Worker worker, const hls::pipe::Released& released);
  /// Null where that worker does not have it.
  [[nodiscard]] HlsStreams::Stream* stream_of(Worker worker, Number number);

  /// Gives it a worker, if there is one for it.
  void assign(Number number);
  /// All streams that have none, and what was left, too.
  void assign();
  [[nodiscard]] std::optional<Worker> worker_for(std::string_view sim) const;
  [[nodiscard]] std::optional<Worker> least_loaded() const;
  void settle(const std::string& sim, Worker worker);
  /// It ends, and its publisher is told.
  void give_up(Number number, std::string_view why);
  void refuse_crashed(Number number);
  void report(const HlsStreams::Stream& stream, hub::ErrorCode code, std::string sentence);
  void close(const HlsStreams::Stream& stream, Number number, hls::pipe::Departure departure);
  void disconnect(HlsStreams::Stream& stream);

  exchange::Exchange* exchange_ = nullptr;
  Descriptor wake_;

  std::mutex mutex_;
  std::vector<Item> inbox_;

  const std::uint64_t memory_bytes_;
  Descriptor shared_usage_;
  hls::Usage usage_;
  std::vector<std::unique_ptr<HlsWorker>> workers_;
  std::vector<int> idle_and_large_;  // how often a worker was found so in a row
  CrashedOffers crashed_offers_;
  HlsHomes homes_;
  HlsStreams streams_;
  std::atomic<std::size_t> running_ = 0;
  std::atomic<std::size_t> stream_count_ = 0;
  std::jthread thread_;
};

}  // namespace parley::media
