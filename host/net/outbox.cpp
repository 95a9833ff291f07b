#include "net/outbox.hpp"

#include <sys/epoll.h>

#include <new>
#include <utility>

#include "base/object_pool.hpp"
#include "net/event_loop.hpp"
#include "net/socket.hpp"
#include "net/web_socket.hpp"

namespace parley::net {
namespace {

// After so many rounds a thread that drains another's busy outbox goes back to its own client.
constexpr int rounds_at_once = 16;

// About what a dialect writes around an event's own text.
constexpr std::size_t frame_overhead = 128;

// A larger buffer is not kept for the next one who writes.
constexpr std::size_t pooled_buffer_bytes = 65'536;

// Nor is room for more deliveries than these, of which most batches have one.
constexpr std::size_t pooled_batch_size = 4;

constexpr std::string_view not_reading = "not reading: resume to catch up";
constexpr CloseReason too_many_events{
    .code = close_code::policy, .text = not_reading, .limit = "outbox-messages"};
constexpr CloseReason too_many_bytes{
    .code = close_code::policy, .text = not_reading, .limit = "outbox-bytes"};

/// What a thread needs for a turn at an outbox; both are empty between two turns.
struct Workspace {
  std::vector<hub::Delivery> batch;
  Backlog frames;

  [[nodiscard]] bool is_small() const {
    return frames.capacity() <= pooled_buffer_bytes && batch.capacity() <= pooled_batch_size;
  }
};

ObjectPool<Workspace>& workspace_pool() {
  static ObjectPool<Workspace> pool;
  return pool;
}

}  // namespace

void Outbox::put(hub::Delivery delivery) {
  const std::lock_guard lock(mutex_);
  if (over_ || close_reason_.code != 0) return;
  if (pending_.size() >= limits_.messages) return close_locked(too_many_events);
  try {
    pending_.push_back(std::move(delivery));
  } catch (const std::bad_alloc&) {
    fail_locked();  // it must not miss one event and be sent the next
  }
}

void Outbox::put(Opcode opcode, std::string_view payload) {
  const std::lock_guard lock(mutex_);
  if (over_ || close_reason_.code != 0) return;
  append_frame(control_, opcode, payload);
}

void Outbox::put_close(CloseReason reason) {
  const std::lock_guard lock(mutex_);
  close_locked(reason);
}

void Outbox::close_locked(CloseReason reason) {
  if (over_ || close_reason_.code != 0) return;
  close_reason_ = reason;
  closing_.store(true, std::memory_order_relaxed);
  append_close_frame(control_, reason);
  if (!detached_) loop_->wake(*owner_);
}

CloseReason Outbox::close_reason() const {
  const std::lock_guard lock(mutex_);
  return close_reason_;
}

bool Outbox::only_events_from_now_on() const {
  const std::lock_guard lock(mutex_);
  return control_.empty();
}

void Outbox::drain() {
  std::unique_lock lock(mutex_);
  if (draining_) return;
  draining_ = true;
  for (int round = 0; !detached_; ++round) {
    if (pending_.empty() && control_.empty() && (blocked_ || unsent_.empty())) break;
    if (round == rounds_at_once && !blocked_) {
      blocked_ = true;
      watch_locked();
      break;
    }
    try {
      take_turn(lock);
    } catch (const std::bad_alloc&) {
      if (!lock.owns_lock()) lock.lock();
      fail_locked();
      break;
    }
  }
  draining_ = false;
  if (detached_) idle_.notify_all();
}

void Outbox::take_turn(std::unique_lock<std::mutex>& lock) {
  auto work = workspace_pool().take();
  work->batch.swap(pending_);
  const auto control = std::exchange(control_, {});
  const bool blocked = blocked_;
  lock.unlock();
  encode(work->batch, work->frames);
  work->frames.own().append(control);
  write(work->frames, blocked);
  work->batch.clear();
  if (work->is_small()) workspace_pool().give_back(std::move(work));
  lock.lock();
}

/// There is no memory for what this client is to be sent: it finds its connection at an end.
void Outbox::fail_locked() {
  if (!detached_) socket_->abandon();
  std::vector<hub::Delivery>().swap(pending_);
}

void Outbox::drain_later() {
  const std::lock_guard lock(mutex_);
  if (!draining_ && !detached_) watch_locked();
}

void Outbox::watch_locked() {
  if (watched_) return;
  watched_ = true;
  loop_->modify(socket_->descriptor(), EPOLLIN | EPOLLOUT, *owner_);
}

void Outbox::encode(const std::vector<hub::Delivery>& batch, Backlog& frames) const {
  std::size_t expected = 0;
  for (const hub::Delivery& delivery : batch)
    expected += hub::footprint(delivery.event->body) + frame_overhead;
  frames.own().reserve(expected);
  for (const hub::Delivery& delivery : batch) {
    const std::string* shared = codec_.shared_text == nullptr ? nullptr : codec_.shared_text(delivery);
    if (shared != nullptr) {
      frames.share(*shared, delivery.event);
    } else {
      append_text_frame(frames.own(), [&](std::string& out) { codec_.encode(delivery, out); });
    }
  }
}

/// With `draining_` set and without the lock. `blocked`: the socket is known to be full.
void Outbox::write(Backlog& frames, bool blocked) {
  const bool behind = !unsent_.empty();
  if (behind) unsent_.append(frames);
  Backlog& left = behind ? unsent_ : frames;
  if (!blocked)
    left.send([this](std::string_view bytes) {
      // Where the client is gone its loop hears of that from the socket, and nobody needs the rest.
      return socket_->send(bytes).value_or(bytes.size());
    });
  if (left.empty()) {
    if (behind) static_cast<void>(std::exchange(unsent_, {}));  // an idle connection keeps no memory
    share_.set(0);
    return;
  }
  if (!behind) unsent_.append(frames);
  const std::lock_guard lock(mutex_);
  if (unsent_.own_bytes() > limits_.bytes) close_locked(too_many_bytes);
  // Whoever is closed has `close_patience` to read it, and is not given up a second time.
  share_.set(closing() ? 0 : unsent_.own_bytes());
  if (!blocked && !detached_) {
    blocked_ = true;
    watch_locked();
  }
}

void Outbox::writable() {
  {
    const std::lock_guard lock(mutex_);
    if (!watched_ || detached_) return;
    loop_->modify(socket_->descriptor(), EPOLLIN, *owner_);
    blocked_ = watched_ = false;
  }
  drain();
}

void Outbox::attach(Socket& socket, EventLoop& loop, WebSocket& owner) {
  const std::lock_guard lock(mutex_);
  socket_ = &socket;
  loop_ = &loop;
  owner_ = &owner;
  detached_ = false;
}

void Outbox::detach() {
  std::unique_lock lock(mutex_);
  detached_ = over_ = true;
  idle_.wait(lock, [this] { return !draining_; });
  pending_.clear();
}

}  // namespace parley::net
