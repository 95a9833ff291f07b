#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exchange/exchange.hpp"
#include "net/addresses.hpp"
#include "net/recipient.hpp"

namespace parley::http {

/// A publisher that speaks WHIP, towards the hub: a connection without a socket.
class WhipSession : public net::Recipient, public std::enable_shared_from_this<WhipSession> {
 public:
  /// Why there is no answer.
  struct Refusal {
    hub::ErrorCode code = hub::ErrorCode::gateway_unavailable;
    std::string sentence;
  };
  struct Notice {
    hub::ErrorCode code{};
    std::string sentence;
  };
  struct Taken {
    std::string answer;           ///< SDP
    std::vector<Notice> notices;  ///< what is worth knowing though the stream goes on
  };
  using Answer = Result<Taken, Refusal>;

  /// `token`: the one that it has shown, if any. `on_over` is called once the stream has ended for a reason that is not this publisher's, after an
  /// answer; by any thread.
  WhipSession(exchange::Exchange& exchange, std::string address, net::Addresses::Place place,
              std::string token, std::function<void()> on_over)
      : exchange_(exchange),
        address_(std::move(address)),
        place_(std::move(place)),
        token_(std::move(token)),
        on_over_(std::move(on_over)) {}

  /// Offers, and waits for this long at most.
  [[nodiscard]] Answer offer(hub::Message message, std::chrono::milliseconds patience);
  void say(hub::Message message) { exchange_.message(id_, std::move(message)); }
  /// The publisher is gone.
  void leave();

  void put(hub::Delivery delivery) override;
  void put_close(net::CloseReason reason) override;
  void drain() override;

  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}
  void put_probe() override;

 private:
  void take_locked(const hub::EventBody& body);

  exchange::Exchange& exchange_;
  const std::string address_;
  const net::Addresses::Place place_;  // among those of its address
  const std::string token_;
  const std::function<void()> on_over_;
  hub::ConnectionId id_ = 0;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::vector<hub::Delivery> pending_;
  std::optional<Answer> answer_;
  std::vector<Notice> notices_;    ///< before the answer
  std::optional<Refusal> closed_;  ///< for who has heard nothing else
  bool over_ = false;
  bool asked_ = false;
};

}  // namespace parley::http
