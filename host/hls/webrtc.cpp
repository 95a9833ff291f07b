#include "hls/webrtc.hpp"

#include <gst/sdp/sdp.h>
#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>
#include <nice/agent.h>

#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "hls/answer.hpp"
#include "hls/ice_uri.hpp"
#include "hls/pipeline.hpp"

namespace parley::hls {

namespace {

/// What the jitter buffer waits for a lost packet's retransmission. A round trip to a phone and back fits in;
/// all of it is delay before a segment.
constexpr guint jitter_buffer_milliseconds = 200;

/// Each has a jitter buffer and a thread. A publisher that begins anew on the same m-lines has others.
constexpr guint max_ssrcs = 64;

using SessionDescription =
    std::unique_ptr<GstWebRTCSessionDescription, decltype(&gst_webrtc_session_description_free)>;

SessionDescription own(GstWebRTCSessionDescription* description) {
  return {description, &gst_webrtc_session_description_free};
}

SessionDescription parsed(GstWebRTCSDPType type, const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(sdp.c_str(), &message) != GST_SDP_OK) return own(nullptr);
  return own(gst_webrtc_session_description_new(type, message));
}

std::optional<std::string> error_of(GstPromise* promise) {
  if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) return "webrtcbin gave up";
  const GstStructure* const reply = gst_promise_get_reply(promise);
  if (reply == nullptr || !gst_structure_has_field(reply, "error")) return std::nullopt;
  GError* found = nullptr;
  gst_structure_get(reply, "error", G_TYPE_ERROR, &found, nullptr);
  const Owned<GError> error(found);
  return error ? error->message : "webrtcbin did not say why";
}

template <class State>
State property_of(gpointer object, const char* name) {
  State state{};
  g_object_get(object, name, &state, nullptr);
  return state;
}

IceGatheringState gathering_state(GstWebRTCICEGatheringState state) {
  switch (state) {
    case GST_WEBRTC_ICE_GATHERING_STATE_NEW:
      return IceGatheringState::fresh;
    case GST_WEBRTC_ICE_GATHERING_STATE_GATHERING:
      return IceGatheringState::gathering;
    case GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE:
      return IceGatheringState::complete;
  }
  return IceGatheringState::fresh;
}

IceConnectionState ice_state(GstWebRTCICEConnectionState state) {
  switch (state) {
    case GST_WEBRTC_ICE_CONNECTION_STATE_NEW:
      return IceConnectionState::fresh;
    case GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING:
      return IceConnectionState::checking;
    case GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED:
      return IceConnectionState::connected;
    case GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED:
      return IceConnectionState::completed;
    case GST_WEBRTC_ICE_CONNECTION_STATE_FAILED:
      return IceConnectionState::failed;
    case GST_WEBRTC_ICE_CONNECTION_STATE_DISCONNECTED:
      return IceConnectionState::disconnected;
    case GST_WEBRTC_ICE_CONNECTION_STATE_CLOSED:
      return IceConnectionState::closed;
  }
  return IceConnectionState::fresh;
}

PeerConnectionState connection_state(GstWebRTCPeerConnectionState state) {
  switch (state) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
      return PeerConnectionState::fresh;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      return PeerConnectionState::connecting;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      return PeerConnectionState::connected;
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
      return PeerConnectionState::disconnected;
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
      return PeerConnectionState::failed;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      return PeerConnectionState::closed;
  }
  return PeerConnectionState::fresh;
}

template <class Callback>
void on_signal(GstElement* bin, const char* signal, Callback callback, Remote<WebRtc>* remote) {
  g_signal_connect_data(
      bin, signal, G_CALLBACK(callback), remote,
      [](gpointer data, GClosure*) { Remote<WebRtc>::forget(data); }, G_CONNECT_DEFAULT);
}

/// How often a check goes out: RFC 8445, section 14.2, has 50 ms; libnice 20 ms.
constexpr guint check_pacing_milliseconds = 50;

