#include "hls/transport_guard.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hls/certificate.hpp"
#include "hls/gst.hpp"

namespace parley::hls {

namespace {

bool is_made_by(GstElement* element, std::string_view factory) {
  GstElementFactory* const made_by = gst_element_get_factory(element);
  return made_by != nullptr && GST_OBJECT_NAME(made_by) == factory;
}

/// The longest header of RTP without its extensions: 15 contributors.
using Header = std::array<std::uint8_t, 72>;

std::span<const std::uint8_t> header_of(GstBuffer* packet, Header& space) {
  return std::span(space).first(gst_buffer_extract(packet, 0, space.data(), space.size()));
}

/// As RFC 7983 tells apart what comes on one socket: RTP and RTCP have 2 in their first two bits.
bool is_rtp(std::span<const std::uint8_t> header) {
  constexpr std::uint8_t least = 128;
  constexpr std::uint8_t most = 191;
  return !header.empty() && header[0] >= least && header[0] <= most;
}

std::vector<Ssrc> sources_of_decrypted_rtcp(GstBuffer* packet) {
  GstMapInfo map{};
  if (gst_buffer_map(packet, &map, GST_MAP_READ) == FALSE) return {};
  auto sources = sources_of_rtcp({map.data, map.size});
  gst_buffer_unmap(packet, &map);
  return sources;
}

template <class Passes>
GstPadProbeReturn filter(GstPadProbeInfo* info, Passes& passes) {
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    return passes(GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  GstBufferList* const list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
  GST_PAD_PROBE_INFO_DATA(info) = list;
  gst_buffer_list_foreach(
      list,
      [](GstBuffer** packet, guint, gpointer data) -> gboolean {
        if (!(*static_cast<Passes*>(data))(*packet)) gst_clear_buffer(packet);
        return TRUE;
      },
      &passes);
  return GST_PAD_PROBE_OK;
}

}  // namespace

/// One DTLS association, with what is needed of it on GStreamer's threads.
struct TransportGuard::Transport {
  std::shared_ptr<TransportGuard> guard;
  std::atomic<bool> verified = false;
  std::atomic<bool> refused = false;

  /// A handshake that is refused does not go on; and there is no RTP before one that is not.
  [[nodiscard]] bool passes(GstBuffer* packet) const {
    if (refused) return false;
    Header space{};
    const auto header = header_of(packet, space);
    if (!is_rtp(header)) return true;
    if (!verified) return false;
    const auto sources = is_rtcp(header) ? sender_of_rtcp(header) : sources_of_rtp(header);
    return !sources.empty() && guard->admit(sources);
  }
};

template <class Passes>
void TransportGuard::filter_pad(GstElement* element, const char* name, Passes passes) {
  const Owned<GstPad> pad(gst_element_get_static_pad(element, name));
  gst_pad_add_probe(
      pad.get(), static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad*, GstPadProbeInfo* info, gpointer data) { return filter(info, *static_cast<Passes*>(data)); },
      new Passes(std::move(passes)), [](gpointer data) { delete static_cast<Passes*>(data); });
}

void TransportGuard::watch(GstElement* bin, std::shared_ptr<TransportGuard> guard) {
  using Kept = std::shared_ptr<TransportGuard>;
  g_signal_connect_data(
      bin, "deep-element-added", G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer data) {
        if (is_made_by(element, "dtlssrtpdec")) take_transport(*static_cast<Kept*>(data), element);
      }),
      new Kept(std::move(guard)), [](gpointer data, GClosure*) { delete static_cast<Kept*>(data); },
      G_CONNECT_DEFAULT);
}

void TransportGuard::take_transport(const std::shared_ptr<TransportGuard>& guard, GstElement* dtls) {
  using Kept = std::shared_ptr<Transport>;
  const auto transport = std::make_shared<Transport>();
  transport->guard = guard;
  g_signal_connect_data(
      dtls, "notify::peer-pem", G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
        Transport& shown = **static_cast<Kept*>(data);
        shown.guard->check(shown, element);
      }),
      new Kept(transport), [](gpointer data, GClosure*) { delete static_cast<Kept*>(data); },
      G_CONNECT_DEFAULT);
  filter_pad(dtls, "sink", [transport](GstBuffer* packet) { return transport->passes(packet); });
  filter_pad(dtls, "rtp_src", [guard](GstBuffer*) {
    ++guard->media_;
    ++guard->packets_;
    return true;
  });
  filter_pad(dtls, "rtcp_src", [guard](GstBuffer* packet) {
    ++guard->packets_;
    const auto sources = sources_of_decrypted_rtcp(packet);
    return !sources.empty() && guard->admit(sources);
  });
}

void TransportGuard::expect(Fingerprints fingerprints, std::size_t lines, std::set<Ssrc> named) {
  const std::lock_guard lock(mutex_);
  expected_ = std::move(fingerprints);
  sources_.begin(lines, std::move(named));
}

bool TransportGuard::admit(std::span<const Ssrc> sources) {
  const std::lock_guard lock(mutex_);
  return sources_.admit(sources);
}

void TransportGuard::check(Transport& transport, GstElement* dtls) {
  gchar* found = nullptr;
  g_object_get(dtls, "peer-pem", &found, nullptr);
  const Owned<gchar> pem(found);
  if (!pem) return;
  const std::string shown = pem.get();
  const auto digest = [&](HashFunction function) { return digest_of(shown, function); };
  const bool named = [&] {
    const std::lock_guard lock(mutex_);
    return expected_.match(digest);
  }();
  if (named) {
    transport.verified = true;
  } else if (!transport.refused.exchange(true)) {
    wrong_();
  }
}

}  // namespace parley::hls
