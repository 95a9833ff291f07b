#include "simulation.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/overloaded.hpp"
#include "trace.hpp"

namespace parley::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_tabs = 5;
/// Everything has recovered by then: a ghost's resume window, backoffs, ICE timeouts and several repairs.
constexpr Duration patience = 240s;
/// Longer than any heartbeat and repair: whatever still simmers shows itself.
constexpr Duration calm = 45s;
/// So long after a socket broke, signaling works again for sure.
constexpr Duration recovery = 60s;

const Slot microphone{.name = "microphone", .kind = MediaKind::audio};
const Slot camera{.name = "camera", .kind = MediaKind::video};
const Slot screen{.name = "screen", .kind = MediaKind::video};

std::string seconds(Instant at) {
  const auto count = at.time_since_epoch().count();
  const std::string fraction = std::to_string(1000 + count % 1000).substr(1);
  return std::to_string(count / 1000) + "." + fraction;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, Observer observer)
    : observer_(std::move(observer)), choice_(seed ^ 0xa5a5a5a5a5a5a5a5), time_(seed) {
  network_.on_starved = [this](Place one, Place other) { starved(one, other); };
}

Simulation::~Simulation() = default;

Result Simulation::run() {
  const auto first_tabs = 2 + choice_.below(choice_.chance(70) ? 2 : 4);
  const Duration arrivals = choice_.chance(50) ? 0ms : choice_.between(1ms, 3s);
  for (std::uint64_t i = 0; i < first_tabs; ++i) {
    time_.after(choice_.between(0ms, arrivals), [this, place = ++last_place_] { arrive(place); });
  }
  const Duration length = choice_.chance(40) ? choice_.between(100ms, 3s) : choice_.between(3s, 60s);
  for (auto count = choice_.below(26); count > 0; --count) {
    time_.after(choice_.between(0ms, length), [this] { disturb(); });
    ++result_.disturbances;
  }
  while (time_.now().time_since_epoch() <= length + arrivals && !result_.failure) time_.run_for(500ms);
  if (!result_.failure) settle();
  return result_;
}

void Simulation::settle() {
  note("no more disturbances");
  network_.heal_all();
  const Instant deadline = time_.now() + patience;
  std::optional<std::string> finding;
  do {
    time_.run_for(1s);
    if (result_.failure) return;
    retry_what_is_lost();
    finding = disturbed_until_ > time_.now() ? "" : disagreement(tabs_, network_, ledger_);
  } while (finding && time_.now() < deadline);
  if (finding) return fail("after quiet: " + *finding);

  time_.run_for(3s);
  std::vector<std::size_t> activity;
  for (const auto& tab : tabs_) activity.push_back(tab->activity());
  time_.run_for(calm);
  if (result_.failure) return;
  if ((finding = disagreement(tabs_, network_, ledger_))) return fail("after calm: " + *finding);
  for (std::size_t i = 0; i < tabs_.size(); ++i) {
    if (tabs_[i]->activity() != activity[i])
      return fail("after quiet: " + tabs_[i]->label() + " does not rest");
  }
}

void Simulation::starved(Place one, Place other) {
  const auto recently = [this](Instant when) { return time_.now() - when < recovery; };
  for (const Place place : {one, other}) {
    const auto broke = signaling_broke_.find(place);
    if (broke != signaling_broke_.end() && recently(broke->second)) return;
  }
  if (recently(host_broke_)) return;
  fail("a candidate that mattered was lost on the way from place " + std::to_string(other) + " to place " +
       std::to_string(one));
}

/// Somebody looks at the page, reads that a peer is lost and asks to try again.
void Simulation::retry_what_is_lost() {
  for (const auto& tab : tabs_) {
    const auto lost = std::ranges::find_if(
        tab->peers(), [](const auto& entry) { return entry.second.state == LinkState::lost; });
    if (lost == tab->peers().end() || !choice_.chance(30)) continue;
    tab->handle(input::Retry{.peer = lost->first});
  }
}

