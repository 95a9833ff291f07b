#include "server/client_socket.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "net/client_source.hpp"

namespace parley::server {
namespace {

using net::CloseReason;
namespace close_code = net::close_code;

constexpr CloseReason no_room{.code = close_code::try_again_later,
                              .text = "the host has no room for another connection",
                              .limit = "max-connections"};

/// Among what an address is refused, where no limit is to blame.
constexpr std::string_view closed_for_a_fault = "closed-for-a-fault";

/// 1008 is not among them: it follows a limit, or an error of the hub's, which has counted.
bool is_clients_fault(std::uint16_t code) {
  constexpr std::array faults{close_code::protocol_error, close_code::not_text, close_code::not_utf8,
                              close_code::too_big};
  return std::ranges::find(faults, code) != faults.end();
}

}  // namespace

void Sockets::wait_until_gone(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  gone_.wait_for(lock, patience, [this] { return open_ == 0; });
}

bool Sockets::Ticket::admit() {
  admitted_ = ++all_->admitted_ <= all_->most_;
  if (!admitted_) --all_->admitted_;
  return admitted_;
}

Sockets::Ticket::~Ticket() {
  if (all_ == nullptr) return;
  if (admitted_) --all_->admitted_;
  const std::lock_guard lock(all_->mutex_);
  if (--all_->open_ == 0) all_->gone_.notify_all();
}

void ClientSocket::open() {
  if (!ticket_->admit()) return close(no_room);
  enter();
  // stop() may have been closing all while this one was on its way in.
  if (ticket_->stopping()) close(going_away);
}

void ClientSocket::closed(std::uint16_t said) {
  // The hub first: the others are to see at once that this one is gone.
  memory_reserve::survives([&] { leave(said); });
  const CloseReason reason = outbox_->close_reason();
  memory_reserve::survives([&] {
    const bool refused = !reason.limit.empty() || is_clients_fault(reason.code);
    const auto what = reason.limit.empty() ? closed_for_a_fault : reason.limit;
    const auto now = std::chrono::steady_clock::now();
    if (refused && addresses_.refuse(net::source_of(address_), what, now) == 0) return;
    log::line(refused ? log::Level::warn : log::Level::debug, "disconnect",
              {{"connection", id()}, {"address", address_}, {"code", reason.code}, {"detail", reason.text}});
  });
  ticket_.reset();
}

void ClientSocket::close(CloseReason reason) {
  outbox_->put_close(reason);
  outbox_->drain();
}

}  // namespace parley::server
