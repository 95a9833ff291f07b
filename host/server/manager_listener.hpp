#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "server/address.hpp"
#include "server/exchange.hpp"
#include "server/http.hpp"

struct mg_connection;
struct mg_context;

namespace parley::server {

/// The room manager's socket (--manager), with threads of its own: whoever fills the public ones keeps the
/// operator out of nothing. It has no tokens yet, so who may use it is who can reach it: it listens on
/// loopback only, and answers nobody who asks for somebody else.
class ManagerListener {
 public:
  /// Listens; or says in a sentence what keeps it from that. `stop` is an eventfd that ends all waiting, to
  /// be written before this ends.
  [[nodiscard]] static std::variant<std::unique_ptr<ManagerListener>, std::string> start(
      const Address& address, Exchange& exchange, int stop);
  ~ManagerListener();
  ManagerListener(const ManagerListener&) = delete;
  ManagerListener& operator=(const ManagerListener&) = delete;

  /// With the real port.
  [[nodiscard]] const Address& address() const { return addresses_.front(); }

 private:
  ManagerListener(const Address& address, Exchange& exchange, int stop)
      : exchange_(exchange), stop_(stop), addresses_{address} {}

  [[nodiscard]] std::string listen();
  int request(mg_connection* connection);

  Exchange& exchange_;
  const int stop_;
  std::vector<Address> addresses_;
  mg_context* civetweb_ = nullptr;
};

/// Whether a request comes from a program on this machine that asks for itself: over loopback, under a name
/// that nobody else can give this machine, from no page and through no proxy.
[[nodiscard]] bool is_local(const HttpRequest& request);

}  // namespace parley::server
