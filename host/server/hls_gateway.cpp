#include "server/hls_gateway.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "dialects/parley_v1.hpp"
#include "server/log.hpp"

namespace parley::server {
namespace {

namespace pipe = hls::pipe;

/// Loading GStreamer's plugins for the first time takes seconds.
constexpr std::chrono::seconds start_patience{20};
/// Of one stream, that may wait for the gateway: offers of 64 KiB and all their candidates, some times over.
/// Whoever says more while it is busy is not to keep others waiting.
constexpr std::size_t max_waiting_bytes = std::size_t{1} * 1024 * 1024;
/// A gateway that takes nothing out of its pipe for so long hangs. A disk may keep it for some seconds.
constexpr std::chrono::seconds read_patience{10};
/// Ending the playlists of all streams is a few small files each.
constexpr std::chrono::seconds end_patience{2};

hub::ErrorCode error_code_of(pipe::NoticeCode code) {
  switch (code) {
    case pipe::NoticeCode::transcoded:
      return hub::ErrorCode::transcoded;
    case pipe::NoticeCode::too_many_transcoded:
      return hub::ErrorCode::too_many_transcoded;
    case pipe::NoticeCode::disk_full:
      return hub::ErrorCode::disk_full;
    case pipe::NoticeCode::media_failed:
      return hub::ErrorCode::media_failed;
    case pipe::NoticeCode::unsupported_media:
      return hub::ErrorCode::unsupported_media;
    case pipe::NoticeCode::wrong_certificate:
      return hub::ErrorCode::wrong_certificate;
    case pipe::NoticeCode::not_connected:
      return hub::ErrorCode::not_connected;
    case pipe::NoticeCode::no_media:
      return hub::ErrorCode::no_media;
    case pipe::NoticeCode::left_out:
      return hub::ErrorCode::left_out;
  }
  return hub::ErrorCode::media_failed;
}

}  // namespace

class HlsGateway::StreamRecipient : public Recipient {
 public:
  StreamRecipient(HlsGateway& gateway, Number stream) : gateway_(gateway), stream_(stream) {}

  void put(hub::Delivery delivery) override {
    gateway_.put(Told{.stream = stream_, .delivery = std::move(delivery)});
  }
  void put_close(CloseReason reason) override {
    gateway_.put(Closed{.stream = stream_, .code = reason.code});
  }
  void drain() override { gateway_.wake(); }

  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}
  void put_probe() override { gateway_.put(Probed{.stream = stream_}); }

 private:
  HlsGateway& gateway_;
  const Number stream_;
};

HlsGateway::HlsGateway(std::filesystem::path program, std::vector<std::string> arguments)
    : program_(std::move(program)),
      arguments_(std::move(arguments)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      packet_(pipe::max_packet_bytes, '\0') {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "the gateway's eventfd");
}

void HlsGateway::start(Exchange& exchange) {
  exchange_ = &exchange;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

HlsGateway::~HlsGateway() {
  stop();
}

void HlsGateway::begin_to_stop() {
  thread_.request_stop();
  wake();
}

void HlsGateway::stop() {
  begin_to_stop();
  if (thread_.joinable()) thread_.join();
}

void HlsGateway::change(hub::StreamChange change) {
  put(std::move(change));
  wake();
}

void HlsGateway::put(Item item) {
  const std::lock_guard lock(mutex_);
  inbox_.push_back(std::move(item));
}

void HlsGateway::wake() {
  ::eventfd_write(wake_.get(), 1);
}

void HlsGateway::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!process_ && Clock::now() >= deadline_) start_process();
    wait();
    take_inbox();
    if (process_) receive();
    if (process_) flush();
    if (process_ && is_stuck()) process_ended("it does not read");
    if (process_ && state_ == State::starting && Clock::now() >= deadline_) process_ended("never ready");
  }
  if (!process_) return;
  process_->ask_to_end(end_patience);
  log::line(log::Level::info, "gateway-stop", {{"detail", process_->end()}});
}

