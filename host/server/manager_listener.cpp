#include "server/manager_listener.hpp"

#include <array>

#include "server/civetweb_context.hpp"
#include "server/civetweb_request.hpp"
#include "server/loopback.hpp"
#include "server/manager_api.hpp"
#include "server/worker_socket.hpp"

namespace parley::server {
namespace {

using namespace civetweb_request;

// Whoever keeps the rooms is one program or two.
constexpr const char* threads = "4";
constexpr const char* request_timeout_ms = "10000";
constexpr const char* keep_alive_timeout_ms = "2000";
constexpr std::string_view root = "/api/v1";

ManagerListener& self(void* data) {
  return *static_cast<ManagerListener*>(data);
}

}  // namespace

bool is_local(const HttpRequest& request) {
  // A person may type an address; no page may ask, whichever it is (Fetch Metadata: Sec-Fetch-Site).
  const bool from_page =
      !request.origin.empty() || !(request.fetch_site.empty() || request.fetch_site == "none");
  return is_loopback(request.remote_address) && names_loopback(request.host) && !request.is_forwarded &&
         !from_page;
}

std::variant<std::unique_ptr<ManagerListener>, std::string> ManagerListener::start(const Address& address,
                                                                                   Exchange& exchange,
                                                                                   int stop) {
  if (const auto reason = why_unavailable(address))
    return "Cannot listen on " + to_string(address) + ": " + *reason +
           ". Choose another address with --manager.";
  std::unique_ptr<ManagerListener> listener(new ManagerListener(address, exchange, stop));
  if (std::string wrong = listener->listen(); !wrong.empty()) return wrong;
  return listener;
}

std::string ManagerListener::listen() {
  const std::string ports = civetweb_context::ports_of(addresses_);
  // clang-format off
  std::array settings{
      "listening_ports", ports.c_str(),
      "num_threads", threads,
      "enable_keep_alive", "yes",
      "keep_alive_timeout_ms", keep_alive_timeout_ms,
      "request_timeout_ms", request_timeout_ms,
      "decode_url", "no",
      static_cast<const char*>(nullptr)};
  // clang-format on
  const auto callbacks = civetweb_context::callbacks([](const mg_context* context, int) -> void* {
    worker_socket::adopt_thread(self(mg_get_user_data(context)).stop_);
    return nullptr;
  });
  const auto started = civetweb_context::start(callbacks, this, settings);
  if (const auto* wrong = std::get_if<std::string>(&started))
    return "The room manager's web server does not start: " + *wrong + '.';
  civetweb_ = std::get<mg_context*>(started);
  mg_set_request_handler(
      civetweb_, "**",
      [](mg_connection* connection, void* data) {
        return answer_or_503(connection, [&] { return self(data).request(connection); });
      },
      this);
  civetweb_context::fill_in_ports(civetweb_, addresses_);
  return {};
}

ManagerListener::~ManagerListener() {
  if (civetweb_ != nullptr) mg_stop(civetweb_);
}

int ManagerListener::request(mg_connection* connection) {
  const std::string body = body_of(connection);
  const HttpRequest request = request_of(connection, body);
  const auto answer = [&]() -> HttpResponse {
    if (!is_local(request)) return forbidden_to_manage();
    const bool there = request.path == root || request.path.starts_with(std::string(root) + '/');
    return answer_manager(request, there ? request.path.substr(root.size()) : std::string_view{}, exchange_);
  };
  const HttpResponse response = answer();
  const bool unread = has_unread_body(connection, body.size());
  send(connection, response, request.method == "HEAD", !unread && wants_keep_alive(connection));
  if (unread) worker_socket::stop_reading();
  return response.status;
}

}  // namespace parley::server
