#include "net/http_connection.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/header_list.hpp"
#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "net/client_source.hpp"
#include "net/handed_request.hpp"
#include "net/own_answers.hpp"
#include "net/proxy_header.hpp"

namespace parley::net {
namespace {

constexpr HttpRefusal too_many_requests{429,
                                        "Your network address makes too many requests. Make fewer a second."};

/// In one turn: others of the same event loop wait meanwhile.
constexpr std::uint64_t most_of_a_file = std::uint64_t{256} * 1024;

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

HttpConnection::HttpConnection(const HttpContext& context, Socket socket, Peer peer, const Listener& listener)
    : context_(context),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      listener_(listener),
      received_(context.received) {}

HttpConnection::~HttpConnection() {
  await_no_more();
  if (exchange_) exchange_->detach();
}

void HttpConnection::begin(Addresses::Place place) {
  events_ = EPOLLIN;
  place_ = std::move(place);
  by_proxy_ = context_.proxies.trusts(peer_.address);
  await_request();
  enter(by_proxy_ ? State::proxied : State::idle, EPOLLIN, context_.http.head);
}

void HttpConnection::turn_away(const HttpRefusal& refusal) {
  await_no_more();
  events_ = EPOLLIN;
  static_cast<void>(socket_.send(answer_of(refusal).head));  // the first bytes that are sent: they fit
  waits_ = context_.waiting.join_turned_away(*this, context_.number);
  say_farewell();
}

void HttpConnection::await_request() {
  if (!waits_) waits_ = context_.waiting.join(*this, context_.number, peer_.source, Clock::now());
}

void HttpConnection::await_no_more() noexcept {
  if (waits_) context_.waiting.leave(*std::exchange(waits_, std::nullopt));
}

/// The PROXY protocol, if the proxy speaks it. What it says comes before TLS.
void HttpConnection::listen_to_proxy() {
  const auto scratch = context_.loop.scratch().first(max_proxy_header_bytes);
  const auto came = socket_.peek(scratch);
  if (!came) return end();
  if (*came == 0) return;
  ProxyHeader header = read_proxy_header({reinterpret_cast<const char*>(scratch.data()), *came});
  switch (header.state) {
    case ProxyHeader::State::incomplete:
      // Without more than last time there will be none.
      if (*came <= std::exchange(seen_, *came)) return end();
      return socket_.wake_at(*came + 1);
    case ProxyHeader::State::malformed:
      if (context_.clients.refuse(peer_.source, "proxy-refused", Clock::now()) > 0)
        log::line(log::Level::warn, "proxy-refused",
                  {{"address", peer_.address}, {"detail", "its PROXY header is malformed"}});
      return end();
    case ProxyHeader::State::complete:
      socket_.skip(header.bytes);
      socket_.wake_at(1);
      peer_.forwarded = true;
      peer_.tls = peer_.tls || header.tls;
      if (header.address.empty()) break;
      peer_.source = source_of(header.address);
      peer_.address = std::move(header.address);
      by_proxy_ = context_.proxies.trusts(peer_.address);
      if (!by_proxy_ && !admit_named()) return;
      await_no_more();  // no longer as the proxy's
      await_request();
      break;
    case ProxyHeader::State::none:
      break;
  }
  socket_.wake_at(1);
  seen_ = 0;
  enter(State::idle, EPOLLIN, context_.http.head);
}

/// Whether the client that a PROXY header has named may have this connection, which ends otherwise.
bool HttpConnection::admit_named() {
  if (listener_.privileged) return true;
  const Instant now = Clock::now();
  if (auto place = context_.clients.take(peer_.source, Held::connection, now)) {
    place_ = *std::move(place);
    if (socket_.tls() == nullptr || context_.clients.may(peer_.source, Pace::handshake, now)) return true;
  }
  // To whom speaks TLS there is nothing to be said without a handshake.
  socket_.tls() == nullptr ? turn_away(too_many_connections) : end();
  return false;
}

/// Whether this client may make another request, which is refused otherwise.
bool HttpConnection::admit(const Peer& client) {
  if (listener_.privileged) return true;
  const Instant now = Clock::now();
  if (by_proxy_) {
    auto place = context_.clients.take(client.source, Held::connection, now);
    if (!place) {
      refuse(too_many_connections);
      return false;
    }
    place_ = *std::move(place);
  }
  if (context_.clients.may(client.source, Pace::request, now)) return true;
  refuse(too_many_requests);
  return false;
}

/// Whose request this is, as far as a proxy says so that is trusted.
Peer HttpConnection::client_of(const RequestHead& head) const {
  Peer client = peer_;
  client.forwarded = peer_.forwarded || is_forwarded(head);
  // Whom the PROXY protocol has named is known, whatever the head says besides.
  if (by_proxy_ || !peer_.forwarded) {
    client.address =
        context_.proxies.client_of(peer_.address, head.all("X-Forwarded-For"), is_forwarded(head));
    client.source = source_of(client.address);
  }
  if (const auto scheme = head.field("X-Forwarded-Proto"); by_proxy_ && !scheme.empty())
    client.tls = same_name(scheme, "https");
  return client;
}

void HttpConnection::enter(State state, std::uint32_t events, std::chrono::milliseconds patience) {
  state_ = state;
  listen_for(events);
  if (patience.count() == 0) return context_.loop.clear_deadline(*this);
  context_.loop.set_deadline(*this, Clock::now() + patience);
}

void HttpConnection::listen_for(std::uint32_t events) {
  if (events == events_) return;
  events_ = events;
  context_.loop.modify(socket_.descriptor(), events, *this);
}

void HttpConnection::ready(std::uint32_t events) {
  switch (state_) {
    case State::proxied:
      return listen_to_proxy();
    case State::idle:
    case State::head:
    case State::body:
      return receive();
    case State::farewell:
      return forget_what_comes();
    case State::answering:
      if ((events & (EPOLLHUP | EPOLLERR)) != 0) return end();
      return flush();
    case State::waiting:
      if ((events & (EPOLLHUP | EPOLLERR)) != 0) return end();
      // It may have ended its side and still read; a long poll is another matter.
      half_closed_ = true;
      exchange_->client_ended();
      return listen_for(0);
  }
}

void HttpConnection::receive() {
  const auto scratch = context_.loop.scratch();
  const auto received = socket_.receive(scratch);
  if (!received) {
    explain_tls();
    return end();
  }
  if (*received == 0) return;
  in_.append(reinterpret_cast<const char*>(scratch.data()), *received);
  advance();
  const bool unfinished = state_ == State::head || state_ == State::body;
  if (unfinished && !received_.hold(in_.size() + body_.size()) && !listener_.privileged)
    refuse({503, "This host has no room for this request now. Try again later."}, "max-received-mb");
}

void HttpConnection::advance() {
  while (state_ == State::idle || state_ == State::head || state_ == State::body) {
    if (state_ == State::idle) {
      if (read_proxy_header(in_).state == ProxyHeader::State::complete) return refuse_proxy();
      // RFC 9112 section 2.2: an empty line before a request is ignored.
      in_.erase(0, in_.find_first_not_of("\r\n"));
      if (in_.empty()) return;
      enter(State::head, EPOLLIN, context_.http.head);
    }
    if (state_ == State::head && !take_head()) return;
    if (state_ == State::body && !take_body()) return;
  }
}

bool HttpConnection::take_head() {
  const auto end = end_of_head(in_, seen_);
  if (end.value_or(in_.size()) > max_head_bytes) {
    refuse_head({431, "The head of this request is too long."});
    return false;
  }
  seen_ = in_.size();
  if (!end) return false;
  const auto read = read_head(std::string_view(in_).substr(0, *end));
  if (!read) {
    refuse_head(read.error());
    return false;
  }
  const RequestHead& head = *read;
  if (head.content_length.value_or(0) > context_.http.body_bytes) {
    refuse_head({413, "The body of this request is larger than this host takes."});
    return false;
  }
  note_unknown_proxy(head);
  client_ = client_of(head);
  if (!admit(client_)) return false;
  if (listener_.redirects_to && !client_.tls) {
    keep_alive_ = false;
    reply(redirection(head, context_.addresses[*listener_.redirects_to].port));
    return false;
  }
  request_ = head_for_civetweb(head);
  body_left_ = head.content_length.value_or(0);
  if (head.chunked) chunks_.emplace(context_.http.body_bytes);
  keep_alive_ = head.keep_alive;
  const bool waits = head.expects_continue;
  in_.erase(0, *end);
  seen_ = 0;
  enter(State::body, EPOLLIN, context_.http.body);
  // Nothing else was sent on this connection that was not taken: a few bytes fit.
  if (waits && in_.empty() && (body_left_ > 0 || chunks_)) static_cast<void>(socket_.send(go_on));
  return true;
}

bool HttpConnection::take_body() {
  if (chunks_) {
    in_.erase(0, chunks_->read(in_, body_));
    switch (chunks_->state()) {
      case ChunkedBody::State::reading:
        return false;
      case ChunkedBody::State::malformed:
        refuse({400, "The chunks of this request's body are malformed (RFC 9112 section 7.1)."});
        return false;
      case ChunkedBody::State::too_large:
        refuse({413, "The body of this request is larger than this host takes."});
        return false;
      case ChunkedBody::State::complete:
        break;
    }
  } else {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, in_.size()));
    if (body_.empty()) body_.reserve(body_left_);
    body_.append(in_, 0, step);
    in_.erase(0, step);
    body_left_ -= step;
    if (body_left_ > 0) return false;
  }
  hand_over();
  return true;
}

