#include "hls/stream.hpp"

#include <random>
#include <utility>
#include <variant>

#include "base/log.hpp"

namespace parley::hls {

namespace {

using namespace std::chrono_literals;

/// What closing the last segments may take. A disk that takes longer than this keeps what it has of them.
constexpr std::chrono::milliseconds closing_patience = 1'500ms;

/// How often it is seen whether the publisher is there.
constexpr std::chrono::milliseconds look_period = 250ms;

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

Config config_of(const Stream::Setting& setting) {
  // The host is at the other end of the pipe, wherever that is.
  return {.url = "pipe:",
          .room = setting.sim,
          .name = "HLS",
          .peer = {},
          .token = {},
          .slots = {},
          .ice_servers = {},
          .seed = random_seed()};
}

Instant now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace

std::shared_ptr<Stream> Stream::open(Setting setting, Publication& publication, Transcoding& transcoding,
                                     Events events) {
  std::shared_ptr<Stream> opened(new Stream(std::move(setting), publication, transcoding, std::move(events)));
  opened->start();
  return opened;
}

Stream::Stream(Setting setting, Publication& publication, Transcoding& transcoding, Events events)
    : setting_(std::move(setting)),
      publication_(publication),
      events_(std::move(events)),
      media_(std::make_shared<Media>(
          publication, transcoding, setting_.timing,
          Media::Events{.flows =
                            [this] {
                              log::line(log::Level::info, "media", {{"sim", setting_.sim}});
                            },
                        .notice = [this](pipe::NoticeCode code,
                                         std::string sentence) { tell(code, std::move(sentence)); },
                        .over = [this](pipe::Departure departure) { close(departure); }})),
      session_(config_of(setting_)),
      filter_(setting_.candidates) {}

void Stream::start() {
  publication_.begin(setting_.number);
  looks_.every(look_period, [this] { look(); });
  handle(input::Join{});
}

// The host.

void Stream::connected() {
  handle(input::SocketOpened{.socket = socket_});
}

void Stream::text(std::string json) {
  handle(input::SocketMessage{.socket = socket_, .text = std::move(json)});
}

void Stream::closed(std::uint16_t code) {
  handle(input::SocketClosed{.socket = socket_, .code = code, .reason = {}});
}

void Stream::close(pipe::Departure departure) {
  if (std::exchange(closing_, true)) return;
  log::line(log::Level::info, "close",
            {{"sim", setting_.sim}, {"departure", departure == pipe::Departure::left ? "left" : "lost"}});
  timeout_.stop();
  looks_.stop();
  const auto over = [this, departure] {
    closing_patience_.stop();
    if (departure == pipe::Departure::left) {
      publication_.end(setting_.number);
    } else {
      publication_.lose(setting_.number);
    }
    events_.tell(pipe::Ended{.stream = setting_.number});
    events_.over();
  };
  const auto once = [weak = weak_from_this(), over, done = std::make_shared<bool>(false)] {
    const auto self = weak.lock();
    if (self && !std::exchange(*done, true)) over();
  };
  closing_patience_.once(closing_patience, once);
  media_->finish(once);
}

/// Whether the publisher keeps its place.
void Stream::look() {
  Presence::Look seen{.offered = false};
  for (const auto& [id, connection] : connections_) {
    const auto look = connection.look();
    seen.offered = seen.offered || look.offered;
    seen.connected = seen.connected || look.connected;
    seen.media += look.media;
    seen.packets += look.packets;
  }
  const bool flowed = presence_.flowed();
  const auto verdict = presence_.observe(seen, std::chrono::steady_clock::now());
  if (!flowed && presence_.flowed()) events_.tell(pipe::Flows{.stream = setting_.number});
  answer_probe(seen.packets);
  constexpr auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Presence::patience).count();
  switch (verdict) {
    case Presence::Verdict::here:
      return;
    case Presence::Verdict::not_connected:
      tell(pipe::NoticeCode::not_connected,
           "No connection to the media gateway within " + std::to_string(seconds) +
               " s. This host must be reached by UDP, or both ends a TURN server.");
      break;
    case Presence::Verdict::silent:
      tell(pipe::NoticeCode::no_media, "The connection is there, and nothing has come by it within " +
                                           std::to_string(seconds) +
                                           " s. Offer again when there is something.");
      break;
    case Presence::Verdict::gone:
      break;
  }
  close(pipe::Departure::lost);
}

void Stream::probe() {
  probed_ = true;
  packets_at_probe_.reset();
}

/// What the first look after a probe counts may have come before it.
void Stream::answer_probe(std::uint64_t packets) {
  if (!probed_) return;
  if (!packets_at_probe_) packets_at_probe_ = packets;
  if (packets == *packets_at_probe_) return;
  probed_ = false;
  events_.tell(pipe::Flowing{.stream = setting_.number});
}

// Memory.

void Stream::weigh() {
  for (auto& [id, connection] : connections_) {
    if (Weight* const weight = connection.weight()) weight->tick();
  }
}

std::optional<std::uint64_t> Stream::weight() const {
  if (closing_) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& [id, connection] : connections_) {
    if (const Weight* const weight = connection.weight()) sum += weight->bytes();
  }
  return sum;
}

