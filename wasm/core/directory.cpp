#include "directory.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "expulsion.hpp"
#include "limits.hpp"
#include "state_names.hpp"

namespace parley {

using Type = directory_wire::Message::Type;

namespace {

/// Who has joined may be listed already, under another id.
std::vector<User> with_changes(std::vector<User> users, directory_wire::Message news) {
  std::vector<std::string> left = std::move(news.left);
  for (const User& user : news.joined) left.push_back(user.name);
  std::sort(left.begin(), left.end());
  std::erase_if(users,
                [&](const User& user) { return std::binary_search(left.begin(), left.end(), user.name); });
  std::move(news.joined.begin(), news.joined.end(), std::back_inserter(users));

  const auto by_name = [](const User& one, const User& other) { return one.name < other.name; };
  std::sort(news.changed.begin(), news.changed.end(), by_name);
  for (User& user : users) {
    const auto change = std::lower_bound(news.changed.begin(), news.changed.end(), user, by_name);
    if (change != news.changed.end() && change->name == user.name) user.in_call = change->in_call;
  }
  return users;
}

}  // namespace

Directory::Directory(DirectoryConfig config)
    : random_(config.seed),
      // Where it is made of the seed: nothing else that comes from that is told to anybody.
      registration_{.name = std::move(config.name),
                    .id = std::move(config.id),
                    .secret = config.secret.empty() ? random_.hex() : std::move(config.secret),
                    .former = std::move(config.former)},
      token_(std::move(config.token)),
      socket_(std::move(config.url), random_, outputs_),
      call_(socket_) {}

void Directory::handle(const DirectoryInput& input, Instant now) {
  std::visit([&](const auto& alternative) { on(alternative, now); }, input);
  settle();
}

std::optional<Output> Directory::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output next = std::move(outputs_.front());
  outputs_.pop_front();
  return next;
}

std::optional<Instant> Directory::next_timeout() const {
  return earliest(socket_.next_timeout(), call_.next_timeout());
}

DirectorySnapshot Directory::snapshot() const {
  return {.state = state(),
          .reason = reason(),
          .name = registration_.name,
          .id = registration_.id.empty() ? registration_.name : registration_.id,
          .signaling = std::string(name(socket_.state())),
          .users = users_,
          .call = call_.info()};
}

// The application.

void Directory::on(const input::Register&, Instant now) {
  socket_.start(now);
}

void Directory::on(const input::Leave&, Instant) {
  call_.hang_up();
  const auto open = socket_.state();
  // A registration that is still on its way may succeed; the host then hears at once that it was for nothing.
  if (open == HostSocket::State::joining || open == HostSocket::State::joined) {
    socket_.send(directory_wire::encode_leave());
  }
  socket_.leave({.code = "left", .message = "You went offline."});
  registered_once_ = false;
}

void Directory::on(const input::Dial& dial, Instant now) {
  const auto open = socket_.state();
  if (open == HostSocket::State::idle || open == HostSocket::State::closed) {
    return raise({.code = "not-registered", .message = "Go online before you call somebody."}, dial.name);
  }
  if (dial.name.empty() || dial.name.size() > limits.name_bytes) {
    return raise({.code = "bad-field", .message = "A name holds 1 to 128 bytes."}, dial.name);
  }
  const auto known =
      std::find_if(users_.begin(), users_.end(), [&](const User& user) { return user.name == dial.name; });
  const auto refusal = call_.dial({.name = dial.name, .id = known == users_.end() ? "" : known->id}, now);
  if (refusal) raise(*refusal, dial.name);
}

void Directory::on(const input::Accept&, Instant now) {
  call_.accept(now);
}

void Directory::on(const input::Reject&, Instant) {
  call_.reject();
}

void Directory::on(const input::HangUp&, Instant) {
  call_.hang_up();
}

void Directory::on(const input::Renew& renew, Instant) {
  const std::size_t most = socket_.host_bytes();
  if (wire::encode_renew(renew.token).size() > most) return raise(too_big(most), "");
  token_.replace(renew.token);
  if (socket_.joined()) send_token();
}

void Directory::on(const input::Retry&, Instant now) {
  if (socket_.state() == HostSocket::State::closed) socket_.start(now);
  if (socket_.probe(now)) ping();
}

// The network and the clock.

void Directory::on(const input::SocketOpened& opened, Instant now) {
  if (!socket_.opened(opened.socket, now)) return;
  registration_.token = token_.show();
  socket_.introduce(directory_wire::encode(registration_));
}

