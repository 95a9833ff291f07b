#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"

struct mg_connection;
struct mg_context;

namespace parley::http {

/// Civetweb, behind the front: on a loopback port of its own, with a few threads, one for each request that a
/// handler has. Everything that it answers by itself goes to the handlers, too: nothing but the answer to a
/// WebSocket's handshake is read from it.
class Civetweb {
 public:
  /// What it calls, on one of its threads.
  struct Handlers {
    std::function<void(mg_connection*)> request;
    /// Says whether a WebSocket is to be opened; where not, that was answered.
    std::function<bool(mg_connection*)> web_socket;
    /// An error of Civetweb's own.
    std::function<void(mg_connection*, int status, const char* sentence)> error;
  };

  /// Starts it; or says in a sentence what went wrong.
  [[nodiscard]] static Result<std::unique_ptr<Civetweb>, std::string> start(std::size_t threads,
                                                                            Handlers handlers);
  /// Waits for the handlers to return.
  ~Civetweb();
  Civetweb(const Civetweb&) = delete;
  Civetweb& operator=(const Civetweb&) = delete;

  /// On 127.0.0.1.
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  explicit Civetweb(Handlers handlers) : handlers_(std::move(handlers)) {}
  void register_handlers();

  Handlers handlers_;
  mg_context* context_ = nullptr;
  std::uint16_t port_ = 0;
};

}  // namespace parley::http