void Stream::fail(pipe::NoticeCode code, std::string sentence) {
  if (closing_) return;
  tell(code, std::move(sentence));
  close(pipe::Departure::left);
}

// The core.

void Stream::handle(const Input& input) {
  if (closing_) return;
  session_.handle(input, now());
  while (auto output = session_.poll()) {
    std::visit([this](auto& what) { perform(what); }, *output);
  }
  wake_at_next_timeout();
}

void Stream::wake_at_next_timeout() {
  timeout_.stop();
  const auto next = session_.next_timeout();
  if (next && !closing_) timeout_.once(*next - now(), [this] { handle(input::Timeout{}); });
}

void Stream::perform(const output::OpenSocket& open) {
  socket_ = open.socket;
  events_.tell(pipe::Connect{.stream = setting_.number});
}

void Stream::perform(const output::SendSocket& send) {
  if (send.socket == socket_) events_.tell(pipe::Text{.stream = setting_.number, .json = send.text});
}

void Stream::perform(const output::CloseSocket& close) {
  if (close.socket == socket_) events_.tell(pipe::Disconnect{.stream = setting_.number});
}

void Stream::perform(output::CreatePeer& create) {
  // What happens there is told in a turn of its own: the core is in the middle of something now.
  auto report = [weak = weak_from_this()](Input input) {
    Remote<Stream>(weak).tell([input = std::move(input)](Stream& self) { self.handle(input); });
  };
  auto intake = media_->intake();
  intake.wrong_certificate = [this] { refuse_certificate(); };
  connections_.try_emplace(create.connection, create.connection, std::move(create.ice_servers), filter_,
                           std::move(report), std::move(intake));
}

/// What makes signaling worth trusting: whoever answers the gateway's checks is who has sent the offer.
void Stream::refuse_certificate() {
  if (closing_) return;
  tell(pipe::NoticeCode::wrong_certificate,
       "Whoever has answered showed another certificate than the offer names (a=fingerprint), so nothing of "
       "it "
       "was taken. Offer again.");
  close(pipe::Departure::lost);
}

void Stream::tell(pipe::NoticeCode code, std::string sentence) {
  log::line(log::Level::info, "notice", {{"sim", setting_.sim}, {"code", name_of(code)}});
  events_.tell(pipe::Notice{.stream = setting_.number, .code = code, .sentence = std::move(sentence)});
}

/// The core has given a connection up that was there. The publisher's next offer is another stream.
void Stream::perform(const output::ClosePeer& close) {
  connections_.erase(close.connection);
  if (was_connected_) this->close(pipe::Departure::lost);
}

void Stream::perform(const output::SetLocalDescription& set) {
  if (auto* const found = connection(set.connection)) found->set_local_description();
}

void Stream::perform(const output::SetRemoteDescription& set) {
  if (auto* const found = connection(set.connection)) found->set_remote_description(set.description);
}

void Stream::perform(const output::AddCandidate& add) {
  if (auto* const found = connection(add.connection)) found->add_candidate(add.candidate);
}

void Stream::perform(const output::StateChanged& change) {
  log::line(log::Level::debug, "session", {{"sim", setting_.sim}, {"reason", change.reason.code}});
}

void Stream::perform(const output::PeerStateChanged& change) {
  log::line(log::Level::info, "publisher", {{"sim", setting_.sim}, {"state", change.reason.code}});
  if (change.state == LinkState::connected) was_connected_ = true;
  if (change.state == LinkState::lost) close(pipe::Departure::lost);
}

void Stream::perform(const output::ErrorRaised& error) {
  log::line(log::Level::warn, "error",
            {{"sim", setting_.sim}, {"code", error.reason.code}, {"message", error.reason.message}});
}

PeerConnection* Stream::connection(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

}  // namespace parley::hls
