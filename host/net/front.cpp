#include "net/front.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "base/memory_reserve.hpp"
#include "net/client_source.hpp"

namespace parley::net {
namespace {

using memory_reserve::survives;

std::string numeric(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
  } else {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
  }
  return text.data();
}

std::size_t loops_of(const FrontSettings& settings) {
  return settings.loops > 0 ? settings.loops : std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace

/// One loop, and what its connections share.
struct Front::Worker {
  Worker(Front& front, std::size_t number, std::uint16_t inner_port, std::size_t inner_most)
      : inner(loop, front.ports_, inner_port, inner_most),
        context{.loop = loop,
                .inner = inner,
                .waiting = front.waiting_,
                .number = number,
                .clients = front.clients_,
                .received = front.received_,
                .proxies = front.proxies_,
                .http = front.settings_.http,
                .web_sockets = front.settings_.web_sockets,
                .addresses = front.addresses_} {}

  /// Ends its own of those that make room for others.
  void shed() {
    while (HttpConnection* const next = context.waiting.next(context.number)) next->make_room();
  }

  InnerConnections inner;
  HttpContext context;
  EventLoop loop;            // last: what it owns uses the others until it ends
  Intake* intake = nullptr;  // the loop's
};

/// Hands new connections to their loop.
class Front::Intake : public Watched {
 public:
  explicit Intake(const Front& front, Worker& worker) : front_(front), worker_(worker) {}

  /// From any thread.
  void put(Accepted accepted) {
    {
      const std::lock_guard lock(mutex_);
      accepted_.push_back(std::move(accepted));
    }
    worker_.loop.wake(*this);
  }

  /// Has the loop end those of its connections that make room. The same.
  void shed() { worker_.loop.wake(*this); }

  void ready(std::uint32_t) override {}
  void due(Instant) override {}
  void woken() override {
    worker_.shed();
    for (;;) {
      Accepted next;
      {
        const std::lock_guard lock(mutex_);
        if (accepted_.empty()) return;
        next = std::move(accepted_.back());
        accepted_.pop_back();
      }
      survives([&] { adopt(std::move(next)); });
    }
  }
  void failed() noexcept override {}

 private:
  void adopt(Accepted accepted) {
    const int fd = accepted.fd.get();
    const Listener& listener = front_.settings_.listeners[accepted.peer.listener];
    auto tls = listener.address.tls ? front_.tls() : nullptr;
    auto& added = worker_.loop.add(
        std::make_unique<HttpConnection>(worker_.context, Socket(std::move(accepted.fd), std::move(tls)),
                                         std::move(accepted.peer), listener),
        fd, EPOLLIN);
    const auto begin = [&] {
      accepted.refusal ? added.turn_away(*accepted.refusal) : added.begin(std::move(accepted.place));
    };
    if (!survives(begin)) added.failed();
  }

  const Front& front_;
  Worker& worker_;
  std::mutex mutex_;
  std::vector<Accepted> accepted_;
};

/// A listening socket.
class Front::Acceptor : public Watched {
 public:
  Acceptor(Front& front, EventLoop& loop, std::size_t listener)
      : front_(front), loop_(loop), listener_(listener) {}

  void ready(std::uint32_t) override {
    std::size_t scarce = 0;
    for (std::size_t accepted = 0; accepted < most_at_once; ++accepted) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      Descriptor fd(::accept4(descriptor(), reinterpret_cast<sockaddr*>(&address), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd) {
        const int error = errno;
        front_.waiting_.shed(scarce);
        return refused(error);
      }
      const bool last = is_scarce(fd.get());
      const std::string from = numeric(address);
      const bool needs_room =
          front_.take({.fd = std::move(fd),
                       .peer = {.address = from,
                                .source = source_of(from),
                                .listener = listener_,
                                .tls = front_.settings_.listeners[listener_].address.tls}},
                      last);
      scarce += needs_room ? 1 : 0;
      if (scarce == most_when_scarce) return make_room(scarce);
    }
    front_.waiting_.shed(scarce);
  }
  void due(Instant) override { loop_.modify(descriptor(), EPOLLIN, *this); }
  void failed() noexcept override {}

 private:
  // Those who are connected come in between.
  static constexpr std::size_t most_at_once = 64;
  // Each takes the place of one that waits, and has some milliseconds to make its request.
  static constexpr std::size_t most_when_scarce = 16;
  static constexpr std::chrono::milliseconds pause{10};
  // What some dozen requests take between the front and Civetweb, and the files that they read.
  static constexpr rlim_t for_requests = 64;

  /// A descriptor is the lowest number that is free: so it says how many there are.
  static bool is_scarce(int fd) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           static_cast<rlim_t>(fd) + for_requests >= limit.rlim_cur;
  }

  [[nodiscard]] int descriptor() const { return front_.listening_[listener_].get(); }

  void refused(int error) {
    if (error == EINVAL) return loop_.unwatch(descriptor());  // it was told to stop
    if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM) return;
    make_room(most_when_scarce);
    const Instant now = Clock::now();
    if (now < silent_until_) return;
    silent_until_ = now + std::chrono::seconds(1);
    log::line(log::Level::error, "accept", {{"error", std::generic_category().message(error)}});
  }

