#include "server/socket_io_client.hpp"

#include <utility>

#include "dialects/socketio.hpp"
#include "server/socket_io_gateway.hpp"

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
  const auto id = exchange_.connected(shared_from_this(), hub::Dialect::socketio);
  if (id_.exchange(id) == gone) exchange_.disconnected(id);
}

void SocketIoClient::leave() {
  if (const auto id = id_.exchange(gone); id != 0) exchange_.disconnected(id);
}

void SocketIoClient::say(const socket_io::output::Event& event) {
  exchange_.message(id_, dialects::socketio::decode(event.name, event.args, place_));
}

void SocketIoClient::put(hub::Delivery delivery) {
  const std::lock_guard lock(mutex_);
  if (outbox_) return outbox_->put(std::move(delivery));
  if (pending_.size() >= most_pending_) closing_ = true;
  if (!closing_) pending_.push_back(std::move(delivery));
}

void SocketIoClient::put_close(CloseReason) {
  const std::lock_guard lock(mutex_);
  closing_ = true;
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
  while (!pending_.empty()) {
    const auto batch = std::exchange(pending_, {});
    lock.unlock();
    auto outbox = gateway_.emit(session_, packets_of(batch));
    lock.lock();
    if (pending_.empty() && outbox && outbox->only_events_from_now_on()) outbox_ = std::move(outbox);
  }
  draining_ = false;
  const bool close = std::exchange(closing_, false) && !std::exchange(closed_, true);
  const bool ask = std::exchange(asking_, false);
  const auto outbox = outbox_;
  lock.unlock();
  if (outbox) outbox->drain();
  if (ask) gateway_.ask(session_);
  if (close) gateway_.close(session_);
}

}  // namespace parley::server