void Directory::on(const input::SocketMessage& message, Instant now) {
  if (!socket_.heard(message.socket, now)) return;
  auto heard = directory_wire::decode(message.text);
  if (heard.type == Type::error) return hear(heard, now);
  if (!socket_.joined()) {
    if (heard.type != Type::registered) return;
    socket_.welcomed(heard.limits, now);
    registered_once_ = true;
    registration_.former.reset();
    call_.registered(heard, now);
    if (token_.is_newer()) send_token();
    return;
  }
  switch (heard.type) {
    case Type::users:
      told_of_users(std::move(heard.users));
      return;
    case Type::users_changed:
      told_of_users(with_changes(users_, std::move(heard)));
      return;
    case Type::incoming:
    case Type::accepted:
    case Type::rejected:
    case Type::ended:
      return call_.on(heard, now);
    case Type::token_ends:
      outputs_.emplace_back(output::TokenEnds{.left = heard.token_left});
      return;
    case Type::renewed:
      return token_.renewed();
    default:
      return;
  }
}

void Directory::on(const input::SocketClosed& closed, Instant now) {
  socket_.closed(closed.socket, closed.code, closed.reason, now);
}

void Directory::on(const input::NetworkChanged&, Instant now) {
  if (socket_.probe(now)) ping();
}

void Directory::on(const input::Timeout&, Instant now) {
  // Before the host has let us in there is a deadline that comes sooner.
  if (socket_.timeout(now) && socket_.joined()) ping();
  call_.timeout(now);
}

// The host.

void Directory::hear(const directory_wire::Message& refusal, Instant now) {
  const wire::Error& error = refusal.error;
  const bool joined = socket_.joined();
  if (error.re == "renew") token_.refused(error);
  if (joined && ends_stay(error)) return end(error, now);
  // What was dropped may have mattered, and a host that does not know us forgets our call: registering again
  // tells how things stand.
  const bool again = error.code == "too-fast" || (joined && error.code == "not-registered") ||
                     (registered_once_ && error.code == "name-taken") ||
                     (!joined && is_about_token(error.code) && token_.is_newer());
  if (again) {
    socket_.drop(now, {.code = error.code, .message = error.message});
  } else if (!joined) {
    socket_.refused(error);
  } else if (error.re == "call" || error.re == "accept") {
    call_.refused(error, refusal.call_id);
  } else if (error.code != "no-call") {
    // (That a call was over before we said so is nobody's error.)
    raise({.code = error.code, .message = error.message}, "");
  }
}

/// Unless a newer token lets us in again.
void Directory::end(const wire::Error& error, Instant now) {
  if (token_.is_newer()) return socket_.drop(now, {.code = error.code, .message = error.message});
  socket_.refused(error);
  registered_once_ = false;
}

void Directory::send_token() {
  socket_.send(wire::encode_renew(*token_.current()));
  token_.asked();
}

// What follows.

/// The host sends no more of the list before we have asked for it: who reads slowly is behind, and nothing
/// piles up.
void Directory::told_of_users(std::vector<User> users) {
  std::erase_if(users, [&](const User& user) { return user.name == registration_.name; });
  set_users(std::move(users));
  socket_.send(directory_wire::encode_next_users());
}

void Directory::set_users(std::vector<User> users) {
  if (users == users_) return;
  users_ = std::move(users);
  outputs_.emplace_back(output::UsersChanged{.users = users_});
}

void Directory::ping() {
  socket_.send(wire::encode_ping(0));
}

void Directory::raise(Reason reason, const std::string& about) {
  outputs_.emplace_back(output::ErrorRaised{.peer = about, .reason = std::move(reason)});
}

void Directory::settle() {
  if (socket_.state() == HostSocket::State::closed) {
    call_.cut_off();
    set_users({});
  }
  if (announced_call_ != call_.info()) {
    announced_call_ = call_.info();
    outputs_.emplace_back(output::CallChanged{.call = announced_call_});
  }
  const LinkState now = state();
  Reason why = reason();
  if (announced_state_ == now && announced_code_ == why.code) return;
  announced_state_ = now;
  announced_code_ = why.code;
  outputs_.emplace_back(output::StateChanged{.state = now, .reason = std::move(why)});
}

LinkState Directory::state() const {
  switch (socket_.state()) {
    case HostSocket::State::idle:
      return LinkState::connecting;
    case HostSocket::State::closed:
      return LinkState::lost;
    case HostSocket::State::joined:
      return LinkState::connected;
    default:
      return registered_once_ ? LinkState::reconnecting : LinkState::connecting;
  }
}

Reason Directory::reason() const {
  if (socket_.state() == HostSocket::State::idle) return {.code = "idle", .message = "Not online yet."};
  if (socket_.joined()) return {.code = "online", .message = "You are online."};
  return socket_.reason();
}

}  // namespace parley
