#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "hls/pipe.hpp"
#include "server/backoff.hpp"
#include "server/child_process.hpp"
#include "server/descriptor.hpp"
#include "server/exchange.hpp"
#include "server/hls_streams.hpp"
#include "server/packet_outbox.hpp"

namespace parley::server {

/// The media gateway, a process of its own, so that a crash in its media code takes no signaling down: starts
/// it, starts it again when it ends, and is the hub's end of its pipe (hls/pipe.hpp).
///
/// For each publisher that the hub wants the gateway for there is one stream, in which the gateway's Session
/// is a client of the hub like any other, its pipe instead of a socket. One thread does all of it and never
/// waits for the gateway; whoever has something for it leaves that in the inbox.
class HlsGateway {
 public:
  enum class State : unsigned char { starting, running };

  /// Is going to run `program` with these arguments.
  HlsGateway(std::filesystem::path program, std::vector<std::string> arguments);
  ~HlsGateway();
  HlsGateway(const HlsGateway&) = delete;
  HlsGateway& operator=(const HlsGateway&) = delete;

  /// The exchange outlives the thread that this starts, which ends with stop().
  void start(Exchange& exchange);
  /// What the hub wants of it. Short enough for under the hub's lock.
  void change(hub::StreamChange change);
  /// Begins to end the process, which ends the playlists of its streams first.
  void begin_to_stop();
  /// Has ended it once this returns.
  void stop();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::size_t streams() const { return stream_count_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Number = hls::pipe::Stream;

  /// The hub's deliveries to one stream's connection.
  class StreamRecipient;
  /// Something for the gateway's Session.
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
  void wait() const;
  void start_process();
  /// It has ended, or must; it is started again after a while.
  void process_ended(std::string_view why);
  void take_inbox();
  void take_item(hub::StreamChange& change);
  void take_item(const Told& told);
  void take_item(const Closed& closed);
  void take_item(const Probed& probed);
  void receive();
  void take_message(hls::pipe::Ready ready);
  void take_message(const hls::pipe::Connect& connect);
  void take_message(const hls::pipe::Text& text);
  void take_message(const hls::pipe::Disconnect& disconnect);
  void take_message(const hls::pipe::Flows& flows);
  void take_message(const hls::pipe::Notice& notice);
  void take_message(const hls::pipe::Ended& ended);
  void take_message(const hls::pipe::Flowing& flowing);
  void open(Number number);
  /// It ends, and its publisher is told.
  void give_up(Number number);
  void disconnect(HlsStreams::Stream& stream);
  void tell(const hls::pipe::ToGateway& message);
  void flush();
  [[nodiscard]] bool is_stuck() const;

  Exchange* exchange_ = nullptr;
  const std::filesystem::path program_;
  const std::vector<std::string> arguments_;
  Descriptor wake_;

  std::mutex mutex_;
  std::vector<Item> inbox_;

  std::optional<ChildProcess> process_;
  Backoff backoff_;
  Clock::time_point deadline_;     // without a process: when to start one; while starting: to be ready
  Clock::time_point ready_since_;  // where it is running
  PacketOutbox outbox_;
  Clock::time_point reads_since_;  // where something waits in the outbox: nothing was taken out of it since
  std::string packet_;
  HlsStreams streams_;
  std::atomic<State> state_ = State::starting;
  std::atomic<std::size_t> stream_count_ = 0;
  std::jthread thread_;
};

}  // namespace parley::server