/// For something to do, or until the deadline.
void HlsGateway::wait() const {
  const auto wanted = static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT);
  std::array<pollfd, 2> waiting{{{.fd = wake_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = process_ ? process_->socket() : -1, .events = wanted, .revents = 0}}};
  auto until = Clock::time_point::max();
  if (state_ == State::starting) until = deadline_;
  if (!outbox_.empty()) until = std::min(until, reads_since_ + read_patience);
  int milliseconds = -1;
  if (until != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    milliseconds = std::max(0, static_cast<int>(left.count()));
  }
  ::poll(waiting.data(), waiting.size(), milliseconds);
}

void HlsGateway::start_process() {
  if (auto started = ChildProcess::start(program_, arguments_)) {
    process_.emplace(*std::move(started));
    log::line(log::Level::info, "gateway-start", {{"process", process_->id()}});
    deadline_ = Clock::now() + start_patience;
  } else {
    log::line(log::Level::error, "gateway-start",
              {{"program", program_.string()}, {"detail", std::strerror(errno)}});
    deadline_ = Clock::now() + backoff_.ended_after({});
  }
}

void HlsGateway::process_ended(std::string_view why) {
  const auto now = Clock::now();
  const auto well = state_ == State::running ? now - ready_since_ : Clock::duration::zero();
  log::line(log::Level::error, "gateway-end", {{"detail", process_->end()}, {"why", why}});
  process_.reset();
  outbox_ = {};
  state_ = State::starting;
  deadline_ = now + backoff_.ended_after(well);
  // Of those that had its seat the hub says in a moment that they are lost. The others still wait for it.
  for (const Number number : streams_.numbers()) {
    HlsStreams::Stream& stream = *streams_.find(number);
    stream.open = false;
    disconnect(stream);
  }
}

// --- what the hub has for it

void HlsGateway::take_inbox() {
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
  std::vector<Item> items;
  {
    const std::lock_guard lock(mutex_);
    items.swap(inbox_);
  }
  for (Item& item : items) std::visit([this](auto& what) { take_item(what); }, item);
}

void HlsGateway::take_item(hub::StreamChange& change) {
  if (change.kind == hub::StreamChange::Kind::wanted) {
    const auto added = streams_.add(std::move(change.room), std::move(change.address));
    if (added && state_ == State::running) open(*added);
  } else if (const auto number = streams_.in_room(change.room)) {
    auto stream = *streams_.remove(*number);
    disconnect(stream);
    const bool left = change.kind == hub::StreamChange::Kind::left;
    const auto departure = left ? pipe::Departure::left : pipe::Departure::lost;
    if (stream.open) tell(pipe::Close{.stream = *number, .departure = departure});
  }
  stream_count_ = streams_.size();
}

void HlsGateway::take_item(const Told& told) {
  if (streams_.find(told.stream) == nullptr) return;
  pipe::Text text{.stream = told.stream};
  dialects::parley_v1::encode(told.delivery, text.json);
  if (outbox_.bytes_of(told.stream) + text.json.size() > max_waiting_bytes) {
    give_up(told.stream);
  } else {
    tell(text);
  }
}

void HlsGateway::take_item(const Closed& closed) {
  if (streams_.find(closed.stream) != nullptr)
    tell(pipe::Closed{.stream = closed.stream, .code = closed.code});
}

void HlsGateway::take_item(const Probed& probed) {
  if (streams_.find(probed.stream) != nullptr) tell(pipe::Probe{.stream = probed.stream});
}

// --- what it says

void HlsGateway::receive() {
  while (process_) {
    const ssize_t size = ::recv(process_->socket(), packet_.data(), packet_.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size <= 0) return process_ended("its pipe is closed");
    if (static_cast<std::size_t>(size) > packet_.size()) return process_ended("its packet is too large");
    const auto bytes = std::string_view(packet_).substr(0, static_cast<std::size_t>(size));
    const auto message = pipe::decode_to_host(bytes);
    if (!message) return process_ended("its packet makes no sense");
    std::visit([this](const auto& what) { take_message(what); }, *message);
  }
}

