#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/object_pool.hpp"
#include "exchange/adaptive_mutex.hpp"
#include "hub/hub.hpp"
#include "net/addresses.hpp"
#include "net/recipient.hpp"
#include "net/unsent_bytes.hpp"

namespace parley::exchange {

/// The hub behind one lock, and the way of one message through it:
///
///     A's event loop   reads frames, and makes a message of them                         no lock
///                      the dialect decodes it                                            no lock
///                      the hub decides, its deliveries go into the recipients' outboxes  the hub's lock
///                      drains those outboxes: each dialect encodes, one send()           that outbox's turn
///     B's event loop   goes on where B's socket took no more
///
/// Under the lock nothing is parsed, written, sent or logged; only pointers move. That the outboxes are
/// filled there keeps every recipient's events in the hub's order, whichever threads drain them.
class Exchange {
 public:
  /// What a token is worth at this instant; called by any thread.
  using CheckToken = std::function<hub::Credential(std::string_view token, hub::Instant now)>;

  /// What hears of things that the hub has decided, and what it asks of others.
  struct Surroundings {
    /// What the media gateway is to do; under the lock, so it must be short.
    std::function<void(hub::StreamChange)> on_stream{};
    /// A call is over, of somebody with an account.
    std::function<void(const hub::CallRecord&)> on_call{};
    /// Without it, no token is looked at.
    CheckToken check_token{};
  };

  /// `addresses` outlives it.
  Exchange(const hub::Config& config, net::Addresses& addresses, Surroundings surroundings);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// A client has come from this address; what is meant for it goes to this recipient. Its id is not used
  /// again. `token`: the one that it has shown by then, if any.
  [[nodiscard]] hub::ConnectionId connected(std::shared_ptr<net::Recipient> recipient, hub::Dialect dialect,
                                            hub::Role role = hub::Role::client, std::string address = {},
                                            std::string_view token = {});
  /// What this token is worth, which was shown from there; an empty one is none.
  [[nodiscard]] hub::Credential check(std::string_view token, const hub::Source& source);
  void message(hub::ConnectionId from, hub::Message message);
  void disconnected(hub::ConnectionId connection, hub::Parting how = hub::Parting::lost);
  /// A client has answered Recipient::put_probe().
  void alive(hub::ConnectionId connection);
  /// Closes all of them, for this reason.
  void close_all(net::CloseReason reason);

  /// What each client's address holds and does.
  [[nodiscard]] net::Addresses& addresses() const { return addresses_; }
  /// For what waits in the recipients' outboxes: together with what the hub keeps it has a limit.
  [[nodiscard]] const net::UnsentBytes& unsent_bytes() const { return unsent_bytes_; }

  /// Something that the room manager is asked for; under the lock, so short.
  void manage(const std::function<void(hub::Hub&, hub::Instant, hub::Outcome&)>& act);
  /// Something that the hub is only asked about: `question(hub)`, under the lock, so short.
  template <class Question>
  [[nodiscard]] auto ask(Question&& question) const {
    const std::lock_guard lock(mutex_);
    return question(hub_);
  }

 private:
  /// What one turn of the hub leaves to do once the lock is open.
  struct Aftermath {
    hub::Outcome outcome;
    std::vector<std::shared_ptr<net::Recipient>> filled;
  };

  /// Runs `turn(now, outcome)` under the lock and then does what came of it.
  template <class Turn>
  void take_turn(Turn&& turn);
  void dispatch(Aftermath& aftermath);
  void note(const hub::Notice& notice);
  [[nodiscard]] std::size_t unsent_of(hub::ConnectionId connection) const;
  friend class ExchangeTimer;
  void keep_time(const std::stop_token& stop);
  /// A browser answers a WebSocket ping by itself: so a client that has nothing to say is told from one that
  /// is gone.
  void keep_pinging(const std::stop_token& stop, std::chrono::seconds heartbeat,
                    std::condition_variable_any& never) const;
  /// Runs `put(recipient)` for those that `which(recipient)`, without the lock, and sends it.
  template <class Which, class Put>
  void for_each(Which&& which, Put&& put) const;

  mutable AdaptiveMutex mutex_;
  std::condition_variable_any earlier_;
  hub::Hub hub_;
  net::Addresses& addresses_;
  const Surroundings surroundings_;
  const net::UnsentBytes unsent_bytes_ = std::make_shared<net::UnsentBytes::element_type>(0);
  ObjectPool<Aftermath> aftermaths_;  // empty, with the room that their last turn needed
  std::unordered_map<hub::ConnectionId, std::shared_ptr<net::Recipient>> recipients_;
  hub::ConnectionId last_id_ = 0;
  std::optional<hub::Instant> wakes_at_;  // when the timer looks next
};

/// The threads that do what is due in an exchange. They call its recipients, and these whoever made them
/// (Whip, SocketIoEndpoint): so this is to be declared after all of those, which ends it before any of them.
class ExchangeTimer {
 public:
  ExchangeTimer(Exchange& exchange, std::chrono::seconds heartbeat);

 private:
  std::condition_variable_any never_;  // nobody notifies it; made here, since it takes memory
  std::jthread timer_;
  std::jthread pinger_;
};

}  // namespace parley::exchange
