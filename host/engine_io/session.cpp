#include "engine_io/session.hpp"

#include <algorithm>
#include <utility>

#include "base/overloaded.hpp"
#include "engine_io/refusal.hpp"

namespace parley::engine_io {
namespace {

constexpr std::string_view probe_text = "probe";

output::Answer payload_answer(RequestId request, std::string payload) {
  return {.request = request, .content_type = "text/plain; charset=UTF-8", .body = std::move(payload)};
}

/// The reference server labels it so, and clients look at the status alone.
output::Answer accepted(RequestId request) {
  return {.request = request, .content_type = "text/html", .body = "ok"};
}

output::Answer too_large(RequestId request) {
  return {.request = request,
          .status = 413,
          .content_type = "text/plain; charset=UTF-8",
          .body = "This is more than maxPayload.\n"};
}

output::SendFrame frame_of(SocketId socket, Packet packet) {
  if (packet.binary) return {.socket = socket, .binary = true, .payload = std::move(packet.data)};
  return {.socket = socket, .payload = encode_text(packet)};
}

output::CloseSocket close_of(SocketId socket, EndReason reason) {
  constexpr std::uint16_t normal = 1000;
  constexpr std::uint16_t protocol_error = 1002;
  constexpr std::uint16_t policy = 1008;
  constexpr std::uint16_t too_big = 1009;
  const auto code = [reason] {
    switch (reason) {
      case EndReason::malformed:
      case EndReason::transport_error:
        return protocol_error;
      case EndReason::ping_timeout:
      case EndReason::too_slow:
        return policy;
      case EndReason::too_large:
        return too_big;
      case EndReason::client_closed:
      case EndReason::server_closed:
        break;
    }
    return normal;
  };
  return {.socket = socket, .code = code(), .reason = name_of(reason)};
}

/// A socket that the session has no use for; the session itself goes on.
output::CloseSocket unwanted(SocketId socket) {
  constexpr std::uint16_t policy = 1008;
  return {.socket = socket, .code = policy, .reason = "this session has no use for this socket"};
}

}  // namespace

void Session::handle(Input input, Instant now, Outputs& out) {
  do_what_is_due(now, out);
  std::visit([&](auto& what) { on(what, now, out); }, input);
}

void Session::send(Message message, Instant now, Outputs& out) {
  if (!closing_) put({.binary = message.binary, .data = std::move(message.data)}, now, out);
}

void Session::close(Instant now, Outputs& out) {
  closing_ = true;
  if (!candidate_) end(EndReason::server_closed, now, out);
}

void Session::ask(Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;
  asked_ = true;
  if (pong_due_) return;
  pong_due_ = now + config_.ping_timeout;
  put({.type = PacketType::ping}, now, out);
}

std::optional<Instant> Session::next_timeout() const {
  switch (phase_) {
    case Phase::open: {
      const Instant heartbeat = pong_due_.value_or(ping_due_);
      if (!candidate_) return heartbeat;
      const bool releases = poll_ && candidate_->release;
      return std::min({heartbeat, candidate_->due, releases ? *candidate_->release : heartbeat});
    }
    case Phase::farewell:
      return farewell_due_;
    case Phase::fresh:
    case Phase::gone:
      break;
  }
  return std::nullopt;
}

void Session::do_what_is_due(Instant now, Outputs& out) {
  if (phase_ == Phase::farewell && now >= farewell_due_) phase_ = Phase::gone;
  if (phase_ != Phase::open) return;
  if (candidate_ && now >= candidate_->due) {
    drop_candidate(out);
    upgrade_over(now, out);
  }
  release_poll(now, out);
  if (!pong_due_ && now >= ping_due_) {
    // Where we come late, that is not the client's fault: it has half of the time at least.
    pong_due_ = std::max(ping_due_ + config_.ping_timeout, now + config_.ping_timeout / 2);
    put({.type = PacketType::ping}, now, out);
  }
  if (pong_due_ && now >= *pong_due_) end(EndReason::ping_timeout, now, out);
}

// requests

void Session::on(const input::Poll& poll, Instant now, Outputs& out) {
  if (phase_ == Phase::fresh) {
    open(Transport::polling, now, out);
    out.emplace_back(payload_answer(poll.request, handshake()));
    return;
  }
  if (phase_ == Phase::farewell) {
    out.emplace_back(payload_answer(poll.request, take_buffered()));
    phase_ = Phase::gone;
    return;
  }
  if (phase_ == Phase::gone) {
    out.emplace_back(answer_of(poll.request, Refusal::unknown_sid));
    return;
  }
  if (transport_ == Transport::websocket || poll_) {
    out.emplace_back(answer_of(poll.request, Refusal::bad_request));
    // Of two polls, nobody can say whose answer the client reads first. After an upgrade, neither is read.
    if (poll_) end(EndReason::transport_error, now, out);
    return;
  }
  poll_ = poll.request;
  release_poll(now, out);
}

void Session::on(const input::PostBegins& post, Instant now, Outputs& out) {
  if (phase_ != Phase::open) {
    out.emplace_back(answer_of(post.request, Refusal::unknown_sid));
  } else if (transport_ == Transport::websocket) {
    out.emplace_back(answer_of(post.request, Refusal::bad_request));
  } else if (post_) {
    out.emplace_back(answer_of(post.request, Refusal::bad_request));
    end(EndReason::transport_error, now, out);
  } else if (post.length.value_or(0) > config_.limits.payload_bytes) {
    out.emplace_back(too_large(post.request));
    end(EndReason::too_large, now, out);
  } else {
    post_ = post.request;
  }
}

void Session::on(input::Post& post, Instant now, Outputs& out) {
  if (phase_ != Phase::open) {
    out.emplace_back(answer_of(post.request, Refusal::unknown_sid));
    return;
  }
  if (transport_ == Transport::websocket || post_ != post.request) {
    out.emplace_back(answer_of(post.request, Refusal::bad_request));
    return;
  }
  post_.reset();
  if (post.bytes > config_.limits.payload_bytes) {
    out.emplace_back(too_large(post.request));
    return end(EndReason::too_large, now, out);
  }
  if (!post.packets) {
    out.emplace_back(answer_of(post.request, Refusal::bad_request));
    return end(EndReason::malformed, now, out);
  }
  out.emplace_back(accepted(post.request));
  for (Packet& packet : *post.packets) receive(std::move(packet), now, out);
}

void Session::on(const input::RequestLost& lost, Instant now, Outputs& out) {
  if (poll_ == lost.request) poll_.reset();
  if (post_ == lost.request) post_.reset();
  // What was in it is lost, and polling has no way to say so. Nothing of a WebSocket's is in a request.
  if (transport_ == Transport::polling) end(EndReason::transport_error, now, out);
}

// sockets

void Session::on(const input::SocketOpened& opened, Instant now, Outputs& out) {
  if (phase_ == Phase::fresh) {
    socket_ = opened.socket;
    open(Transport::websocket, now, out);
    out.emplace_back(output::SendFrame{.socket = opened.socket, .payload = handshake()});
  } else if (phase_ == Phase::open && transport_ == Transport::polling && !candidate_) {
    candidate_ = {.socket = opened.socket, .due = now + config_.limits.upgrade};
  } else {
    out.emplace_back(unwanted(opened.socket));
  }
}

void Session::on(input::SocketText& text, Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;
  if (candidate_ && candidate_->socket == text.socket) return probe(text, now, out);
  if (socket_ != text.socket) return;
  if (text.bytes > config_.limits.payload_bytes) return end(EndReason::too_large, now, out);
  if (!text.packet) return end(EndReason::malformed, now, out);
  receive(std::move(*text.packet), now, out);
}

void Session::on(const input::SocketBinary& binary, Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;
  if (candidate_ && candidate_->socket == binary.socket) {
    drop_candidate(out);
    return upgrade_over(now, out);
  }
  if (socket_ != binary.socket) return;
  if (binary.bytes.size() > config_.limits.payload_bytes) return end(EndReason::too_large, now, out);
  receive({.binary = true, .data = std::string(binary.bytes)}, now, out);
}

void Session::on(const input::SocketClosed& closed, Instant now, Outputs& out) {
  if (candidate_ && candidate_->socket == closed.socket) {
    candidate_.reset();
    return upgrade_over(now, out);
  }
  if (socket_ != closed.socket) return;
  socket_.reset();
  end(EndReason::client_closed, now, out);
}

void Session::probe(const input::SocketText& text, Instant now, Outputs& out) {
  const auto& packet = text.packet;
  if (packet == Packet{.type = PacketType::ping, .data = std::string(probe_text)}) {
    candidate_->release = now + config_.release_delay;
    out.emplace_back(frame_of(text.socket, {.type = PacketType::pong, .data = std::string(probe_text)}));
    release_poll(now, out);
  } else if (packet && packet->type == PacketType::upgrade && candidate_->release) {
    upgrade(now, out);
  } else {
    drop_candidate(out);
    upgrade_over(now, out);
  }
}

void Session::upgrade(Instant now, Outputs& out) {
  release_poll(now, out);
  // The client did not wait for it, so it is one that comes after the upgrade.
  if (poll_) out.emplace_back(answer_of(*std::exchange(poll_, std::nullopt), Refusal::bad_request));
  transport_ = Transport::websocket;
  socket_ = candidate_->socket;
  candidate_.reset();
  for (Packet& packet : std::exchange(buffered_, {})) out.emplace_back(frame_of(*socket_, std::move(packet)));
  buffered_bytes_ = 0;
  upgrade_over(now, out);
}

void Session::upgrade_over(Instant now, Outputs& out) {
  if (closing_) end(EndReason::server_closed, now, out);
}

void Session::drop_candidate(Outputs& out) {
  out.emplace_back(unwanted(candidate_->socket));
  candidate_.reset();
}

// both

void Session::open(Transport transport, Instant now, Outputs& out) {
  phase_ = Phase::open;
  transport_ = transport;
  ping_due_ = now + config_.ping_interval;
  out.emplace_back(output::Opened{.session = id_});
}

std::string Session::handshake() const {
  return encode_text({.type = PacketType::open,
                      .data = R"({"sid":")" + sid_ + R"(","upgrades":[)" +
                              (transport_ == Transport::polling ? R"("websocket")" : "") +
                              R"(],"pingInterval":)" + std::to_string(config_.ping_interval.count()) +
                              R"(,"pingTimeout":)" + std::to_string(config_.ping_timeout.count()) +
                              R"(,"maxPayload":)" + std::to_string(config_.limits.payload_bytes) + "}"});
}

void Session::receive(Packet packet, Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;  // an earlier packet of this payload was the last
  switch (packet.type) {
    case PacketType::message:
      if (closing_) return;  // the application has said that it wants no more
      out.emplace_back(output::Received{
          .session = id_, .message = {.binary = packet.binary, .data = std::move(packet.data)}});
      return;
    case PacketType::pong:
      // One that nobody asked for must not put off the next ping.
      if (pong_due_) ping_due_ = now + config_.ping_interval;
      pong_due_.reset();
      if (std::exchange(asked_, false)) out.emplace_back(output::Alive{.session = id_});
      return;
    case PacketType::ping:  // the server's to send since v4
      return end(EndReason::transport_error, now, out);
    case PacketType::close:
      return end(EndReason::client_closed, now, out);
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop:
      return;
  }
}

void Session::put(Packet packet, Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;
  if (transport_ == Transport::websocket) {
    out.emplace_back(frame_of(*socket_, std::move(packet)));
    return;
  }
  constexpr std::size_t besides = sizeof(Packet);
  buffered_bytes_ += packet.data.size() + besides;
  buffered_.push_back(std::move(packet));
  release_poll(now, out);
  if (buffered_bytes_ > config_.limits.buffered_bytes) end(EndReason::too_slow, now, out);
}

void Session::release_poll(Instant now, Outputs& out) {
  if (!poll_) return;
  // While upgrading the client waits for its poll's end before it completes the upgrade.
  const bool upgrading = candidate_ && candidate_->release && now >= *candidate_->release;
  if (buffered_.empty() && upgrading) buffered_.push_back({.type = PacketType::noop});
  if (buffered_.empty()) return;
  out.emplace_back(payload_answer(*std::exchange(poll_, std::nullopt), take_buffered()));
}

void Session::forget_buffered() {
  buffered_.clear();
  buffered_bytes_ = 0;
}

std::string Session::take_buffered() {
  buffered_bytes_ = 0;
  return encode_payload(std::exchange(buffered_, {}));
}

void Session::end(EndReason reason, Instant now, Outputs& out) {
  if (phase_ != Phase::open) return;
  phase_ = Phase::gone;
  if (candidate_) drop_candidate(out);
  if (transport_ == Transport::polling) end_polling(reason, now, out);
  if (socket_) out.emplace_back(close_of(*socket_, reason));
  socket_.reset();
  out.emplace_back(output::Ended{.session = id_, .reason = reason});
}

void Session::end_polling(EndReason reason, Instant now, Outputs& out) {
  const bool client = reason == EndReason::client_closed;
  if (client) forget_buffered();
  buffered_.push_back({.type = client ? PacketType::noop : PacketType::close});
  if (poll_) return release_poll(now, out);
  // A client that closes has a poll under way, which may come by another thread than its POST. One whom the
  // application closes polls for what it has not read.
  const bool awaited = client || reason == EndReason::server_closed;
  if (!awaited) return forget_buffered();
  phase_ = Phase::farewell;
  farewell_due_ = now + config_.limits.farewell;
}

}  // namespace parley::engine_io