void HttpConnection::hand_over() {
  if (chunks_) request_.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n");
  request_.append("\r\n").append(body_);
  std::string().swap(body_);
  chunks_.reset();
  await_no_more();
  const auto idle = std::chrono::duration_cast<std::chrono::seconds>(context_.http.idle);
  exchange_ = std::make_shared<HttpExchange>(context_.loop, *this, client_,
                                             keep_alive_ ? idle : std::chrono::seconds(0));
  enter(State::waiting, EPOLLRDHUP, {});
  if (request_.starts_with(asks_about_host)) {
    std::string().swap(request_);
    exchange_->answer(about_host(keep_alive_));
    return;
  }
  static_cast<void>(received_.hold(request_.size()));  // a thread may have to be waited for
  context_.inner.request(*this, std::exchange(request_, {}), listener_.privileged);
}

/// A client's own proxy may say so, too; an operator's is more likely, and then all its clients count as one.
void HttpConnection::note_unknown_proxy(const RequestHead& head) const {
  if (by_proxy_ || peer_.forwarded || listener_.privileged || head.field("X-Forwarded-For").empty()) return;
  if (!context_.clients.is_note_due(peer_.source, Clock::now())) return;
  log::line(log::Level::warn, "forwarded-not-trusted",
            {{"address", peer_.address},
             {"detail",
              "X-Forwarded-For is ignored: if this is a proxy of yours, start the host with --trust-proxy " +
                  peer_.address}});
}

