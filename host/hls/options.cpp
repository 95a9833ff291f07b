#include "hls/options.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/log_options.hpp"
#include "hls/usage.hpp"

namespace parley::hls {

std::variant<Options, Exit> read_options(int argc, char** argv) {
  Options options;
  std::int64_t segment_ms = options.segment.count();
  std::uintmax_t disk_mb = options.disk_bytes >> 20U;
  std::uintmax_t memory_mb = options.memory_bytes >> 20U;
  std::int64_t grace_ms = options.grace.count();
  std::int64_t rejoin_ms = options.rejoining.count();
  std::int64_t keep_ms = options.kept_after_end.count();
  CLI::App app(
      "Makes HLS of what publishers send over WebRTC. Started by a Parley host, with their pipe as "
      "descriptor 0.",
      "parley-hls");
  app.add_option("--out", options.out, "the folder for playlists and segments")->required()->type_name("DIR");
  app.add_flag("--temporary", options.temporary,
               "removes that folder with all that is in it once the host is gone");
  app.add_option("--segment-ms", segment_ms,
                 "how long segments are to be, if the publisher sends key frames when asked")
      ->check(CLI::Range(500, 10'000))
      ->capture_default_str();
  app.add_option("--window", options.window, "how many segments a playlist lists")
      ->check(CLI::Range(3, 1'000))
      ->capture_default_str();
  app.add_option("--max-transcoded", options.max_transcoded,
                 "how many VP8 and VP9 tracks are transcoded at once")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  app.add_option("--disk-mb", disk_mb, "how many MiB all segments together may take")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--memory-mb", memory_mb,
                 "how many MiB this process may take before it ends the stream that takes most of them")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option(
         "--worker", options.worker,
         "which one of several this is, which share descriptor 3 and count there what all take of the "
         "disk and of transcoding")
      ->check(CLI::Range(std::size_t{0}, Usage::max_rows - 1));
  app.add_option("--grace-ms", grace_ms,
                 "how long a playlist waits for a publisher that was lost before it ends")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
  app.add_option("--rejoin-ms", rejoin_ms,
                 "how long it waits for one that left, which may join again at once to begin anew")
      ->check(CLI::Range(0, 60'000))
      ->capture_default_str();
  app.add_option("--keep-ms", keep_ms, "how long the files of a stream are there after its end")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  std::vector<std::string> allowed_candidates;
  app.add_option("--allow-candidates", allowed_candidates,
                 "addresses of this host and its link that publishers' ICE candidates may name")
      ->delimiter(',')
      ->check([](const std::string& text) {
        return parse_range(text)
                   ? std::string{}
                   : "\"" + text + "\" must be an address or a range of them, as in 192.0.2.0/24";
      })
      ->type_name("CIDR");
  app.add_option("--log-level", options.log_level, "how much to say on standard error")
      ->transform(CLI::CheckedTransformer(log::level_names));
  app.add_option("--log-format", options.log_format, "for people or for programs")
      ->transform(CLI::CheckedTransformer(log::format_names));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int usage_error = 2;
    return Exit{app.exit(error) == 0 ? 0 : usage_error};
  }
  options.segment = std::chrono::milliseconds(segment_ms);
  options.disk_bytes = disk_mb << 20U;
  options.memory_bytes = memory_mb << 20U;
  options.grace = std::chrono::milliseconds(grace_ms);
  options.rejoining = std::chrono::milliseconds(rejoin_ms);
  options.kept_after_end = std::chrono::milliseconds(keep_ms);
  for (const std::string& text : allowed_candidates) options.allowed_candidates.push_back(*parse_range(text));
  return options;
}

}  // namespace parley::hls
