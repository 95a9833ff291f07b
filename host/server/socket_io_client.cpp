#include "server/socket_io_client.hpp"

#include <new>
#include <utility>

#include "dialects/socketio.hpp"
#include "server/socket_io_endpoint.hpp"

namespace parley::server {
namespace {

/// For the session, which makes an Engine.IO message of it.
std::string packet_of(const hub::Delivery& delivery) {
  std::string payload;
  dialects::socketio::encode(delivery, payload);
  return payload.empty() ? payload : socket_io::encode(socket_io::Packet{.payload = payload});
}

std::vector<std::string> packets_of(const std::vector<hub::Delivery>& batch) {
  std::vector<std::string> packets;
  for (const hub::Delivery& delivery : batch) {
    if (auto packet = packet_of(delivery); !packet.empty()) packets.push_back(std::move(packet));
  }
  return packets;
}

}  // namespace

void SocketIoClient::enter() {
  const auto id =
      exchange_.connected(shared_from_this(), hub::Dialect::socketio, hub::Role::client, address_, token_);
  if (id_.exchange(id) == gone) exchange_.disconnected(id);
}

void SocketIoClient::leave() {
  if (const auto id = id_.exchange(gone); id != 0) exchange_.disconnected(id);
}

void SocketIoClient::say(const socket_io::output::Event& event) {
  hub::Message message = dialects::socketio::decode(event.name, event.args, room_address_);
  if (!token_.empty()) hub::show(message.command, token_);
  message.bytes = event.name.size() + event.args.size();
  exchange_.message(id_, std::move(message));
}

void SocketIoClient::put(hub::Delivery delivery) {
  const std::lock_guard lock(mutex_);
  if (outbox_) return outbox_->put(std::move(delivery));
  if (pending_.size() >= most_pending_) closing_ = true;
  if (!closing_) pending_.push_back(std::move(delivery));
}

void SocketIoClient::put_close(net::CloseReason reason) {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  overdue_ = reason.code == net::close_code::try_again_later;
}

std::size_t SocketIoClient::unsent() const {
  const std::lock_guard lock(mutex_);
  const auto& carrier = outbox_ ? outbox_ : carrier_;
  return carrier ? carrier->unsent() : 0;
}

void SocketIoClient::emit_pending(std::unique_lock<std::mutex>& lock) {
  const auto batch = std::exchange(pending_, {});
  lock.unlock();
  auto outbox = endpoint_.emit(session_, packets_of(batch));
  lock.lock();
  carrier_ = outbox;
  if (pending_.empty() && outbox && outbox->only_events_from_now_on()) outbox_ = std::move(outbox);
}

void SocketIoClient::put_probe() {
  const std::lock_guard lock(mutex_);
  asking_ = true;
}

void SocketIoClient::answered() {
  exchange_.alive(id_);
}

void SocketIoClient::drain() {
  std::unique_lock lock(mutex_);
  if (draining_) return;
  draining_ = true;
  try {
    while (!pending_.empty()) emit_pending(lock);
  } catch (const std::bad_alloc&) {
    // Events are lost, so it may not go on.
    if (!lock.owns_lock()) lock.lock();
    closing_ = overdue_ = true;
  }
  draining_ = false;
  const bool close = std::exchange(closing_, false) && !std::exchange(closed_, true);
  const bool ask = std::exchange(asking_, false);
  const auto outbox = outbox_;
  const bool overdue = overdue_;
  lock.unlock();
  if (outbox) outbox->drain();
  if (ask) endpoint_.ask(session_);
  if (close) overdue ? endpoint_.give_up(session_) : endpoint_.close(session_);
}

}  // namespace parley::server
