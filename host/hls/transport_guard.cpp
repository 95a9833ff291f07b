#include "hls/transport_guard.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "hls/certificate.hpp"
#include "hls/gst.hpp"

namespace parley::hls {

namespace {

bool is_made_by(GstElement* element, std::string_view factory) {
  GstElementFactory* const made_by = gst_element_get_factory(element);
  return made_by != nullptr && GST_OBJECT_NAME(made_by) == factory;
}

/// As RFC 7983 tells apart what comes on one socket: RTP and RTCP have 2 in their first two bits.
bool is_rtp(GstBuffer* packet) {
  std::uint8_t first = 0;
  constexpr std::uint8_t least = 128;
  constexpr std::uint8_t most = 191;
  return gst_buffer_extract(packet, 0, &first, sizeof first) == sizeof first && first >= least &&
         first <= most;
}

template <class Passes>
GstPadProbeReturn filter(GstPadProbeInfo* info, Passes passes) {
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

  /// A handshake that is refused does not go on; and RTP waits for one that is not.
  [[nodiscard]] bool passes(GstBuffer* packet) const { return !refused && (verified || !is_rtp(packet)); }
};

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
  const Owned<GstPad> entrance(gst_element_get_static_pad(dtls, "sink"));
  gst_pad_add_probe(
      entrance.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        const Transport& from = **static_cast<Kept*>(data);
        return filter(info, [&](GstBuffer* packet) { return from.passes(packet); });
      },
      new Kept(transport), [](gpointer data) { delete static_cast<Kept*>(data); });
}

void TransportGuard::expect(Fingerprints fingerprints) {
  const std::lock_guard lock(mutex_);
  expected_ = std::move(fingerprints);
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
