#include "hls/gateway.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "hls/descriptors.hpp"
#include "hub/overloaded.hpp"
#include "server/log.hpp"
#include "server/sim_number.hpp"

namespace parley::hls {

namespace {

namespace fs = std::filesystem;
namespace log = server::log;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Segments are as long as asked for, if key frames come when asked for. One second above that leaves them
/// time, and is still a target duration that who heeds them never exceeds.
Playlist::Shape shape_of(const Options& options) {
  return {.target = std::chrono::ceil<seconds>(options.segment) + seconds(1), .window = options.window};
}

/// OBS sends key frames at intervals of its own: x264's 250 frames are 10.4 s of a film. Segments are as long
/// as these, since a player that begins to watch (hls.js 1.7) does not get over one that begins without.
constexpr seconds longest_segment{12};

/// A stream with one transport has 14 on a machine with three addresses, others have more.
constexpr std::size_t descriptors_of_stream = 128;

Media::Timing timing_of(const Options& options) {
  return {.segment = options.segment,
          .longest_segment = std::max<milliseconds>(longest_segment, 2 * options.segment)};
}

}  // namespace

Gateway::Gateway(const Options& options, std::function<void()> over)
    : options_(options),
      over_(std::move(over)),
      pipe_({.message = [this](pipe::ToGateway message) { hear(std::move(message)); },
             .ended = [this] { finish(); }}),
      disk_(options.disk_bytes),
      transcoding_(options.max_transcoded) {
  take_up();
  pipe_.send(pipe::Ready{});
}

void Gateway::take_up() {
  std::error_code error;
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(options_.out, error)) {
    const std::string name = entry.path().filename();
    if (server::is_sim_number(name) && entry.is_directory(error) && !entry.is_symlink(error))
      found.push_back(name);
  }
  for (const std::string& sim : found) {
    if (publication(sim).take_up()) continue;
    log::line(log::Level::warn, "left alone", {{"sim", sim}, {"detail", "not all of it is a gateway's"}});
    publications_.erase(sim);
  }
}

void Gateway::hear(pipe::ToGateway message) {
  const auto with = [this](pipe::Stream number, auto action) {
    if (Stream* const found = stream(number)) action(*found);
  };
  std::visit(
      hub::overloaded{
          [&](const pipe::Open& said) { open(said); },
          [&](const pipe::Connected& said) { with(said.stream, [](Stream& to) { to.connected(); }); },
          [&](pipe::Text& said) { with(said.stream, [&](Stream& to) { to.text(std::move(said.json)); }); },
          [&](const pipe::Closed& said) { with(said.stream, [&](Stream& to) { to.closed(said.code); }); },
          [&](const pipe::Close& said) { with(said.stream, [&](Stream& to) { to.close(said.departure); }); },
          [&](const pipe::Probe& said) { with(said.stream, [](Stream& to) { to.probe(); }); },
      },
      message);
}

void Gateway::open(const pipe::Open& open) {
  if (finishing_ || !server::is_sim_number(open.sim) || streams_.contains(open.stream)) {
    pipe_.send(pipe::Ended{.stream = open.stream});
    return;
  }
  if (descriptors_left() < descriptors_of_stream) {
    log::line(log::Level::error, "refuse",
              {{"sim", open.sim},
               {"detail",
                "the system lets this process open too few files: raise its limit (ulimit -n), or "
                "lower --max-streams"}});
    pipe_.send(pipe::Ended{.stream = open.stream});
    return;
  }
  log::line(log::Level::info, "open", {{"stream", open.stream}, {"sim", open.sim}});
  streams_[open.stream] =
      Stream::open({.number = open.stream,
                    .sim = open.sim,
                    .candidates = {.publisher = open.address,
                                   .own = own_addresses(),
                                   .allowed = options_.allowed_candidates},
                    .timing = timing_of(options_)},
                   publication(open.sim), transcoding_,
                   {.tell = [this](const pipe::ToHost& message) { pipe_.send(message); },
                    .over = [this, number = open.stream] { post([this, number] { forget(number); }); }});
}

Stream* Gateway::stream(pipe::Stream number) {
  const auto found = streams_.find(number);
  return found == streams_.end() ? nullptr : found->second.get();
}

Publication& Gateway::publication(const std::string& sim) {
  // At once: until then a publisher could come back to files that are gone.
  const auto removed = [this, sim] { publications_.erase(sim); };
  const Publication::Patience patience{
      .grace = options_.grace, .rejoining = options_.rejoining, .kept_after_end = options_.kept_after_end};
  return publications_.try_emplace(sim, options_.out / sim, shape_of(options_), patience, disk_, removed)
      .first->second;
}

void Gateway::forget(pipe::Stream number) {
  log::line(log::Level::info, "ended", {{"stream", number}});
  streams_.erase(number);
  if (finishing_ && streams_.empty()) over_();
}

void Gateway::finish() {
  finishing_ = true;
  for (const auto& [number, stream] : streams_) stream->close(pipe::Departure::left);
  for (auto& [sim, publication] : publications_) publication.finish();
  if (streams_.empty()) over_();
}

}  // namespace parley::hls
