#include "exchange/exchange.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "net/client_source.hpp"

namespace parley::exchange {
namespace {

using Clock = std::chrono::steady_clock;

// More than a room has members. Who is told something of their own comes before whoever is told what all are.
constexpr std::size_t drained_at_once = 64;

std::string_view name_of(hub::Notice::Kind kind) {
  switch (kind) {
    case hub::Notice::Kind::joined:
      return "join";
    case hub::Notice::Kind::resumed:
      return "resume";
    case hub::Notice::Kind::away:
      return "away";
    case hub::Notice::Kind::left:
      return "leave";
    case hub::Notice::Kind::refused:
      return "refuse";
    case hub::Notice::Kind::closed:
      return "close";
  }
  return "";
}

bool is_trouble(hub::Notice::Kind kind) {
  return kind == hub::Notice::Kind::refused || kind == hub::Notice::Kind::closed;
}

/// Says in the log what has happened, and of `times` refusals how many these were.
void log_notice(const hub::Notice& notice, std::uint64_t times) {
  log::line(is_trouble(notice.kind) ? log::Level::warn : log::Level::info, name_of(notice.kind),
            {{"connection", notice.connection},
             {"address", notice.address},
             {"room", notice.room},
             {"peer", notice.peer},
             {"detail", notice.detail},
             {"times", times > 1 ? std::to_string(times) : std::string()}});
}

}  // namespace

Exchange::Exchange(const hub::Config& config, net::Addresses& addresses, Surroundings surroundings)
    : hub_(config), addresses_(addresses), surroundings_(std::move(surroundings)) {}

Exchange::~Exchange() = default;

template <class Turn>
void Exchange::take_turn(Turn&& turn) {
  auto aftermath = aftermaths_.take();
  {
    const std::lock_guard lock(mutex_);
    turn(Clock::now(), aftermath->outcome);
    if (const auto excess = hub_.excess(unsent_bytes_->load(std::memory_order_relaxed)); excess > 0)
      hub_.relieve(
          excess, [this](hub::ConnectionId id) { return unsent_of(id); }, aftermath->outcome);
    dispatch(*aftermath);
    const auto due = hub_.next_timeout();
    if (due && (!wakes_at_ || *due < *wakes_at_)) earlier_.notify_one();
  }
  for (std::size_t i = 0; i < aftermath->filled.size(); ++i) {
    const auto& recipient = aftermath->filled[i];
    i < drained_at_once ? recipient->drain() : recipient->drain_later();
  }
  for (const auto& notice : aftermath->outcome.notices) note(notice);
  for (const auto& call : aftermath->outcome.calls) {
    if (surroundings_.on_call) surroundings_.on_call(call);
  }
  aftermath->filled.clear();
  aftermath->outcome.clear();
  aftermaths_.give_back(std::move(aftermath));
}

/// What clients are refused, and why they are closed, is logged once a second for each address: the log is not
/// theirs to fill.
void Exchange::note(const hub::Notice& notice) {
  if (!is_trouble(notice.kind)) return log_notice(notice, 1);
  const auto source = net::source_of(notice.address);
  if (notice.refused.empty()) {
    if (addresses_.is_note_due(source, Clock::now())) log_notice(notice, 1);
  } else if (const auto times = addresses_.refuse(source, notice.refused, Clock::now()); times > 0) {
    log_notice(notice, times);
  }
}

void Exchange::dispatch(Aftermath& aftermath) {
  for (hub::Delivery& delivery : aftermath.outcome.deliveries) {
    const auto found = recipients_.find(delivery.to);
    if (found == recipients_.end()) continue;
    if (delivery.event) {
      found->second->put(std::move(delivery));
    } else {
      found->second->put_close({.code = delivery.close.code, .text = delivery.close.reason});
    }
    if (aftermath.filled.empty() || aftermath.filled.back() != found->second)
      aftermath.filled.push_back(found->second);
  }
  for (const hub::ConnectionId probed : aftermath.outcome.probes) {
    const auto found = recipients_.find(probed);
    if (found == recipients_.end()) continue;
    found->second->put_probe();
    aftermath.filled.push_back(found->second);
  }
  for (hub::StreamChange& change : aftermath.outcome.streams) {
    if (surroundings_.on_stream) surroundings_.on_stream(std::move(change));
  }
}

std::size_t Exchange::unsent_of(hub::ConnectionId connection) const {
  const auto found = recipients_.find(connection);
  return found == recipients_.end() ? 0 : found->second->unsent();
}

hub::ConnectionId Exchange::connected(std::shared_ptr<net::Recipient> recipient, hub::Dialect dialect,
                                      hub::Role role, std::string address, std::string_view token) {
  const hub::Source source = net::source_of(address);
  auto credential = check(token, source);
  const std::lock_guard lock(mutex_);
  const hub::ConnectionId id = ++last_id_;
  recipients_.emplace(id, std::move(recipient));
  hub_.connected(id, dialect, Clock::now(), role, std::move(address), source, std::move(credential));
  return id;
}

hub::Credential Exchange::check(std::string_view token, const hub::Source& source) {
  if (token.empty() || !surroundings_.check_token) return {};
  const auto now = Clock::now();
  if (!addresses_.may(source, net::Pace::token, now))
    return {.fault = hub::Credential::Fault{
                .code = hub::ErrorCode::too_fast,
                .sentence = "Too many tokens come from your network address: try again in a moment."}};
  return surroundings_.check_token(token, now);
}

void Exchange::message(hub::ConnectionId from, hub::Message message) {
  if (hub::Token* token = hub::token_of(message.command); token != nullptr && !token->text.empty()) {
    const auto source = ask([&](const hub::Hub& hub) { return hub.source_of(from); });
    token->credential = check(token->text, source);
    token->text.clear();
  }
  take_turn(
      [&](hub::Instant now, hub::Outcome& outcome) { hub_.handle(from, std::move(message), now, outcome); });
}

void Exchange::manage(const std::function<void(hub::Hub&, hub::Instant, hub::Outcome&)>& act) {
  take_turn([&](hub::Instant now, hub::Outcome& outcome) { act(hub_, now, outcome); });
}

void Exchange::disconnected(hub::ConnectionId connection, hub::Parting how) {
  take_turn([&](hub::Instant now, hub::Outcome& outcome) {
    recipients_.erase(connection);
    hub_.disconnected(connection, now, outcome, how);
  });
}

void Exchange::alive(hub::ConnectionId connection) {
  take_turn([&](hub::Instant now, hub::Outcome& outcome) { hub_.alive(connection, now, outcome); });
}

template <class Which, class Put>
void Exchange::for_each(Which&& which, Put&& put) const {
  std::vector<std::shared_ptr<net::Recipient>> wanted;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, recipient] : recipients_) {
      if (which(*recipient)) wanted.push_back(recipient);
    }
  }
  for (const auto& recipient : wanted) {
    put(*recipient);
    recipient->drain();
  }
}

