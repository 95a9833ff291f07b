#include "media/hls_gateway.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "base/random.hpp"
#include "dialects/parley_v1.hpp"

namespace parley::media {
namespace {

namespace pipe = hls::pipe;

/// Of one stream, that may wait for its worker: offers of 64 KiB and all their candidates, some times over.
/// Whoever says more while it is busy is not to keep others waiting.
constexpr std::size_t max_waiting_bytes = std::size_t{1} * 1024 * 1024;
/// Seconds for streams that have ended to be taken apart.
constexpr int most_idle_and_large = 10;
constexpr std::string_view crashed_sentence =
    "The media gateway crashed while it took up this offer, which is not tried again. Publish from another "
    "browser or program, or with other codecs, and report it.";
/// Ending the playlists of all streams is a few small files each.
constexpr std::chrono::seconds end_patience{2};

hub::ErrorCode error_code_of(pipe::NoticeCode code) {
  switch (code) {
    case pipe::NoticeCode::transcoded:
      return hub::ErrorCode::transcoded;
    case pipe::NoticeCode::too_many_transcoded:
      return hub::ErrorCode::too_many_transcoded;
    case pipe::NoticeCode::disk_full:
      return hub::ErrorCode::disk_full;
    case pipe::NoticeCode::media_failed:
      return hub::ErrorCode::media_failed;
    case pipe::NoticeCode::unsupported_media:
      return hub::ErrorCode::unsupported_media;
    case pipe::NoticeCode::wrong_certificate:
      return hub::ErrorCode::wrong_certificate;
    case pipe::NoticeCode::memory_full:
      return hub::ErrorCode::memory_full;
    case pipe::NoticeCode::not_connected:
      return hub::ErrorCode::not_connected;
    case pipe::NoticeCode::no_media:
      return hub::ErrorCode::no_media;
    case pipe::NoticeCode::left_out:
      return hub::ErrorCode::left_out;
  }
  return hub::ErrorCode::media_failed;
}

}  // namespace

class HlsGateway::StreamRecipient : public net::Recipient {
 public:
  StreamRecipient(HlsGateway& gateway, Number stream) : gateway_(gateway), stream_(stream) {}

  void put(hub::Delivery delivery) override {
    gateway_.put(Told{.stream = stream_, .delivery = std::move(delivery)});
  }
  void put_close(net::CloseReason reason) override {
    gateway_.put(Closed{.stream = stream_, .code = reason.code});
  }
  void drain() override { gateway_.wake(); }

  [[nodiscard]] bool needs_pings() const override { return false; }
  void put_ping() override {}
  void put_probe() override { gateway_.put(Probed{.stream = stream_}); }

 private:
  HlsGateway& gateway_;
  const Number stream_;
};

HlsGateway::HlsGateway(Setting setting)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      memory_bytes_(setting.memory_bytes),
      shared_usage_(hls::Usage::create()),
      usage_(shared_usage_.get(), 0),
      idle_and_large_(setting.workers),
      crashed_offers_(random_seed()) {
  if (!wake_ || !shared_usage_)
    throw std::system_error(errno, std::generic_category(), "the gateway's eventfd or memory");
  for (std::string& sim : setting.left) homes_.leave(std::move(sim));
  for (Worker worker = 0; worker < setting.workers; ++worker) {
    auto arguments = setting.arguments;
    arguments.emplace_back("--worker");
    arguments.push_back(std::to_string(worker));
    workers_.push_back(std::make_unique<HlsWorker>(
        HlsWorker::Setting{.number = worker,
                           .program = setting.program,
                           .arguments = std::move(arguments),
                           .shared = shared_usage_.get()},
        HlsWorker::Events{.heard = [this, worker](const pipe::ToHost& message) { hear(worker, message); },
                          .lost = [this, worker](bool crashed) { worker_lost(worker, crashed); },
                          .gone = [this, worker] { worker_gone(worker); }}));
  }
}

void HlsGateway::start(exchange::Exchange& exchange) {
  exchange_ = &exchange;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

HlsGateway::~HlsGateway() {
  stop();
}

void HlsGateway::begin_to_stop() {
  thread_.request_stop();
  wake();
}

void HlsGateway::stop() {
  begin_to_stop();
  if (thread_.joinable()) thread_.join();
}

void HlsGateway::change(hub::StreamChange change) {
  put(std::move(change));
  wake();
}

void HlsGateway::put(Item item) {
  const std::lock_guard lock(mutex_);
  inbox_.push_back(std::move(item));
}

void HlsGateway::wake() {
  ::eventfd_write(wake_.get(), 1);
}

void HlsGateway::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!memory_reserve::survives([this] { take_turn(); }))
      std::this_thread::sleep_for(memory_reserve::pause);
  }
  memory_reserve::survives([this] { end_workers(); });
}

