#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "net/addresses.hpp"
#include "net/event_loop.hpp"
#include "net/frame_reader.hpp"
#include "net/outbox.hpp"
#include "net/received_bytes.hpp"
#include "net/socket.hpp"
#include "net/socket_handler.hpp"

namespace parley::net {

struct WebSocketLimits {
  FrameLimits frames{};
  /// A client that is silent for so long is lost: two heartbeats of the hub's.
  std::chrono::milliseconds silence{60'000};
  /// From its opening to the client's first message. The pages of some dialects open their socket at once and
  /// speak when somebody has typed a name.
  std::chrono::milliseconds first_message{300'000};
  /// From a message's first bytes to its end: 64 KiB at 17 kbit/s.
  std::chrono::milliseconds message{30'000};
  /// How long a client has to answer a close frame. A round trip takes far less, and a stopping host must be
  /// gone within 2 s.
  std::chrono::milliseconds close_patience{1'000};
};

/// One client's WebSocket (RFC 6455), on its event loop.
///
///     open ─┬─ the client closes ────────▸ over, with its code for an answer
///           ├─ the host closes ──────────▸ closing: until the client answers, or close_patience ──▸ over
///           ├─ a frame is forbidden ─────▸ discarding: what still comes is forgotten, likewise ───▸ over
///           └─ the socket ends or is silent for too long ─────────────────────────────────────────▸ over
class WebSocket : public Watched {
 public:
  /// `limits` and `received` outlive it. It keeps the client's place among the connections of its address.
  WebSocket(EventLoop& loop, Socket socket, std::unique_ptr<SocketHandler> handler,
            const WebSocketLimits& limits, ReceivedBytes& received, Addresses::Place place = {});
  ~WebSocket() override;

  /// `early`: what came with the request that opened it.
  void begin(std::string early);

  void ready(std::uint32_t events) override;
  void due(Instant now) override;
  void woken() override;
  void failed() noexcept override;

 private:
  void read(Instant now);
  void watch_time();
  void hold(Instant now);
  /// Says whether it goes on.
  bool take(std::span<std::uint8_t> bytes, Instant now);
  bool take(const FrameReader::Message& message);
  void close_now(CloseReason reason);
  void refuse(CloseReason reason);
  void tell_handler(std::uint16_t said) noexcept;
  void finish(std::uint16_t said) noexcept;

  EventLoop& loop_;
  Socket socket_;
  const std::unique_ptr<SocketHandler> handler_;
  const WebSocketLimits& limits_;
  const Addresses::Place place_;
  ReceivedBytes::Share received_;
  FrameReader frames_;
  Instant heard_{};                   // of the client, last
  std::optional<Instant> mute_{};     // until then it may say nothing
  std::optional<Instant> message_{};  // until then the one that has begun is to be whole
  bool told_ = false;
  bool discarding_ = false;
  bool closing_ = false;  // with a deadline for the client's answer
};

}  // namespace parley::net
