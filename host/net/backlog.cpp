#include "net/backlog.hpp"

#include <utility>

#include "net/frame.hpp"

namespace parley::net {
namespace {

/// A shorter text is copied, and sent with its neighbours at once.
constexpr std::size_t worth_sharing = 4'096;

}  // namespace

void Backlog::share(const std::string& text, std::shared_ptr<const hub::Event> event) {
  if (text.size() < worth_sharing) return append_frame(own_, Opcode::text, text);
  Shared shared{.at = own_.size(), .header = {}, .text = text, .event = std::move(event)};
  append_text_header(shared.header, text.size());
  add(std::move(shared));
}

void Backlog::append(Backlog& other) {
  for (Shared& shared : other.shared_) {
    shared.at += own_.size();
    add(std::move(shared));
  }
  own_.append(other.own_);
  other.shared_.clear();
  other.own_.clear();
}

void Backlog::add(Shared shared) {
  std::erase_if(shared_, [](const Shared& older) { return older.sent == 0; });
  shared_.push_back(std::move(shared));
}

void Backlog::forget_own(std::size_t sent) {
  own_.erase(0, sent);
  for (Shared& shared : shared_) shared.at -= sent;
}

/// In one piece, once the header is out.
std::string_view Backlog::Shared::left() const {
  if (sent < header.size()) return std::string_view(header).substr(sent);
  return text.substr(sent - header.size());
}

}  // namespace parley::net