/// Its operator has most likely forgotten --trust-proxy.
void HttpConnection::refuse_proxy() {
  if (context_.clients.refuse(peer_.source, "proxy-not-trusted", Clock::now()) > 0)
    log::line(log::Level::warn, "proxy-not-trusted",
              {{"address", peer_.address},
               {"detail", "it speaks the PROXY protocol, which --trust-proxy would have this host believe"}});
  refuse({400, "This host does not trust this proxy, and so takes no PROXY header from it (--trust-proxy)."});
}

/// What is no request counts as one.
void HttpConnection::refuse_head(const HttpRefusal& refusal) {
  const bool counts = !by_proxy_ && !listener_.privileged;
  const bool may = !counts || context_.clients.may(peer_.source, Pace::request, Clock::now());
  refuse(may ? refusal : too_many_requests);
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
  keep_alive_ = false;
  reply(answer_of(refusal));
}

void HttpConnection::refuse(const HttpRefusal& refusal, std::string_view limit) {
  count(limit);
  refuse(refusal);
}

/// Whose request it is, its head says; before that it is the one's who is connected.
void HttpConnection::count(std::string_view limit) {
  const Peer& whose = state_ == State::head ? peer_ : client_;
  context_.clients.refuse_and_log(whose.source, limit, Clock::now());
}

void HttpConnection::explain_tls() {
  if (socket_.tls() == nullptr || socket_.tls()->fault().empty()) return;
  const bool cleartext = socket_.tls()->is_cleartext();
  if (cleartext) socket_.send_in_the_clear(answer_of({400, "This port speaks HTTPS."}).head);
  const auto times = context_.clients.refuse(peer_.source, "tls-refused", Clock::now());
  if (times == 0) return;
  log::line(log::Level::info, "tls-refused",
            {{"address", peer_.address},
             {"detail", cleartext ? "HTTP without TLS" : socket_.tls()->fault()},
             {"times", times}});
}

void HttpConnection::woken() {
  if (state_ != State::waiting) return;
  if (auto answer = exchange_->take_answer()) reply(*std::move(answer));
}

