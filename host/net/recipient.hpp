#pragma once

#include <cstddef>

#include "hub/hub.hpp"
#include "net/frame.hpp"

namespace parley::net {

/// Whom the hub's deliveries to one connection reach. `put` and `put_close` are called under the hub's lock,
/// in its order, and only take what is given; `drain` afterwards, without it, by any thread.
class Recipient {
 public:
  Recipient() = default;
  virtual ~Recipient() = default;
  Recipient(const Recipient&) = delete;
  Recipient& operator=(const Recipient&) = delete;

  virtual void put(hub::Delivery delivery) = 0;
  virtual void put_close(CloseReason reason) = 0;
  virtual void drain() = 0;
  /// The same soon, by another thread: for one of very many, whom a thread with a client of its own must not
  /// spend seconds on.
  virtual void drain_later() { drain(); }

  /// How many bytes wait for it, that no other waits for.
  [[nodiscard]] virtual std::size_t unsent() const { return 0; }

  /// Whether the host is to ask now and then if the client is there, with put_ping().
  [[nodiscard]] virtual bool needs_pings() const = 0;
  virtual void put_ping() = 0;
  /// Asks whether the client is there, for somebody who wants its id. Its answer, which is to come within
  /// hub::Limits::claim_patience, is for Exchange::alive(). Under the hub's lock, like `put`. Who cannot be
  /// asked does not answer.
  virtual void put_probe() {}
};

}  // namespace parley::net
