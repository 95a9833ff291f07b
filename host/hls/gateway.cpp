#include "hls/gateway.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "base/log.hpp"
#include "base/overloaded.hpp"
#include "base/sim_number.hpp"
#include "hls/descriptors.hpp"
#include "hls/memory.hpp"

namespace parley::hls {

namespace {

namespace fs = std::filesystem;
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

/// How often the memory is looked at: some bytes for each packet of 100 Mbit/s are some MiB in this time.
constexpr seconds memory_look{1};
/// Elements are taken apart on threads of their own. The next heaviest stream has done nothing until then.
constexpr seconds memory_relief{5};

std::shared_ptr<Usage> usage_of(const Options& options) {
  constexpr int shared_descriptor = 3;
  return options.worker ? std::make_shared<Usage>(shared_descriptor, *options.worker)
                        : std::make_shared<Usage>();
}

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
      usage_(usage_of(options)),
      disk_(options.disk_bytes, usage_),
      transcoding_(options.max_transcoded, usage_) {
  memory_watch_.every(memory_look, [this] { watch_memory(); });
  pipe_.send(pipe::Ready{});
}

void Gateway::take_up(const std::string& sim) {
  if (finishing_ || !is_sim_number(sim) || publications_.contains(sim)) return;
  std::error_code error;
  const fs::file_status found = fs::symlink_status(options_.out / sim, error);
  if (fs::is_directory(found) && publication(sim).take_up()) return;
  if (fs::exists(found))
    log::line(log::Level::warn, "left alone", {{"sim", sim}, {"detail", "not all of it is a gateway's"}});
  release(sim);
}

void Gateway::hear(pipe::ToGateway message) {
  const auto with = [this](pipe::Stream number, auto action) {
    if (Stream* const found = stream(number)) action(*found);
  };
  std::visit(
      overloaded{
          [&](const pipe::TakeUp& said) { take_up(said.sim); },
          [&](pipe::Ping) { pipe_.send(pipe::Pong{}); },
          [&](const pipe::Open& said) { open(said); },
          [&](const pipe::Connected& said) { with(said.stream, [](Stream& to) { to.connected(); }); },
          [&](pipe::Text& said) {
            pipe_.send(pipe::Heard{.stream = said.stream});
            with(said.stream, [&](Stream& to) { to.text(std::move(said.json)); });
          },
          [&](const pipe::Closed& said) { with(said.stream, [&](Stream& to) { to.closed(said.code); }); },
          [&](const pipe::Close& said) { with(said.stream, [&](Stream& to) { to.close(said.departure); }); },
          [&](const pipe::Probe& said) { with(said.stream, [](Stream& to) { to.probe(); }); },
      },
      message);
}

void Gateway::open(const pipe::Open& open) {
  const auto refuse = [&] {
    pipe_.send(pipe::Ended{.stream = open.stream});
    if (!publications_.contains(open.sim)) release(open.sim);
  };
  if (finishing_ || !is_sim_number(open.sim) || streams_.contains(open.stream)) return refuse();
  if (descriptors_left() < descriptors_of_stream) {
    log::line(log::Level::error, "refuse",
              {{"sim", open.sim},
               {"detail",
                "the system lets this process open too few files: raise its limit (ulimit -n), or "
                "lower --max-streams"}});
    return refuse();
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
  const auto removed = [this, sim] { release(sim); };
  const Publication::Patience patience{
      .grace = options_.grace, .rejoining = options_.rejoining, .kept_after_end = options_.kept_after_end};
  return publications_.try_emplace(sim, options_.out / sim, shape_of(options_), patience, disk_, removed)
      .first->second;
}

void Gateway::release(const std::string& sim) {
  publications_.erase(sim);
  pipe_.send(pipe::Released{.sim = sim});
}

void Gateway::forget(pipe::Stream number) {
  log::line(log::Level::info, "ended", {{"stream", number}});
  streams_.erase(number);
  if (finishing_ && streams_.empty()) over_();
}

void Gateway::watch_memory() {
  for (const auto& [number, stream] : streams_) stream->weigh();
  const auto is_too_much = [this] { return own_memory().value_or(0) > options_.memory_bytes; };
  const auto now = std::chrono::steady_clock::now();
  if (now < relief_due_ || !is_too_much()) return;
  // What is free already is not what keeps others from it.
  ::malloc_trim(0);
  if (!is_too_much()) return;
  Stream* heaviest = nullptr;
  std::uint64_t most = 0;
  for (const auto& [number, stream] : streams_) {
    const auto weight = stream->weight();
    if (!weight || (heaviest != nullptr && *weight <= most)) continue;
    heaviest = stream.get();
    most = *weight;
  }
  if (heaviest == nullptr) return;
  relief_due_ = now + memory_relief;
  log::line(log::Level::error, "memory",
            {{"sim", heaviest->sim()}, {"bytes", own_memory().value_or(0)}, {"weight", most}});
  heaviest->fail(pipe::NoticeCode::memory_full,
                 "The media gateway ran out of memory, and this stream takes the most of it. Send a smaller "
                 "picture, or fewer tracks.");
}

void Gateway::finish() {
  finishing_ = true;
  for (const auto& [number, stream] : streams_) stream->close(pipe::Departure::left);
  for (auto& [sim, publication] : publications_) publication.finish();
  if (streams_.empty()) over_();
}

}  // namespace parley::hls