void HttpConnection::reply(Answer answer) {
  await_no_more();
  received_.release();
  answer_ = std::move(answer);
  sent_ = 0;
  enter(State::answering, events_, context_.http.unread);
  flush();
}

void HttpConnection::flush() {
  const std::uint64_t before = sent_;
  const auto all = send_some();
  if (!all) return end();
  if (*all) return answered();
  if (sent_ > before) {
    enter(State::answering, EPOLLOUT, context_.http.unread);
  } else {
    listen_for(EPOLLOUT);
  }
}

/// Whether that was all, or nothing where the client is gone.
std::optional<bool> HttpConnection::send_some() {
  const auto send_from = [this](std::string_view bytes, std::uint64_t offset) -> std::optional<bool> {
    if (offset >= bytes.size()) return true;
    bytes.remove_prefix(static_cast<std::size_t>(offset));
    const auto taken = socket_.send(bytes);
    if (!taken) return std::nullopt;
    sent_ += *taken;
    return *taken == bytes.size();
  };
  const std::uint64_t head = answer_.head.size();
  if (const auto all = send_from(answer_.head, sent_); !all || !*all) return all;
  if (answer_.text) return send_from(*answer_.text, sent_ - head);
  if (!answer_.file) return true;
  const FileSlice& slice = *answer_.file;
  const std::uint64_t at = sent_ - head;
  if (at < slice.length) {
    const auto piece = static_cast<std::size_t>(std::min(most_of_a_file, slice.length - at));
    const auto taken =
        socket_.send_file(slice.file->get(), slice.offset + at, piece, context_.loop.scratch());
    if (!taken) return std::nullopt;
    sent_ += *taken;
  }
  return sent_ == head + slice.length;
}

void HttpConnection::answered() {
  auto handler = exchange_ ? exchange_->take_handler() : nullptr;
  if (exchange_) std::exchange(exchange_, nullptr)->detach();
  const bool keep_alive = answer_.keep_alive && keep_alive_ && !half_closed_;
  const bool switched = handler != nullptr && answer_.head.starts_with("HTTP/1.1 101 ");
  answer_ = {};
  if (switched) return become_web_socket(std::move(handler));
  if (by_proxy_) place_ = {};
  if (!keep_alive) return say_farewell();
  await_request();
  enter(State::idle, EPOLLIN, context_.http.idle);
  advance();
}

void HttpConnection::become_web_socket(std::unique_ptr<SocketHandler> handler) {
  std::string early = std::move(in_);
  auto& web_socket = context_.loop.add(std::make_unique<WebSocket>(context_.loop, std::move(socket_),
                                                                   std::move(handler), context_.web_sockets,
                                                                   context_.received, std::move(place_)));
  context_.loop.end(*this);
  if (!memory_reserve::survives([&] { web_socket.begin(std::move(early)); })) web_socket.failed();
}

/// A close with unread bytes would be a reset, which may overtake the answer.
void HttpConnection::say_farewell() {
  if (half_closed_) return end();
  std::string().swap(in_);
  socket_.end_sending();
  enter(State::farewell, EPOLLIN, context_.http.farewell);
}

void HttpConnection::forget_what_comes() {
  const std::size_t most = context_.http.farewell_bytes - forgotten_;
  const auto came = socket_.discard(most);
  if (!came) return end();
  forgotten_ += *came;
  if (*came == most) listen_for(0);
}

void HttpConnection::due(Instant) {
  switch (state_) {
    case State::head:
      return refuse({408, "The head of this request took too long."}, "head-seconds");
    case State::body:
      return refuse({408, "The body of this request took too long."}, "body-seconds");
    case State::answering:
      count("unread-seconds");
      return end();
    case State::proxied:  // these have no request, and so are refused none
    case State::idle:
    case State::waiting:
    case State::farewell:
      return end();
  }
}

void HttpConnection::failed() noexcept {
  // Says that there is no memory, which takes none.
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 45\r\n"
      "Retry-After: 2\r\nConnection: close\r\n\r\nThis host is out of memory. Try again later.\n";
  if (state_ != State::answering && state_ != State::farewell) static_cast<void>(socket_.send(answer));
  end();
}

void HttpConnection::end() noexcept {
  await_no_more();
  if (state_ == State::waiting) context_.inner.forget(*this);
  if (exchange_) std::exchange(exchange_, nullptr)->detach();
  socket_.close();
  context_.loop.end(*this);
}

}  // namespace parley::net