// What tabs do.

void Simulation::note(const std::string& what) {
  if (observer_.log) observer_.log(seconds(time_.now()) + "  ** " + what);
}

void Simulation::fail(const std::string& what) {
  if (result_.failure) return;
  result_.failure = "at " + seconds(time_.now()) + " s: " + what;
  note("FAILED: " + what);
}

void Simulation::broken(const Tab& tab, const std::string& what) {
  fail(tab.label() + ": " + what);
}

void Simulation::input(const Tab& tab, const Input& input) {
  ++result_.inputs;
  if (observer_.log)
    observer_.log(seconds(time_.now()) + "  " + tab.label() + " <- " + trace::write(input, time_.now()));
  if (observer_.trace) observer_.trace(tab.label(), trace::write(input, time_.now()));
}

void Simulation::output(const Tab& tab, const Output& output) {
  if (observer_.log) observer_.log(seconds(time_.now()) + "  " + tab.label() + " -> " + trace::write(output));
  if (observer_.trace) observer_.trace(tab.label(), trace::write(output));
  const auto incarnation_of = [&tab](const std::string& peer) {
    const auto found = tab.peers().find(peer);
    return found == tab.peers().end() ? std::string() : found->second.info.incarnation;
  };
  if (const auto* message = std::get_if<output::MessageReceived>(&output)) {
    const auto wrong = ledger_.received(incarnation_of(message->peer), tab.incarnation(), message->text);
    if (wrong) broken(tab, "a message came " + *wrong);
  } else if (const auto* left = std::get_if<output::PeerLeft>(&output)) {
    ledger_.parted(tab.incarnation(), incarnation_of(left->peer));
  }
}

// Disturbances.

Tab& Simulation::any_tab() {
  return *tabs_[choice_.below(tabs_.size())];
}

void Simulation::disturb() {
  if (tabs_.empty()) return;
  struct Kind {
    unsigned weight;
    void (Simulation::*act)();
  };
  static constexpr auto kinds = std::to_array<Kind>({
      {20, &Simulation::say},
      {14, &Simulation::drop_socket},
      {5, &Simulation::restart_host},
      {9, &Simulation::cut_path},
      {12, &Simulation::open_slots},
      {8, &Simulation::change_presence},
      {6, &Simulation::rename},
      {6, &Simulation::reload},
      {3, &Simulation::leave},
      {4, &Simulation::newcomer},
      {4, &Simulation::network_changed},
      {2, &Simulation::retry},
  });
  unsigned total = 0;
  for (const Kind& kind : kinds) total += kind.weight;
  auto drawn = choice_.below(total);
  for (const Kind& kind : kinds) {
    if (drawn < kind.weight) return (this->*kind.act)();
    drawn -= kind.weight;
  }
}

void Simulation::arrive(Place place, std::optional<std::string> former) {
  const std::string label = "tab" + std::to_string(++last_tab_);
  Config config{.url = "ws://host/ws",
                .room = "blue-otter",
                .name = label,
                .peer = {},
                .token = {},
                .slots = {},
                .ice_servers = {},
                .secret = "secret of " + label,
                .former = std::move(former)};
  config.entropy = "what nobody else knows, of " + label + ", in the simulation";
  config.seed = choice_.next();
  if (choice_.chance(90)) config.slots.push_back(microphone);
  if (choice_.chance(70)) config.slots.push_back(camera);
  note(label + " opens");
  if (observer_.trace) observer_.trace(label, trace::write(config));
  tabs_.push_back(std::make_unique<Tab>(
      Tab::World{.time = time_, .network = network_, .host = host_, .watcher = *this}, config, place, label));
  tabs_.back()->handle(input::Join{});
}

void Simulation::newcomer() {
  if (tabs_.size() < most_tabs) arrive(++last_place_);
}

