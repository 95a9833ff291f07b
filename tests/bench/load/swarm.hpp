#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"
#include "socket.hpp"
#include "stream.hpp"
#include "websocket.hpp"

namespace parley::bench {

using Clock = std::chrono::steady_clock;

/// One WebSocket of the swarm.
struct Client {
  enum class Stage { closed, connecting, upgrading, joining, joined };

  Stream stream;
  Stage stage = Stage::closed;
  Identity self;
  std::uint32_t mask = 0;
  std::string unread;       ///< the beginning of a frame whose rest is still to come
  std::size_t to_come = 0;  ///< of a large message whose parts are handed on as they are read
  std::string unsent;       ///< what the kernel would not take yet
  Clock::time_point began{};
  bool reads = true;
  bool small_buffer = false;
};

/// Many clients in one thread, over epoll. They come in pairs: clients 2n and 2n+1 share a room.
class Swarm {
 public:
  using OnRelayed = std::function<void(std::size_t client, Clock::time_point now)>;

  using OnJoined = std::function<void(std::size_t client, Clock::duration waited)>;
  /// `last`: the message ends with this part.
  using OnOther = std::function<void(std::size_t client, std::string_view part, bool last)>;

  /// With TLS where there is a context, which outlives it.
  Swarm(std::uint16_t port, Dialect dialect, std::size_t clients, const TlsContext* tls = nullptr);

  /// Before open(): is told how long each client waited, from its connect() until it was in.
  void on_joined(OnJoined told) { on_joined_ = std::move(told); }
  /// Before open(): is told of all messages that are no offers. Large ones come in parts, so that ten
  /// thousand clients that are each in the middle of one take no memory.
  void on_other(OnOther told) { on_other_ = std::move(told); }

  /// Opens them all and waits until each is in its room: a few handshakes at a time, or evenly spread over
  /// `within`. Throws when that takes longer than `limit`.
  void open(Clock::duration limit, Clock::duration within = {});

  /// Handles what arrives until then, or until `done` says so; `relayed` is told of every offer that came
  /// through.
  void run(Clock::time_point end, const OnRelayed& relayed, const std::function<bool()>& done = {});

  /// Sends an offer with this SDP (escaped) to the other one of the pair. Silently nothing when the server
  /// has closed this client's socket, as it may do with one that does not read.
  void send_offer(std::size_t client, std::string_view escaped_sdp);

  /// From now on this client reads nothing, and a receive buffer that was made small stays full.
  void stop_reading(std::size_t client);

  /// Before open(): gives this client a receive buffer of 256 KiB that does not grow, so that it is soon full.
  void shrink_receive_buffer(std::size_t client);

  /// Whether the server has not yet taken all that this client sent.
  [[nodiscard]] bool is_backed_up(std::size_t client) const { return !clients_[client].unsent.empty(); }

  [[nodiscard]] std::string name_of(std::size_t client) const { return user_name(clients_[client].self); }
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  [[nodiscard]] std::size_t size() const { return clients_.size(); }
  /// How many sockets the server closed. In a run without stopped readers that is an error, and thrown.
  [[nodiscard]] std::size_t closed() const { return closed_; }
  void expect_closes() { closes_expected_ = true; }

 private:
  void connect(std::size_t index);
  void handle(std::size_t index, std::uint32_t events, const OnRelayed& relayed);
  void receive(std::size_t index, const OnRelayed& relayed);
  void consume(std::size_t index, std::string_view bytes, const OnRelayed& relayed);
  std::size_t consume_one(std::size_t index, std::string_view bytes, const OnRelayed& relayed);
  void on_text(std::size_t index, std::string_view text, const OnRelayed& relayed);
  void send_frame(Client& client, Opcode opcode, std::string_view payload);
  void flush(Client& client, std::string_view bytes);
  void watch(std::size_t index, int operation);
  void lose(std::size_t index, const std::string& why);

  std::uint16_t port_;
  Dialect dialect_;
  const TlsContext* tls_;
  std::vector<Client> clients_;
  Socket epoll_;
  std::size_t joined_ = 0;
  std::size_t closed_ = 0;
  bool closes_expected_ = false;
  OnJoined on_joined_;
  OnOther on_other_;
  std::vector<char> buffer_;
  std::string message_;
  std::string frame_;
};

}  // namespace parley::bench