void HlsGateway::take_turn() {
  start_workers();
  wait();
  take_inbox();
  for (const auto& worker : workers_) worker->take_turn();
  // What the hub has to say of a worker that was lost comes before its streams have another.
  take_inbox();
  assign();
  // What that told them.
  for (const auto& worker : workers_) worker->take_turn();
}

/// For something to do.
void HlsGateway::wait() {
  std::vector<pollfd> waits{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  auto until = next_start();
  for (const auto& worker : workers_) {
    worker->put_waits(waits);
    until = std::min(until, worker->needs_turn());
  }
  int milliseconds = -1;
  if (until != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    milliseconds = std::max(0, static_cast<int>(left.count()));
  }
  ::poll(waits.data(), waits.size(), milliseconds);
}

void HlsGateway::end_workers() {
  for (const auto& worker : workers_) worker->ask_to_end();
  const auto deadline = Clock::now() + end_patience;
  for (const auto& worker : workers_) worker->end_until(deadline);
  count_running();
}

// --- the workers

bool HlsGateway::wants_worker() const {
  std::size_t vacant = 0;
  for (Worker worker = 0; worker < workers_.size(); ++worker) {
    const auto state = workers_[worker]->state();
    const bool idle = state == HlsWorker::State::running && streams_.numbers_of(worker).empty();
    if (idle || state == HlsWorker::State::starting) ++vacant;
  }
  return vacant < 1 + streams_.numbers_of(std::nullopt).size() + homes_.left().size();
}

void HlsGateway::start_workers() {
  for (const auto& worker : workers_) {
    if (worker->state() == HlsWorker::State::down && worker->rests_until() <= Clock::now() && wants_worker())
      worker->start();
  }
}

HlsGateway::Clock::time_point HlsGateway::next_start() const {
  auto next = Clock::time_point::max();
  if (!wants_worker()) return next;
  for (const auto& worker : workers_) {
    if (worker->state() == HlsWorker::State::down) next = std::min(next, worker->rests_until());
  }
  return next;
}

void HlsGateway::worker_lost(Worker worker, bool crashed) {
  count_running();
  const auto numbers = streams_.numbers_of(worker);
  if (crashed) blame(numbers);
  // Of those that had its seat the hub says in a moment that they are lost. The others wait for another.
  for (const Number number : numbers) {
    HlsStreams::Stream& stream = *streams_.find(number);
    stream.worker.reset();
    stream.handling = {};
    disconnect(stream);
  }
}

void HlsGateway::blame(const std::vector<Number>& streams) {
  const auto now = Clock::now();
  std::vector<const HlsStreams::Stream*> handled;
  for (const Number number : streams) {
    const HlsStreams::Stream* stream = streams_.find(number);
    if (stream->handling.goes_on(now)) handled.push_back(stream);
  }
  for (const HlsStreams::Stream* stream : handled) {
    crashed_offers_.crashed(stream->handling.offer, handled.size() == 1);
    log::line(log::Level::error, "gateway-crashed", {{"room", stream->room}, {"of", handled.size()}});
    report(*stream, hub::ErrorCode::gateway_crashed, std::string(crashed_sentence));
  }
}

void HlsGateway::worker_gone(Worker worker) {
  homes_.lose(worker);
  usage_.clear(worker);
}

/// A worker keeps to its limit by itself. One that cannot, or keeps the memory of streams that have ended,
/// begins anew.
void HlsGateway::watch_memory(Worker worker) {
  const auto bytes = workers_[worker]->memory().value_or(0);
  if (bytes > 2 * memory_bytes_) return workers_[worker]->kill("it takes twice the memory that it may");
  const bool idle_and_large = bytes > memory_bytes_ && streams_.numbers_of(worker).empty();
  idle_and_large_[worker] = idle_and_large ? idle_and_large_[worker] + 1 : 0;
  if (idle_and_large_[worker] < most_idle_and_large) return;
  idle_and_large_[worker] = 0;
  workers_[worker]->kill("it does not give back the memory of streams that have ended");
}

void HlsGateway::count_running() {
  running_ = static_cast<std::size_t>(std::ranges::count_if(
      workers_, [](const auto& worker) { return worker->state() == HlsWorker::State::running; }));
}

void HlsGateway::assign(Number number) {
  HlsStreams::Stream& stream = *streams_.find(number);
  const auto worker = worker_for(stream.room);
  if (!worker) return;
  settle(stream.room, *worker);
  stream.worker = worker;
  log::line(log::Level::info, "gateway-open",
            {{"room", stream.room}, {"process", workers_[*worker]->process()}, {"worker", *worker}});
  workers_[*worker]->tell(pipe::Open{.stream = number, .address = stream.address, .sim = stream.room});
}

void HlsGateway::assign() {
  for (const Number number : streams_.numbers_of(std::nullopt)) assign(number);
  // Those that are about to be there are to have their share of it.
  const auto is_starting = [](const auto& worker) { return worker->state() == HlsWorker::State::starting; };
  if (std::ranges::any_of(workers_, is_starting)) return;
  for (const std::string& sim : homes_.left()) {
    if (const auto worker = least_loaded()) settle(sim, *worker);
  }
}

std::optional<HlsGateway::Worker> HlsGateway::worker_for(std::string_view sim) const {
  const auto home = homes_.of(sim);
  if (!home) return least_loaded();
  // One that was lost has the files until it is gone.
  return workers_[*home]->state() == HlsWorker::State::running ? home : std::nullopt;
}

std::optional<HlsGateway::Worker> HlsGateway::least_loaded() const {
  std::optional<Worker> least;
  std::size_t least_load = 0;
  for (Worker worker = 0; worker < workers_.size(); ++worker) {
    if (workers_[worker]->state() != HlsWorker::State::running) continue;
    // A number without a publisher may have one again in a moment.
    const std::size_t load = streams_.numbers_of(worker).size() + homes_.count(worker);
    if (!least || load < least_load) {
      least = worker;
      least_load = load;
    }
  }
  return least;
}

void HlsGateway::settle(const std::string& sim, Worker worker) {
  if (homes_.is_left(sim)) workers_[worker]->tell(pipe::TakeUp{.sim = sim});
  homes_.settle(sim, worker);
}

// --- what the hub has for it

void HlsGateway::take_inbox() {
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
  std::vector<Item> items;
  {
    const std::lock_guard lock(mutex_);
    items.swap(inbox_);
  }
  for (Item& item : items) std::visit([this](auto& what) { take_item(what); }, item);
}

void HlsGateway::take_item(hub::StreamChange& change) {
  if (change.kind == hub::StreamChange::Kind::wanted) {
    if (const auto added = streams_.add(std::move(change.room), std::move(change.address))) assign(*added);
  } else if (const auto number = streams_.in_room(change.room)) {
    auto stream = *streams_.remove(*number);
    disconnect(stream);
    const bool left = change.kind == hub::StreamChange::Kind::left;
    close(stream, *number, left ? pipe::Departure::left : pipe::Departure::lost);
  }
  stream_count_ = streams_.size();
}

void HlsGateway::take_item(const Told& told) {
  HlsStreams::Stream* stream = streams_.find(told.stream);
  if (stream == nullptr || !stream->worker) return;
  HlsWorker& worker = *workers_[*stream->worker];
  Handling::Text handed;
  if (const auto* signal = std::get_if<hub::event::Signal>(&told.delivery.event->body)) {
    handed.is_signal = true;
    if (signal->kind == hub::command::SignalKind::offer) {
      handed.offer = crashed_offers_.digests_of(signal->payload, stream->handling.offer);
      if (crashed_offers_.refuses(*handed.offer)) return refuse_crashed(told.stream);
      stream->handling.offer = *handed.offer;
    }
  }
  pipe::Text text{.stream = told.stream};
  dialects::parley_v1::encode(told.delivery, text.json);
  if (worker.waiting_bytes(told.stream) + text.json.size() > max_waiting_bytes) {
    give_up(told.stream, "more was said than may wait for the gateway");
  } else {
    worker.tell(text);
    stream->handling.unread.push_back(handed);
  }
}

void HlsGateway::take_item(const Closed& closed) {
  const HlsStreams::Stream* stream = streams_.find(closed.stream);
  if (stream != nullptr && stream->worker)
    workers_[*stream->worker]->tell(pipe::Closed{.stream = closed.stream, .code = closed.code});
}

void HlsGateway::take_item(const Probed& probed) {
  const HlsStreams::Stream* stream = streams_.find(probed.stream);
  if (stream != nullptr && stream->worker)
    workers_[*stream->worker]->tell(pipe::Probe{.stream = probed.stream});
}

// --- what a worker says

void HlsGateway::hear(Worker worker, const pipe::ToHost& message) {
  std::visit([&](const auto& what) { take_message(worker, what); }, message);
}

HlsStreams::Stream* HlsGateway::stream_of(Worker worker, Number number) {
  HlsStreams::Stream* stream = streams_.find(number);
  return stream != nullptr && stream->worker == worker ? stream : nullptr;
}

void HlsGateway::take_message(Worker /*worker*/, pipe::Ready) {
  count_running();
  take_inbox();
  assign();
}

void HlsGateway::take_message(Worker worker, pipe::Pong) {
  watch_memory(worker);
}

void HlsGateway::take_message(Worker worker, const pipe::Heard& heard) {
  if (HlsStreams::Stream* stream = stream_of(worker, heard.stream)) stream->handling.read_next(Clock::now());
}

void HlsGateway::take_message(Worker worker, const pipe::Connect& connect) {
  HlsStreams::Stream* stream = stream_of(worker, connect.stream);
  if (stream == nullptr) return;
  disconnect(*stream);
  stream->connection = exchange_->connected(std::make_shared<StreamRecipient>(*this, connect.stream),
                                            hub::Dialect::parley, hub::Role::gateway);
  workers_[worker]->tell(pipe::Connected{.stream = connect.stream});
}

void HlsGateway::take_message(Worker worker, const pipe::Text& text) {
  HlsStreams::Stream* stream = stream_of(worker, text.stream);
  if (stream == nullptr || stream->connection == 0) return;
  auto message = dialects::parley_v1::decode(text.json);
  const auto* signal = std::get_if<hub::command::Signal>(&message.command);
  if (signal != nullptr && signal->kind == hub::command::SignalKind::answer && stream->handling.unanswered) {
    stream->handling.answered(Clock::now());
    crashed_offers_.answered(stream->handling.offer);
  }
  exchange_->message(stream->connection, std::move(message));
}

void HlsGateway::take_message(Worker worker, const pipe::Disconnect& what) {
  if (HlsStreams::Stream* stream = stream_of(worker, what.stream)) disconnect(*stream);
}

void HlsGateway::take_message(Worker worker, const pipe::Flows& flows) {
  const HlsStreams::Stream* stream = stream_of(worker, flows.stream);
  if (stream != nullptr && stream->connection != 0)
    exchange_->message(stream->connection, {.command = hub::command::Flows{}});
}

void HlsGateway::take_message(Worker worker, const pipe::Notice& notice) {
  const HlsStreams::Stream* stream = stream_of(worker, notice.stream);
  if (stream != nullptr) report(*stream, error_code_of(notice.code), notice.sentence);
}

void HlsGateway::take_message(Worker worker, const pipe::Flowing& flowing) {
  const HlsStreams::Stream* stream = stream_of(worker, flowing.stream);
  if (stream != nullptr && stream->connection != 0) exchange_->alive(stream->connection);
}

void HlsGateway::take_message(Worker worker, const pipe::Ended& ended) {
  if (stream_of(worker, ended.stream) == nullptr) return;
  auto stream = *streams_.remove(ended.stream);
  disconnect(stream);
  stream_count_ = streams_.size();
}

void HlsGateway::take_message(Worker worker, const pipe::Released& released) {
  // It may have been told of the next publisher meanwhile.
  const auto number = streams_.in_room(released.sim);
  if (!number || stream_of(worker, *number) == nullptr) homes_.release(released.sim, worker);
}

// --- the end of a stream

void HlsGateway::give_up(Number number, std::string_view why) {
  auto stream = *streams_.remove(number);
  log::line(log::Level::warn, "gateway-drop", {{"room", stream.room}, {"detail", why}});
  disconnect(stream);
  close(stream, number, pipe::Departure::lost);
  stream_count_ = streams_.size();
}

void HlsGateway::refuse_crashed(Number number) {
  report(*streams_.find(number), hub::ErrorCode::gateway_crashed, std::string(crashed_sentence));
  give_up(number, "its offer has crashed a worker");
}

void HlsGateway::report(const HlsStreams::Stream& stream, hub::ErrorCode code, std::string sentence) {
  if (stream.connection == 0) return;
  exchange_->message(stream.connection,
                     {.command = hub::command::Report{.code = code, .sentence = std::move(sentence)}});
}

void HlsGateway::close(const HlsStreams::Stream& stream, Number number, pipe::Departure departure) {
  if (stream.worker) workers_[*stream.worker]->tell(pipe::Close{.stream = number, .departure = departure});
}

void HlsGateway::disconnect(HlsStreams::Stream& stream) {
  if (const auto connection = std::exchange(stream.connection, 0); connection != 0)
    exchange_->disconnected(connection);
}

}  // namespace parley::media