void Exchange::close_all(net::CloseReason reason) {
  for_each([](const net::Recipient&) { return true; },
           [&](net::Recipient& recipient) { recipient.put_close(reason); });
}

void Exchange::keep_pinging(const std::stop_token& stop, std::chrono::seconds heartbeat,
                            std::condition_variable_any& never) const {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, heartbeat, [&] { return stop.stop_requested(); })) {
    memory_reserve::survives([this] {
      for_each([](const net::Recipient& recipient) { return recipient.needs_pings(); },
               [](net::Recipient& recipient) { recipient.put_ping(); });
    });
  }
}

void Exchange::keep_time(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wakes_at_ = hub_.next_timeout();
      const auto changed = [this] {
        const auto due = hub_.next_timeout();
        return due && (!wakes_at_ || *due < *wakes_at_);
      };
      if (wakes_at_) {
        earlier_.wait_until(lock, stop, *wakes_at_, changed);
      } else {
        earlier_.wait(lock, stop, changed);
      }
      const auto due = hub_.next_timeout();
      if (!due || *due > Clock::now()) continue;
    }
    const bool done = memory_reserve::survives([this] {
      take_turn([this](hub::Instant now, hub::Outcome& outcome) { hub_.expire(now, outcome); });
    });
    if (!done) std::this_thread::sleep_for(memory_reserve::pause);
  }
}

ExchangeTimer::ExchangeTimer(Exchange& exchange, std::chrono::seconds heartbeat)
    : timer_([&exchange](const std::stop_token& stop) { exchange.keep_time(stop); }),
      pinger_([&exchange, heartbeat, this](const std::stop_token& stop) {
        exchange.keep_pinging(stop, heartbeat, never_);
      }) {}

}  // namespace parley::exchange
