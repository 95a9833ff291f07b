#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/codec.hpp"
#include "hub/hub.hpp"
#include "net/backlog.hpp"
#include "net/frame.hpp"
#include "net/recipient.hpp"
#include "net/unsent_bytes.hpp"

namespace parley::net {

class EventLoop;
class Socket;
class WebSocket;

/// How much may wait for a client that does not read, before it is dropped with 1008.
struct OutboxLimits {
  /// The descriptions of a full room several times over. A client that is this far behind is quicker to
  /// resume than to catch up. What it shares with others does not count.
  std::size_t bytes = std::size_t{1024} * 1024;
  /// Events that nobody had the time to encode yet; far above what one turn of the hub makes for one member.
  std::size_t messages = 4'096;
};

/// A ping with this in it wants to know whether the client is there now: its pong has it, too.
inline constexpr std::string_view probe_payload = "probe";

/// What is on its way to one client. Any thread may put something in, and drains it afterwards: one thread at
/// a time encodes what has come and writes it, as many whole frames at once as there are, never waiting for
/// the client. What the socket does not take stays here until the client's event loop sees that it takes
/// more. So a client that does not read delays nobody, and fills nothing but its own outbox, which has a
/// limit.
class Outbox : public Recipient {
 public:
  /// What waits here counts into `all`, unless that is null.
  explicit Outbox(const dialects::Codec& codec, OutboxLimits limits, UnsentBytes all = nullptr)
      : codec_(codec), limits_(limits), share_(std::move(all)) {}

  /// From now on it writes to this socket, which `owner` has on this loop. What is put in before waits.
  void attach(Socket& socket, EventLoop& loop, WebSocket& owner);

  /// Takes an event: short enough for under the hub's lock, which fixes the order.
  void put(hub::Delivery delivery) override;
  /// Takes a frame that is no event's.
  void put(Opcode opcode, std::string_view payload);
  /// Takes the close frame, the last thing that is sent; its WebSocket is woken, to see to the rest. Whoever
  /// is first says why; later calls change nothing.
  void put_close(CloseReason reason) override;
  /// Writes what can be written now, unless another thread is at it, which then takes this along.
  void drain() override;
  void drain_later() override;

  [[nodiscard]] bool needs_pings() const override { return codec_.needs_pings; }
  void put_ping() override { put(Opcode::ping, {}); }
  void put_probe() override {
    probing_.store(true, std::memory_order_relaxed);
    put(Opcode::ping, probe_payload);
  }
  /// Whether this is what put_probe() waits for. A pong that nobody asked for is nothing (RFC 6455, 5.5.3).
  [[nodiscard]] bool is_answer(std::string_view pong) {
    return pong == probe_payload && probing_.exchange(false, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t unsent() const override { return share_.bytes(); }
  /// Whether all frames that were put are being written: events that are put from now on follow them.
  [[nodiscard]] bool only_events_from_now_on() const;
  /// Whether a close frame was put: what the client still says no longer counts.
  [[nodiscard]] bool closing() const { return closing_.load(std::memory_order_relaxed); }
  /// Why, or code 0.
  [[nodiscard]] CloseReason close_reason() const;

  /// For its loop: the socket takes bytes again.
  void writable();
  /// For its loop, before the socket is closed: nobody uses it once this has returned.
  void detach();

 private:
  void close_locked(CloseReason reason);
  void fail_locked();
  /// Encodes and writes what is there; the lock is open meanwhile.
  void take_turn(std::unique_lock<std::mutex>& lock);
  void encode(const std::vector<hub::Delivery>& batch, Backlog& frames) const;
  void write(Backlog& frames, bool blocked);
  void watch_locked();

  // First what every message touches, so that it is on few cache lines.
  mutable std::mutex mutex_;
  bool draining_ = false;              // a thread is encoding and writing; it alone touches `unsent_`
  bool blocked_ = false;               // the socket is full
  bool watched_ = false;               // the loop waits for the socket
  bool detached_ = true;               // there is no socket
  bool over_ = false;                  // there will be none any more
  std::atomic<bool> closing_ = false;  // close_reason_ is set
  std::atomic<bool> probing_ = false;
  Socket* socket_ = nullptr;
  EventLoop* loop_ = nullptr;
  WebSocket* owner_ = nullptr;
  const dialects::Codec& codec_;
  std::vector<hub::Delivery> pending_;
  std::string control_;  // encoded frames that follow what is pending
  Backlog unsent_;       // encoded frames, of which the first may be partly sent
  CloseReason close_reason_;
  const OutboxLimits limits_;
  UnsentShare share_;  // what is in `unsent_`, of a client that is not being closed
  std::condition_variable idle_;
};

}  // namespace parley::net
