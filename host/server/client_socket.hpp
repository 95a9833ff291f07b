#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "net/addresses.hpp"
#include "net/outbox.hpp"
#include "net/socket_handler.hpp"

namespace parley::server {

inline constexpr net::CloseReason going_away{.code = net::close_code::going_away,
                                             .text = "the host is going away: come back in a moment"};

/// The WebSockets that the host has, and how many it takes.
class Sockets {
 public:
  /// Past the limit as many as `most_refused` are accepted at once and closed with 1013, which a page can
  /// read.
  Sockets(std::size_t most, std::size_t most_refused) : most_(most), most_refused_(most_refused) {}

  /// Whether another handshake is to be refused.
  [[nodiscard]] bool full() const { return stopping_ || open_ >= most_ + most_refused_; }
  [[nodiscard]] bool stopping() const { return stopping_; }
  void stop() { stopping_ = true; }
  /// Waits until there is none, for this long at most.
  void wait_until_gone(std::chrono::milliseconds patience);

  /// One of them, from its handshake to its end.
  class Ticket {
   public:
    explicit Ticket(Sockets& all) : all_(&all) { ++all.open_; }
    Ticket(Ticket&& other) noexcept
        : all_(std::exchange(other.all_, nullptr)), admitted_(std::exchange(other.admitted_, false)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

    /// Whether the hub may have it.
    [[nodiscard]] bool admit();
    [[nodiscard]] bool stopping() const { return all_->stopping(); }

   private:
    Sockets* all_;
    bool admitted_ = false;
  };

 private:
  const std::size_t most_;
  const std::size_t most_refused_;
  std::atomic<std::size_t> open_ = 0;
  std::atomic<std::size_t> admitted_ = 0;  // of these, those that the hub may know
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable gone_;
};

/// What all of the host's WebSockets have in common: one outbox, a share of their number, and a line of the
/// log at their end.
class ClientSocket : public net::SocketHandler {
 public:
  /// `addresses` outlives it.
  ClientSocket(std::shared_ptr<net::Outbox> outbox, net::Addresses& addresses, std::string address,
               Sockets::Ticket ticket)
      : outbox_(std::move(outbox)),
        addresses_(addresses),
        address_(std::move(address)),
        ticket_(std::move(ticket)) {}

  [[nodiscard]] const std::shared_ptr<net::Outbox>& outbox() const final { return outbox_; }
  void open() final;
  void closed(std::uint16_t said) final;

 protected:
  /// The client is known from now on.
  virtual void enter() = 0;
  /// It no longer is, if it was.
  virtual void leave(std::uint16_t said) = 0;
  /// For the log; 0 where nobody knows it.
  [[nodiscard]] virtual std::uint64_t id() const = 0;

  [[nodiscard]] const std::string& address() const { return address_; }
  void close(net::CloseReason reason);

 private:
  const std::shared_ptr<net::Outbox> outbox_;
  net::Addresses& addresses_;
  const std::string address_;
  std::optional<Sockets::Ticket> ticket_;
};

}  // namespace parley::server