void Simulation::remove(Tab& tab, bool leaves) {
  note(tab.label() + (leaves ? " leaves" : " is gone"));
  if (leaves) tab.handle(input::Leave{});
  tab.destroy(choice_.chance(50));
  const auto found = std::ranges::find(tabs_, &tab, &std::unique_ptr<Tab>::get);
  gone_.push_back(std::move(*found));
  tabs_.erase(found);
}

void Simulation::leave() {
  if (tabs_.size() > 2) remove(any_tab(), choice_.chance(60));
}

void Simulation::reload() {
  Tab& tab = any_tab();
  const Place place = tab.place();
  std::string former = tab.config().secret;
  remove(tab, choice_.chance(40));
  arrive(place, std::move(former));
}

void Simulation::drop_socket() {
  Tab& tab = any_tab();
  if (!tab.socket()) return;
  note(tab.label() + "'s socket breaks");
  signaling_broke_[tab.place()] = time_.now();
  host_.drop(tab.socket());
}

void Simulation::restart_host() {
  note("the host restarts");
  const Duration pause = choice_.chance(70) ? choice_.between(0ms, 3s) : choice_.between(3s, 20s);
  disturbed_until_ = host_broke_ = std::max(disturbed_until_, time_.now() + pause);
  host_.restart(pause);
}

void Simulation::cut_path() {
  const Place one = any_tab().place();
  const Place other = any_tab().place();
  if (one == other) return;
  note("the path between places " + std::to_string(one) + " and " + std::to_string(other) + " is cut");
  network_.cut(one, other);
  time_.after(choice_.chance(60) ? choice_.between(200ms, 8s) : choice_.between(8s, 50s), [this, one, other] {
    note("the path between places " + std::to_string(one) + " and " + std::to_string(other) + " is healed");
    network_.heal(one, other);
  });
}

void Simulation::open_slots() {
  const std::array slots{microphone, camera, screen};
  const Slot& slot = slots[choice_.below(slots.size())];
  for (auto openers = 1 + choice_.below(3); openers > 0; --openers) {
    // Those who open it in the same instant collide.
    any_tab().handle(input::OpenSlot{.slot = choice_.chance(80) ? slot : slots[choice_.below(slots.size())]});
  }
}

void Simulation::change_presence() {
  any_tab().handle(input::SetPresence{.presence = {.microphone = choice_.chance(50),
                                                   .camera = choice_.chance(50),
                                                   .screen = choice_.chance(50)}});
}

void Simulation::rename() {
  Tab& tab = any_tab();
  input::Update update;
  if (choice_.chance(70)) update.name = tab.label() + "-" + std::to_string(choice_.below(1000));
  if (!update.name || choice_.chance(30))
    update.meta = R"({"colour":)" + std::to_string(choice_.below(1000)) + "}";
  tab.handle(update);
}

void Simulation::say() {
  Tab& tab = any_tab();
  for (auto count = 1 + choice_.below(3); count > 0; --count) {
    if (tab.peers().empty()) return;
    input::SendMessage message{.to = {}, .topic = "chat", .text = ledger_.compose(tab.incarnation())};
    if (choice_.chance(50)) {
      message.to =
          std::next(tab.peers().begin(), static_cast<std::ptrdiff_t>(choice_.below(tab.peers().size())))
              ->first;
    }
    for (const auto& [id, peer] : tab.peers()) {
      const bool is_there =
          std::ranges::any_of(tabs_, [&id = id](const auto& other) { return other->self() == id; });
      if (is_there && (!message.to || *message.to == id))
        ledger_.said(tab.incarnation(), peer.info.incarnation);
    }
    tab.handle(message);
  }
}

void Simulation::network_changed() {
  any_tab().handle(input::NetworkChanged{});
}

void Simulation::retry() {
  Tab& tab = any_tab();
  input::Retry wish;
  if (choice_.chance(50) && !tab.peers().empty()) wish.peer = tab.peers().begin()->first;
  tab.handle(wish);
}

}  // namespace parley::simulation
