// A publisher: GStreamer's webrtcbin with test pictures and sounds. Says its offer (with all candidates) as a
// line of JSON, and reads the answer and candidates likewise. Ends with its standard input.
//
//     parley_hls_publisher PIPELINE          what sends into the webrtcbin named "publisher"
//     parley_hls_publisher PIPELINE answers  reads an offer first, and says its answer; what comes in is
//     dropped
//
// An identity named "deaf" hears no request for a key frame after the first that was granted; one named
// "spoiler" sends no key frame on. With one named "crowd", 20,000 SSRCs that the offer does not name send two
// RTP packets each, a thousand of them before anybody else; then a line says so.

#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#define GST_USE_UNSTABLE_API
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>

namespace {

using nlohmann::json;

GMainLoop* const main_loop = g_main_loop_new(nullptr, FALSE);
/// To answer.
std::counting_semaphore ready(0);

void say_description(GstElement* bin) {
  GstWebRTCSessionDescription* description = nullptr;
  g_object_get(bin, "local-description", &description, nullptr);
  gchar* const sdp = gst_sdp_message_as_text(description->sdp);
  const bool offers = description->type == GST_WEBRTC_SDP_TYPE_OFFER;
  std::cout << json{{"type", offers ? "offer" : "answer"}, {"sdp", sdp}}.dump() << std::endl;
  g_free(sdp);
  gst_webrtc_session_description_free(description);
}

void set_local(GstPromise* created, GstElement* bin, const char* type) {
  GstWebRTCSessionDescription* description = nullptr;
  gst_structure_get(gst_promise_get_reply(created), type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description,
                    nullptr);
  g_signal_emit_by_name(bin, "set-local-description", description, nullptr);
  gst_webrtc_session_description_free(description);
  gst_promise_unref(created);
}

void set_offer(GstPromise* created, gpointer bin) {
  set_local(created, GST_ELEMENT(bin), "offer");
}

void make_offer(GstElement* bin, gpointer) {
  g_signal_emit_by_name(bin, "create-offer", nullptr,
                        gst_promise_new_with_change_func(set_offer, bin, nullptr));
}

void become_ready(GstElement*, gpointer) {
  ready.release();
}

void set_answer(GstPromise* created, gpointer bin) {
  set_local(created, GST_ELEMENT(bin), "answer");
}

void make_answer(GstPromise* offered, gpointer bin) {
  gst_promise_unref(offered);
  g_signal_emit_by_name(bin, "create-answer", nullptr,
                        gst_promise_new_with_change_func(set_answer, bin, nullptr));
}

void drop(GstElement* bin, GstPad* pad, gpointer) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  GstElement* const sink = gst_element_factory_make("fakesink", nullptr);
  gst_bin_add(GST_BIN(GST_ELEMENT_PARENT(bin)), sink);
  gst_element_sync_state_with_parent(sink);
  GstPad* const entry = gst_element_get_static_pad(sink, "sink");
  gst_pad_link(pad, entry);
  gst_object_unref(entry);
}

void on_gathering(GstElement* bin, GParamSpec*, gpointer) {
  GstWebRTCICEGatheringState state{};
  g_object_get(bin, "ice-gathering-state", &state, nullptr);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) say_description(bin);
}

void hear(GstElement* bin, const json& said) {
  if (said.contains("candidate")) {
    const auto text = said["candidate"].get<std::string>();
    g_signal_emit_by_name(bin, "add-ice-candidate", said.value("sdpMLineIndex", 0U), text.c_str());
    return;
  }
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(said["sdp"].get<std::string>().c_str(), &message);
  const bool offered = said.value("type", "answer") == "offer";
  auto* const description = gst_webrtc_session_description_new(
      offered ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  GstPromise* const applied = offered ? gst_promise_new_with_change_func(make_answer, bin, nullptr) : nullptr;
  g_signal_emit_by_name(bin, "set-remote-description", description, applied);
  gst_webrtc_session_description_free(description);
}

bool is_key_frame(GstPadProbeInfo* info) {
  return !GST_BUFFER_FLAG_IS_SET(gst_pad_probe_info_get_buffer(info), GST_BUFFER_FLAG_DELTA_UNIT);
}

GstPad* exit_of(GstElement* pipeline, const char* element) {
  GstElement* const found = gst_bin_get_by_name(GST_BIN(pipeline), element);
  return found == nullptr ? nullptr : gst_element_get_static_pad(found, "src");
}

/// A request shows that the other end hears us: the key frame that it gets is the last one.
void become_deaf(GstElement* pipeline) {
  static std::atomic<bool> asked = false;
  static std::atomic<bool> deaf = false;
  GstPad* const pad = exit_of(pipeline, "deaf");
  if (pad == nullptr) return;
  const auto hear = [](GstPad*, GstPadProbeInfo* info, gpointer) {
    if (gst_video_event_is_force_key_unit(gst_pad_probe_info_get_event(info)) == FALSE)
      return GST_PAD_PROBE_OK;
    asked = true;
    return deaf ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  };
  const auto send = [](GstPad*, GstPadProbeInfo* info, gpointer) {
    if (asked && is_key_frame(info)) deaf = true;
    return GST_PAD_PROBE_OK;
  };
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, hear, nullptr, nullptr);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, send, nullptr, nullptr);
}

