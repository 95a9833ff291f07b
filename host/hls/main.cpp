#include <gst/gst.h>
#include <openssl/crypto.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "base/log.hpp"
#include "hls/descriptors.hpp"
#include "hls/gateway.hpp"
#include "hls/options.hpp"
#include "hls/pipeline.hpp"

namespace {

using namespace parley::hls;

/// What the pipelines are made of. One that is missing is a Debian package that is.
std::string missing_element() {
  for (const char* name :
       {"webrtcbin",    "nicesrc",     "dtlssrtpdec",  "srtpdec",   "rtpbin",       "rtph264depay",
        "rtpvp8depay",  "rtpvp9depay", "rtpopusdepay", "h264parse", "aacparse",     "vp8dec",
        "vp9dec",       "openh264enc", "opusdec",      "voaacenc",  "audioconvert", "audioresample",
        "videoconvert", "appsrc",      "appsink",      "mpegtsmux", "fakesink",     "videotestsrc"}) {
    GstElementFactory* const factory = gst_element_factory_find(name);
    if (factory == nullptr) return name;
    gst_object_unref(factory);
  }
  return {};
}

/// Pipelines that are being stopped use libraries that end with this process. That takes a tenth of this; one
/// that hangs is no reason to.
constexpr std::chrono::milliseconds pipeline_patience{500};

int serve(const Options& options) {
  parley::log::start(options.log_level, options.log_format);
  if (const std::string missing = missing_element(); !missing.empty()) {
    std::fprintf(
        stderr,
        "parley-hls: GStreamer has no element \"%s\". Install its plugins (README.md names the packages).\n",
        missing.c_str());
    return 1;
  }
  const std::unique_ptr<GMainLoop, decltype(&g_main_loop_unref)> loop(g_main_loop_new(nullptr, FALSE),
                                                                      &g_main_loop_unref);
  {
    const Gateway gateway(options, [&] { g_main_loop_quit(loop.get()); });
    g_main_loop_run(loop.get());
    // One that this gateway has given up may still be there, and start another.
    if (!gateway.has_outlived_host()) return 1;
  }
  if (const int left = wait_for_pipelines(pipeline_patience); left > 0)
    parley::log::line(parley::log::Level::warn, "pipelines", {{"left", left}});
  // A host that was killed could not.
  std::error_code gone_already;
  if (options.temporary) std::filesystem::remove_all(options.out, gone_already);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = read_options(argc, argv);
    if (const auto* exit = std::get_if<Exit>(&options)) return exit->code;
    // The host ends the gateway by closing the pipe, and it then ends its playlists. Who stops a service or a
    // terminal's programs may send these to both.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
    raise_descriptor_limit();
    // Threads of GStreamer's may still be ending when this process does: without OpenSSL's clean-up at exit,
    // which would take away what they use, each of them frees its own.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
    gst_init(&argc, &argv);
    return serve(std::get<Options>(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parley-hls: the system refuses something essential: %s\n", error.what());
    return 1;
  }
}