/// Pairs of candidates that are checked (RFC 8445, section 6.1.2.5).
constexpr guint max_checks = 100;

/// Has the agent ask the peer every few seconds whether it is still there (RFC 7675), and fail after 10 s
/// without an answer. libnice wants to know that as the agent is made, and webrtcbin 1.22, which makes it,
/// does not say; 1.24 does. There are no streams yet, so it is not too late.
void ask_for_consent(GObject* agent) {
  GParamSpec* const property = g_object_class_find_property(G_OBJECT_GET_CLASS(agent), "consent-freshness");
  if (property == nullptr) return;
  GValue yes = G_VALUE_INIT;
  g_value_init(&yes, G_TYPE_BOOLEAN);
  g_value_set_boolean(&yes, TRUE);
  auto* const owner = static_cast<GObjectClass*>(g_type_class_peek(property->owner_type));
  owner->set_property(agent, property->param_id, &yes, property);
}

/// A publisher is reached by UDP, or by a TURN server: ICE-TCP would connect from this host to wherever a
/// candidate says.
///
/// libnice asks for routers (UPnP) from every interface, for each connection, and has not gathered before
/// they had time to answer; and what it asks with, GUPnP 1.6, leaks for each. A host that others reach has an
/// address or a TURN server.
void restrict_agent(GstElement* bin) {
  const Owned<GObject> ice(property_of<GObject*>(bin, "ice-agent"));
  const Owned<GObject> agent(property_of<GObject*>(ice.get(), "agent"));
  g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", check_pacing_milliseconds,
               "max-connectivity-checks", max_checks, nullptr);
  ask_for_consent(agent.get());
}

/// Takes what elements have to say, since a bus keeps what nobody reads. A track whose elements fail has no
/// more frames, which is seen there.
GstBusSyncReply take_message(GstBus*, GstMessage* message, gpointer) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* found = nullptr;
    gst_message_parse_error(message, &found, nullptr);
    const Owned<GError> error(found);
    log::line(log::Level::warn, "pipeline", {{"error", error->message}});
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

}  // namespace

std::shared_ptr<WebRtc> WebRtc::open(const std::vector<IceServer>& ice_servers, Events events,
                                     const std::optional<Certificate>& certificate) {
  std::shared_ptr<WebRtc> opened(new WebRtc(std::move(events)));
  opened->connect(ice_servers, certificate);
  return opened;
}

WebRtc::WebRtc(Events events)
    : events_(std::move(events)),
      pipeline_(new_pipeline().release(), [](GstElement* pipeline) { stop(Owned<GstElement>(pipeline)); }),
      weight_(pipeline_.get()),
      bin_(make("webrtcbin")) {
  gst_bin_add(GST_BIN(pipeline_.get()), bin_);
  const Owned<GstElement> rtp(gst_bin_get_by_name(GST_BIN(bin_), "rtpbin"));
  if (rtp) g_object_set(rtp.get(), "max-streams", max_ssrcs, nullptr);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), take_message, nullptr, nullptr);
}

void WebRtc::use(const Certificate& certificate) {
  fingerprint_ = certificate.fingerprint;
  g_signal_connect_data(
      bin_, "deep-element-added", G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer data) {
        const GstElementFactory* const factory = gst_element_get_factory(element);
        if (factory == nullptr || std::string_view(GST_OBJECT_NAME(factory)) != "dtlssrtpdec") return;
        g_object_set(element, "pem", static_cast<std::string*>(data)->c_str(), nullptr);
      }),
      new std::string(certificate.pem),
      [](gpointer data, GClosure*) { delete static_cast<std::string*>(data); }, G_CONNECT_DEFAULT);
}