  /// Those who come stay in the kernel's queue until others have gone; asking again at once would take a
  /// processor.
  void make_room(std::size_t connections) {
    front_.waiting_.shed(connections);
    loop_.modify(descriptor(), 0, *this);
    loop_.set_deadline(*this, Clock::now() + pause);
  }

  Front& front_;
  EventLoop& loop_;
  const std::size_t listener_;
  Instant silent_until_{};  // in the log
};

Front::Front(FrontSettings settings)
    : settings_(std::move(settings)),
      tls_(settings_.tls),
      proxies_(settings_.trust_proxy),
      clients_(settings_.addresses),
      received_(settings_.received_bytes),
      waiting_(loops_of(settings_), [this](std::size_t loop) { workers_[loop]->intake->shed(); }) {}

Front::~Front() {
  stop();
}

Result<std::unique_ptr<Front>, std::string> Front::listen(FrontSettings settings) {
  std::unique_ptr<Front> front(new Front(std::move(settings)));
  for (const Listener& listener : front->settings_.listeners) {
    auto opened = listen_at(listener.address, listener.option);
    if (!opened) return Failure(std::move(opened.error()));
    front->listening_.push_back(std::move(opened->fd));
    front->addresses_.push_back(std::move(opened->address));
  }
  return front;
}

void Front::start(std::uint16_t inner_port) {
  const std::size_t loops = loops_of(settings_);
  const std::size_t inner_most = std::max<std::size_t>(settings_.http_workers / loops, 1);
  for (std::size_t i = 0; i < loops; ++i) {
    workers_.push_back(std::make_unique<Worker>(*this, i, inner_port, inner_most));
    Worker& worker = *workers_.back();
    worker.intake = &worker.loop.add(std::make_unique<Intake>(*this, worker));
  }
  EventLoop& first = workers_.front()->loop;
  for (std::size_t i = 0; i < listening_.size(); ++i)
    first.add(std::make_unique<Acceptor>(*this, first, i), listening_[i].get(), EPOLLIN);
  for (const auto& worker : workers_) worker->loop.start();
}

void Front::use(std::shared_ptr<const TlsContext> tls) {
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(tls);
}

std::shared_ptr<const TlsContext> Front::tls() const {
  const std::lock_guard lock(tls_mutex_);
  return tls_;
}

std::size_t Front::connections() const {
  std::size_t all = 0;
  for (const auto& worker : workers_) all += worker->loop.size();
  return all - std::min(all, waiting_.turned_away());
}

/// Whoever is refused here costs nobody else a connection, unless the host as a whole is full.
std::optional<HttpRefusal> Front::refusal_of(Accepted& accepted) {
  const Listener& listener = settings_.listeners[accepted.peer.listener];
  if (listener.privileged) return std::nullopt;
  const Instant now = Clock::now();
  // Whose a trusted proxy's connection is will be known later.
  if (!proxies_.trusts(accepted.peer.address)) {
    auto place = clients_.take(accepted.peer.source, Held::connection, now);
    if (!place) return too_many_connections;
    accepted.place = *std::move(place);
    if (listener.address.tls && !clients_.may(accepted.peer.source, Pace::handshake, now))
      return HttpRefusal{429, "Your network address begins too many connections with TLS. Try again later."};
  }
  if (connections() < settings_.connections + workers_.size() + listening_.size()) return std::nullopt;
  clients_.refuse_and_log(accepted.peer.source, "max-connections", now);
  waiting_.shed_waiting();
  return HttpRefusal{503, "This host has no room for another connection. Try again later."};
}

bool Front::take(Accepted accepted, bool last) {
  accepted.refusal = refusal_of(accepted);
  if (accepted.refusal) {
    accepted.place = {};
    // To whom speaks TLS there is nothing to be said without a handshake.
    if (settings_.listeners[accepted.peer.listener].address.tls) return false;
    if (last) {  // who still sends might not hear it
      static_cast<void>(Socket(std::move(accepted.fd)).send(answer_of(*accepted.refusal).head));
      return false;
    }
  }
  const auto least =
      std::ranges::min_element(workers_, {}, [](const auto& each) { return each->loop.size(); });
  (*least)->intake->put(std::move(accepted));
  return last;
}

void Front::stop_accepting() {
  for (const auto& fd : listening_) ::shutdown(fd.get(), SHUT_RDWR);
}

void Front::stop() {
  for (const auto& worker : workers_) worker->loop.stop();
  workers_.clear();
  listening_.clear();
}

}  // namespace parley::net
