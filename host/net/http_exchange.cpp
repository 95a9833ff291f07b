#include "net/http_exchange.hpp"

#include <utility>

#include "net/event_loop.hpp"

namespace parley::net {

bool HttpExchange::answer(Answer answer) {
  const std::lock_guard lock(mutex_);
  if (connection_ == nullptr || answered_) return false;
  answered_ = true;
  answer_ = std::move(answer);
  loop_.wake(*connection_);
  return !ended_;
}

void HttpExchange::answer_later() {
  const std::lock_guard lock(mutex_);
  later_ = true;
}

void HttpExchange::upgrade(std::unique_ptr<SocketHandler> handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

std::optional<Answer> HttpExchange::take_answer() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answer_, std::nullopt);
}

std::unique_ptr<SocketHandler> HttpExchange::take_handler() {
  const std::lock_guard lock(mutex_);
  return std::move(handler_);
}

bool HttpExchange::is_taken() const {
  const std::lock_guard lock(mutex_);
  return later_ || answered_;
}

void HttpExchange::client_ended() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

void HttpExchange::detach() {
  const std::lock_guard lock(mutex_);
  connection_ = nullptr;
}

}  // namespace parley::net