void WebRtc::connect(const std::vector<IceServer>& ice_servers,
                     const std::optional<Certificate>& certificate) {
  g_object_set(bin_, "latency", jitter_buffer_milliseconds, "bundle-policy",
               GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, nullptr);
  restrict_agent(bin_);
  guard_ = std::make_shared<TransportGuard>([remote = Remote<WebRtc>(weak_from_this())] {
    remote.tell([](WebRtc& self) { self.events_.wrong_certificate(); });
  });
  TransportGuard::watch(bin_, guard_);
  for (const IceServer& server : ice_servers) {
    for (const std::string& url : server.urls) {
      const std::string uri = ice_uri(url, server.username, server.credential);
      if (uri.starts_with("stun")) g_object_set(bin_, "stun-server", uri.c_str(), nullptr);
      gboolean added = FALSE;
      if (uri.starts_with("turn")) g_signal_emit_by_name(bin_, "add-turn-server", uri.c_str(), &added);
    }
  }

  if (certificate) use(*certificate);

  const Remote<WebRtc> remote(weak_from_this());
  using Ice = GstWebRTCICEConnectionState;
  on_signal(
      bin_, "on-ice-candidate",
      +[](GstElement*, guint line, gchar* candidate, gpointer data) {
        static_cast<Remote<WebRtc>*>(data)->tell([line, text = std::string(candidate)](WebRtc& self) {
          self.events_.candidate(static_cast<std::uint16_t>(line), text);
        });
      },
      remote.kept());
  on_signal(
      bin_, "notify::ice-gathering-state",
      +[](GstElement* bin, GParamSpec*, gpointer data) {
        const auto state =
            gathering_state(property_of<GstWebRTCICEGatheringState>(bin, "ice-gathering-state"));
        static_cast<Remote<WebRtc>*>(data)->tell([state](WebRtc& self) { self.events_.gathering(state); });
      },
      remote.kept());
  on_signal(
      bin_, "notify::ice-connection-state",
      +[](GstElement* bin, GParamSpec*, gpointer data) {
        const auto state = ice_state(property_of<Ice>(bin, "ice-connection-state"));
        static_cast<Remote<WebRtc>*>(data)->tell([state](WebRtc& self) { self.events_.ice(state); });
      },
      remote.kept());
  on_signal(
      bin_, "notify::connection-state",
      +[](GstElement* bin, GParamSpec*, gpointer data) {
        const auto state =
            connection_state(property_of<GstWebRTCPeerConnectionState>(bin, "connection-state"));
        static_cast<Remote<WebRtc>*>(data)->tell([state](WebRtc& self) { self.events_.connection(state); });
      },
      remote.kept());

  // The pad's data comes next on this very thread, so this one cannot wait for the main loop.
  struct Taker {
    std::function<void(GstElement*, GstPad*)> pad_added;
  };
  g_signal_connect_data(
      bin_, "pad-added", G_CALLBACK(+[](GstElement* bin, GstPad* pad, gpointer data) {
        const Owned<GstObject> pipeline(gst_object_get_parent(GST_OBJECT(bin)));
        if (GST_PAD_IS_SRC(pad) && pipeline)
          static_cast<Taker*>(data)->pad_added(GST_ELEMENT(pipeline.get()), pad);
      }),
      new Taker{.pad_added = events_.pad_added},
      [](gpointer data, GClosure*) { delete static_cast<Taker*>(data); }, G_CONNECT_DEFAULT);

  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

void WebRtc::call(const char* operation, gpointer argument, Done done) {
  struct Call {
    Remote<WebRtc> remote;
    Done done;
    std::shared_ptr<GstElement> pipeline;
  };
  GstPromise* const promise = gst_promise_new_with_change_func(
      [](GstPromise* changed, gpointer data) {
        const auto* const call = static_cast<Call*>(data);
        call->remote.tell([done = call->done, error = error_of(changed)](WebRtc&) { done(error); });
      },
      new Call{.remote = Remote<WebRtc>(weak_from_this()), .done = std::move(done), .pipeline = pipeline_},
      [](gpointer data) { delete static_cast<Call*>(data); });
  g_signal_emit_by_name(bin_, operation, argument, promise);
  gst_promise_unref(promise);
}

void WebRtc::take_offer(const GivenLines& given, Done done) {
  const std::string sdp = given.sdp();
  const auto offer = parsed(GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  if (!offer) {
    done("This is no SDP");
    return;
  }
  guard_->expect(Fingerprints(sdp), given.size(), given.ssrcs());
  call("set-remote-description", offer.get(), std::move(done));
}

void WebRtc::answer(Done done) {
  struct Call {
    Remote<WebRtc> remote;
    Done done;
    std::shared_ptr<GstElement> pipeline;
  };
  GstPromise* const promise = gst_promise_new_with_change_func(
      [](GstPromise* created, gpointer data) {
        const auto* const call = static_cast<Call*>(data);
        call->remote.tell(
            [done = call->done, shared = std::shared_ptr<GstPromise>(gst_promise_ref(created), Unref{})](
                WebRtc& self) { self.set_answer(done, shared.get()); });
      },
      new Call{.remote = Remote<WebRtc>(weak_from_this()), .done = std::move(done), .pipeline = pipeline_},
      [](gpointer data) { delete static_cast<Call*>(data); });
  g_signal_emit_by_name(bin_, "create-answer", nullptr, promise);
  // The function above has it until then.
  gst_promise_unref(promise);
}

void WebRtc::set_answer(const Done& done, GstPromise* created) {
  if (auto error = error_of(created)) {
    done(std::move(error));
    return;
  }
  GstWebRTCSessionDescription* found = nullptr;
  gst_structure_get(gst_promise_get_reply(created), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &found,
                    nullptr);
  auto answer = own(found);
  if (!answer) {
    done("webrtcbin made no answer");
    return;
  }
  if (const auto next = std::exchange(next_generation_, std::nullopt)) {
    const Owned<gchar> text(gst_sdp_message_as_text(answer->sdp));
    answer =
        parsed(GST_WEBRTC_SDP_TYPE_ANSWER, with_ice_credentials(text.get(), next->ufrag, next->password));
  }
  call("set-local-description", answer.get(), done);
}

std::string WebRtc::local_description() const {
  GstWebRTCSessionDescription* found = nullptr;
  g_object_get(bin_, "local-description", &found, nullptr);
  const auto description = own(found);
  if (!description) return {};
  const Owned<gchar> text(gst_sdp_message_as_text(description->sdp));
  return fingerprint_.empty() ? text.get() : with_fingerprint(text.get(), fingerprint_);
}

/// webrtcbin 1.22 knows nothing of it, but its agent does: what that has made up for one of its streams will
/// do for all. webrtcbin would repeat its old credentials, and takes others where an answer has them.
void WebRtc::restart_ice() {
  GObject* found = nullptr;
  g_object_get(bin_, "ice-agent", &found, nullptr);
  const Owned<GObject> ice(found);
  NiceAgent* inner = nullptr;
  if (ice) g_object_get(ice.get(), "agent", &inner, nullptr);
  const Owned<NiceAgent> agent(inner);
  if (!agent || nice_agent_restart(agent.get()) == FALSE) return;
  constexpr guint first_stream = 1;
  gchar* ufrag = nullptr;
  gchar* password = nullptr;
  nice_agent_get_local_credentials(agent.get(), first_stream, &ufrag, &password);
  const Owned<gchar> owned_ufrag(ufrag);
  const Owned<gchar> owned_password(password);
  if (ufrag != nullptr && password != nullptr) next_generation_ = {.ufrag = ufrag, .password = password};
}

void WebRtc::add_candidate(std::uint16_t line, const std::string& candidate) {
  g_signal_emit_by_name(bin_, "add-ice-candidate", static_cast<guint>(line), candidate.c_str());
}

}  // namespace parley::hls
