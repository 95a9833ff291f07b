#include "http/whip_session.hpp"

#include <utility>

#include "base/overloaded.hpp"
#include "dialects/whip.hpp"

namespace parley::http {

WhipSession::Answer WhipSession::offer(hub::Message message, std::chrono::milliseconds patience) {
  id_ = exchange_.connected(shared_from_this(), hub::Dialect::whip, hub::Role::client, address_, token_);
  exchange_.message(id_, std::move(message));
  std::unique_lock lock(mutex_);
  if (answered_.wait_for(lock, patience, [this] { return answer_.has_value(); })) return *answer_;
  return Failure(Refusal{.code = hub::ErrorCode::gateway_unavailable,
                         .sentence = "The media gateway has not answered in time. Try again in a moment."});
}

void WhipSession::leave() {
  exchange_.message(id_, {.type = "leave", .command = hub::command::Leave{}});
  exchange_.disconnected(id_);
}

void WhipSession::put(hub::Delivery delivery) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(delivery));
}

void WhipSession::put_close(net::CloseReason reason) {
  const std::lock_guard lock(mutex_);
  closed_ = Refusal{.sentence = std::string(reason.text)};
}

void WhipSession::put_probe() {
  const std::lock_guard lock(mutex_);
  asked_ = true;
}

void WhipSession::drain() {
  bool has_ended = false;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    const bool was_over = over_;
    for (const hub::Delivery& delivery : std::exchange(pending_, {})) take_locked(delivery.event->body);
    over_ = over_ || (closed_ && answer_);
    if (closed_ && !answer_) answer_ = Failure(*closed_);
    has_ended = over_ && !was_over;
    // Its client waits for an answer. Later, the media gateway knows whether it is there.
    waits = std::exchange(asked_, false) && !answer_;
  }
  answered_.notify_all();
  if (waits) exchange_.alive(id_);
  if (has_ended) on_over_();
}

void WhipSession::take_locked(const hub::EventBody& body) {
  std::visit(overloaded{
                 [this](const hub::event::Signal& signal) {
                   auto sdp = dialects::whip::answer_in(signal);
                   if (sdp && !answer_)
                     answer_ = Taken{.answer = *std::move(sdp), .notices = std::move(notices_)};
                 },
                 [this](const hub::event::Error& error) {
                   if (error.code == hub::ErrorCode::transcoded || error.code == hub::ErrorCode::left_out) {
                     if (!answer_) notices_.push_back({.code = error.code, .sentence = error.message});
                     return;
                   }
                   if (!answer_) answer_ = Failure(Refusal{.code = error.code, .sentence = error.message});
                   over_ = over_ || error.code == hub::ErrorCode::gateway_lost;
                 },
                 // The answer has the gateway's candidates in it, and nothing else can be said to it later.
                 [](const auto&) {},
             },
             body);
}

}  // namespace parley::http
