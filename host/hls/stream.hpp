#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/session.hpp"
#include "hls/media.hpp"
#include "hls/peer_connection.hpp"
#include "hls/pipe.hpp"
#include "hls/publication.hpp"
#include "hls/transcoding.hpp"

namespace parley::hls {

/// One publisher's stay: a Session that sits in the publisher's room, and what it receives.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  struct Setting {
    pipe::Stream number{};
    std::string sim;
    CandidateFilter::Setting candidates;
    Media::Timing timing;
  };
  struct Events {
    std::function<void(pipe::ToHost)> tell;
    /// It has told `ended`, and can be let go.
    std::function<void()> over;
  };

  [[nodiscard]] static std::shared_ptr<Stream> open(Setting setting, Publication& publication,
                                                    Transcoding& transcoding, Events events);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What the host says.
  void connected();
  void text(std::string json);
  void closed(std::uint16_t code);
  void close(pipe::Departure departure);
  void probe();

  /// To be called once a second.
  void weigh();
  /// See Weight; nothing once it is being closed.
  [[nodiscard]] std::optional<std::uint64_t> weight() const;
  [[nodiscard]] const std::string& sim() const { return setting_.sim; }
  /// Tells the publisher why, and ends as if it had left.
  void fail(pipe::NoticeCode code, std::string sentence);

 private:
  Stream(Setting setting, Publication& publication, Transcoding& transcoding, Events events);

  void start();
  void tell(pipe::NoticeCode code, std::string sentence);
  void refuse_certificate();
  void look();
  void answer_probe(std::uint64_t packets);
  void handle(const Input& input);
  void wake_at_next_timeout();

  // What the core says.
  void perform(const output::OpenSocket& open);
  void perform(const output::SendSocket& send);
  void perform(const output::CloseSocket& close);
  void perform(output::CreatePeer& create);
  void perform(const output::ClosePeer& close);
  void perform(const output::SetLocalDescription& set);
  void perform(const output::SetRemoteDescription& set);
  void perform(const output::AddCandidate& add);
  void perform(const output::StateChanged& change);
  void perform(const output::PeerStateChanged& change);
  void perform(const output::ErrorRaised& error);
  /// There are no slots and no data channels here, and nobody to show anything to.
  void perform(const auto&) {}

  [[nodiscard]] PeerConnection* connection(ConnectionId id);

  const Setting setting_;
  Publication& publication_;
  const Events events_;
  const std::shared_ptr<Media> media_;
  Session session_;
  SocketId socket_ = 0;
  CandidateFilter filter_;
  std::map<ConnectionId, PeerConnection> connections_;
  Presence presence_;
  bool was_connected_ = false;
  bool closing_ = false;
  Timer timeout_;
  Timer closing_patience_;
  Timer looks_;
  bool probed_ = false;  // and not answered yet
  std::optional<std::uint64_t> packets_at_probe_;
};

}  // namespace parley::hls