void spoil(GstElement* pipeline) {
  GstPad* const pad = exit_of(pipeline, "spoiler");
  if (pad == nullptr) return;
  const auto drop = [](GstPad*, GstPadProbeInfo* info, gpointer) {
    return is_key_frame(info) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  };
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, drop, nullptr, nullptr);
}

/// Packets of others than were named, as a sender that has the connection's keys can send them. GStreamer
/// takes a source for one after two in a row.
void send_crowd(GstPad* pad, GstBuffer* packet) {
  constexpr int sources = 50;
  constexpr std::array<std::uint16_t, 2> numbers{0x0100, 0x0200};
  constexpr gsize number_at = 2;
  constexpr gsize source_at = 8;
  static std::mt19937 random;  // NOLINT(*-msc51-cpp): the same each time
  for (int i = 0; i < sources; ++i) {
    const auto source = static_cast<std::uint32_t>(random());
    for (const std::uint16_t number : numbers) {
      GstBuffer* const copy = gst_buffer_copy_deep(packet);
      gst_buffer_fill(copy, number_at, &number, sizeof number);
      gst_buffer_fill(copy, source_at, &source, sizeof source);
      gst_pad_chain(pad, copy);
    }
  }
}

/// On the pad by which RTP gets to its encryption: the first packets become others', and more of these come
/// with those that follow.
void crowd(GstPad* pad) {
  static int crowds = 0;  // of the one pad that all share
  static bool sending = false;
  constexpr int first = 20;
  constexpr int most = 400;
  gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad* entry, GstPadProbeInfo* info, gpointer) {
        if (sending || crowds >= most) return GST_PAD_PROBE_OK;
        if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
          sending = true;
          send_crowd(entry, gst_pad_probe_info_get_buffer(info));
          sending = false;
          if (++crowds == most) std::cout << json{{"type", "crowd"}}.dump() << std::endl;
        }
        return crowds <= first ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
      },
      nullptr, nullptr);
}

void become_crowd(GstElement* pipeline, GstElement* bin) {
  GstElement* const asked = gst_bin_get_by_name(GST_BIN(pipeline), "crowd");
  if (asked == nullptr) return;
  const auto encrypts = [](GstBin*, GstBin*, GstElement* element, gpointer) {
    GstElementFactory* const factory = gst_element_get_factory(element);
    if (factory == nullptr || std::string_view(GST_OBJECT_NAME(factory)) != "dtlssrtpenc") return;
    const auto look = [](GstElement*, GstPad* pad, gpointer) -> gboolean {
      if (std::string_view(GST_OBJECT_NAME(pad)).starts_with("rtp_sink")) crowd(pad);
      return TRUE;
    };
    gst_element_foreach_sink_pad(element, look, nullptr);
  };
  g_signal_connect(bin, "deep-element-added", G_CALLBACK(+encrypts), nullptr);
}

/// UPnP takes a port of every interface, and where somebody else has it, libnice never has gathered.
void ask_no_routers(GstElement* bin) {
  GObject* ice = nullptr;
  GObject* agent = nullptr;
  g_object_get(bin, "ice-agent", &ice, nullptr);
  g_object_get(ice, "agent", &agent, nullptr);
  g_object_set(agent, "upnp", FALSE, nullptr);
  g_object_unref(agent);
  g_object_unref(ice);
}

gboolean on_message(GstBus*, GstMessage* message, gpointer) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return G_SOURCE_CONTINUE;
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  std::cerr << "publisher: " << error->message << std::endl;
  g_error_free(error);
  g_main_loop_quit(main_loop);
  return G_SOURCE_REMOVE;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(argc > 1 ? argv[1] : "", &error);
  if (error != nullptr) {
    std::cerr << "publisher: " << error->message << std::endl;
    return 1;
  }
  GstElement* const bin = gst_bin_get_by_name(GST_BIN(pipeline), "publisher");
  ask_no_routers(bin);
  const bool answers = argc > 2 && std::string(argv[2]) == "answers";
  g_signal_connect(bin, "on-negotiation-needed", answers ? G_CALLBACK(become_ready) : G_CALLBACK(make_offer),
                   nullptr);
  g_signal_connect(bin, "pad-added", G_CALLBACK(drop), nullptr);
  g_signal_connect(bin, "notify::ice-gathering-state", G_CALLBACK(on_gathering), nullptr);
  become_deaf(pipeline);
  spoil(pipeline);
  become_crowd(pipeline, bin);
  gst_bus_add_watch(gst_element_get_bus(pipeline), on_message, nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  // webrtcbin 1.22 drops what it hears before it plays, and answers for the pads whose caps it knows by then.
  std::thread reader([bin, answers] {
    if (answers) ready.acquire();
    for (std::string line; std::getline(std::cin, line);) hear(bin, json::parse(line));
    g_main_loop_quit(main_loop);
  });
  g_main_loop_run(main_loop);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  std::_Exit(0);  // the reader may still wait
}