void HlsGateway::take_message(pipe::Ready) {
  log::line(log::Level::info, "gateway-ready", {{"process", process_->id()}});
  state_ = State::running;
  ready_since_ = Clock::now();
  for (const Number number : streams_.numbers()) open(number);
}

void HlsGateway::take_message(const pipe::Connect& connect) {
  HlsStreams::Stream* stream = streams_.find(connect.stream);
  if (stream == nullptr) return;
  disconnect(*stream);
  stream->connection = exchange_->connected(std::make_shared<StreamRecipient>(*this, connect.stream),
                                            hub::Dialect::parley, hub::Role::gateway);
  tell(pipe::Connected{.stream = connect.stream});
}

void HlsGateway::take_message(const pipe::Text& text) {
  const HlsStreams::Stream* stream = streams_.find(text.stream);
  if (stream != nullptr && stream->connection != 0)
    exchange_->message(stream->connection, dialects::parley_v1::decode(text.json));
}

void HlsGateway::take_message(const pipe::Disconnect& what) {
  if (HlsStreams::Stream* stream = streams_.find(what.stream)) disconnect(*stream);
}

void HlsGateway::take_message(const pipe::Flows& flows) {
  const HlsStreams::Stream* stream = streams_.find(flows.stream);
  if (stream != nullptr && stream->connection != 0)
    exchange_->message(stream->connection, {.command = hub::command::Flows{}});
}

void HlsGateway::take_message(const pipe::Notice& notice) {
  const HlsStreams::Stream* stream = streams_.find(notice.stream);
  if (stream == nullptr || stream->connection == 0) return;
  exchange_->message(stream->connection, {.command = hub::command::Report{.code = error_code_of(notice.code),
                                                                          .sentence = notice.sentence}});
}

void HlsGateway::take_message(const pipe::Ended& ended) {
  if (auto stream = streams_.remove(ended.stream)) disconnect(*stream);
  stream_count_ = streams_.size();
}

void HlsGateway::take_message(const pipe::Flowing& flowing) {
  const HlsStreams::Stream* stream = streams_.find(flowing.stream);
  if (stream != nullptr && stream->connection != 0) exchange_->alive(stream->connection);
}

void HlsGateway::open(Number number) {
  HlsStreams::Stream& stream = *streams_.find(number);
  stream.open = true;
  tell(pipe::Open{.stream = number, .address = stream.address, .sim = stream.room});
}

void HlsGateway::give_up(Number number) {
  auto stream = *streams_.remove(number);
  log::line(log::Level::warn, "gateway-drop",
            {{"room", stream.room}, {"detail", "more was said than may wait for the gateway"}});
  disconnect(stream);
  if (stream.open) tell(pipe::Close{.stream = number, .departure = pipe::Departure::lost});
  stream_count_ = streams_.size();
}

void HlsGateway::disconnect(HlsStreams::Stream& stream) {
  if (const auto connection = std::exchange(stream.connection, 0); connection != 0)
    exchange_->disconnected(connection);
}

void HlsGateway::tell(const pipe::ToGateway& message) {
  if (!process_) return;
  std::string packet = pipe::encode(message);
  if (packet.size() > pipe::max_packet_bytes) {
    log::line(log::Level::warn, "gateway-drop",
              {{"bytes", packet.size()}, {"detail", "too large for its pipe"}});
    return;
  }
  if (outbox_.empty()) reads_since_ = Clock::now();
  outbox_.put(std::visit([](const auto& said) { return said.stream; }, message), std::move(packet));
}

void HlsGateway::flush() {
  const auto waiting = outbox_.size();
  if (outbox_.send_to(process_->socket()) == PacketOutbox::Sent::failed)
    return process_ended("its pipe takes nothing");
  if (outbox_.size() < waiting) reads_since_ = Clock::now();
}

bool HlsGateway::is_stuck() const {
  return !outbox_.empty() && Clock::now() >= reads_since_ + read_patience;
}

}  // namespace parley::server
