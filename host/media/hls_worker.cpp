#include "media/hls_worker.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "base/log.hpp"
#include "base/overloaded.hpp"
#include "hls/memory.hpp"

namespace parley::media {
namespace {

namespace pipe = hls::pipe;

/// Loading GStreamer's plugins for the first time takes seconds.
constexpr std::chrono::seconds start_patience{20};
/// How often it is asked whether its main loop turns.
constexpr std::chrono::seconds heartbeat{1};
/// A turn takes milliseconds, on a busy machine some hundreds; a disk may keep it for a second or two.
/// Counted in questions rather than in time: after a machine was suspended, everybody has a second to answer.
constexpr int most_unanswered = 5;
/// Where the system does not say that a process has ended.
constexpr std::chrono::milliseconds look_again{20};
/// What concerns no stream.
constexpr pipe::Stream no_stream = 0;

pipe::Stream stream_of(const pipe::ToGateway& message) {
  return std::visit(overloaded{
                        [](const pipe::TakeUp&) { return no_stream; },
                        [](const pipe::Ping&) { return no_stream; },
                        [](const auto& said) { return said.stream; },
                    },
                    message);
}

}  // namespace

HlsWorker::HlsWorker(Setting setting, Events events)
    : setting_(std::move(setting)), events_(std::move(events)), packet_(pipe::max_packet_bytes, '\0') {}

void HlsWorker::start() {
  if (auto started = ChildProcess::start(setting_.program, setting_.arguments, setting_.shared)) {
    process_.emplace(*std::move(started));
    log::line(log::Level::info, "gateway-start", {{"process", process_->id()}, {"worker", setting_.number}});
    state_ = State::starting;
    deadline_ = Clock::now() + start_patience;
  } else {
    log::line(log::Level::error, "gateway-start",
              {{"program", setting_.program.string()}, {"detail", std::strerror(errno)}});
    deadline_ = Clock::now() + backoff_.ended_after({});
  }
}

void HlsWorker::put_waits(std::vector<pollfd>& waits) const {
  if (!process_) return;
  if (state_ == State::ending) {
    waits.push_back({.fd = process_->handle(), .events = POLLIN, .revents = 0});
  } else {
    const auto wanted = static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT);
    waits.push_back({.fd = process_->socket(), .events = wanted, .revents = 0});
  }
}

HlsWorker::Clock::time_point HlsWorker::needs_turn() const {
  switch (state_) {
    case State::down:
      return Clock::time_point::max();
    case State::starting:
      return deadline_;
    case State::running:
      return next_beat_;
    case State::ending:
      return process_->handle() >= 0 ? Clock::time_point::max() : Clock::now() + look_again;
  }
  return Clock::time_point::max();
}

void HlsWorker::take_turn() {
  if (state_ == State::starting || state_ == State::running) receive();
  if (state_ == State::running) beat();
  if (state_ == State::running) flush();
  if (state_ == State::starting && Clock::now() >= deadline_) lose("never ready", false);
  if (state_ == State::ending && process_->has_ended()) bury();
}

void HlsWorker::receive() {
  while (state_ == State::starting || state_ == State::running) {
    const ssize_t size = ::recv(process_->socket(), packet_.data(), packet_.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size <= 0) return lose("its pipe is closed", true);
    if (static_cast<std::size_t>(size) > packet_.size()) return lose("its packet is too large", false);
    const auto bytes = std::string_view(packet_).substr(0, static_cast<std::size_t>(size));
    const auto message = pipe::decode_to_host(bytes);
    if (!message) return lose("its packet makes no sense", false);
    take(*message);
  }
}

void HlsWorker::take(const pipe::ToHost& message) {
  unanswered_ = 0;
  if (std::holds_alternative<pipe::Ready>(message)) {
    log::line(log::Level::info, "gateway-ready", {{"process", process_->id()}, {"worker", setting_.number}});
    state_ = State::running;
    ready_since_ = next_beat_ = Clock::now();
  }
  events_.heard(message);
}

void HlsWorker::beat() {
  const auto now = Clock::now();
  if (now < next_beat_) return;
  if (unanswered_ >= most_unanswered) return lose("it does not answer", false);
  ++unanswered_;
  next_beat_ = now + heartbeat;
  tell(pipe::Ping{});
}

void HlsWorker::tell(const pipe::ToGateway& message) {
  if (state_ != State::running) return;
  std::string packet = pipe::encode(message);
  if (packet.size() > pipe::max_packet_bytes) {
    log::line(log::Level::warn, "gateway-drop",
              {{"bytes", packet.size()}, {"detail", "too large for its pipe"}});
    return;
  }
  outbox_.put(stream_of(message), std::move(packet));
}

void HlsWorker::flush() {
  if (outbox_.send_to(process_->socket()) != PacketOutbox::Sent::failed) return;
  // What it said before it broke its pipe is still there to be read, and then the end of it.
  receive();
  if (state_ == State::running) lose("its pipe takes nothing", false);
}

void HlsWorker::lose(std::string_view why, bool crashed) {
  const auto now = Clock::now();
  const auto well = state_ == State::running ? now - ready_since_ : Clock::duration::zero();
  why_lost_ = why;
  process_->kill();
  state_ = State::ending;
  deadline_ = now + backoff_.ended_after(well);
  outbox_ = {};
  unanswered_ = 0;
  events_.lost(crashed);
}

std::optional<std::uint64_t> HlsWorker::memory() const {
  return state_ == State::running ? hls::memory_of(process_->id()) : std::nullopt;
}

void HlsWorker::kill(std::string_view why) {
  if (state_ == State::running) lose(why, false);
}

void HlsWorker::bury() {
  log::line(log::Level::error, "gateway-end",
            {{"worker", setting_.number}, {"detail", process_->end()}, {"why", why_lost_}});
  process_.reset();
  state_ = State::down;
  events_.gone();
}

void HlsWorker::ask_to_end() {
  if (process_) process_->ask_to_end();
}

void HlsWorker::end_until(Clock::time_point deadline) {
  if (!process_) return;
  process_->wait_for_end(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()));
  log::line(log::Level::info, "gateway-stop", {{"worker", setting_.number}, {"detail", process_->end()}});
  process_.reset();
  state_ = State::down;
}

}  // namespace parley::media
