#include "http/manager_listener.hpp"

#include <string>
#include <string_view>

#include "http/manager_api.hpp"
#include "net/loopback.hpp"

namespace parley::http {

bool is_local(const HttpRequest& request) {
  // A person may type an address; no page may ask, whichever it is (Fetch Metadata: Sec-Fetch-Site).
  const bool from_page =
      !request.origin.empty() || !(request.fetch_site.empty() || request.fetch_site == "none");
  return net::is_loopback(request.client) && net::names_loopback(request.host) && !request.is_forwarded &&
         !from_page;
}

HttpResponse answer_to_manager(const HttpRequest& request, exchange::Exchange& exchange) {
  constexpr std::string_view root = "/api/v1";
  if (!is_local(request)) return forbidden_to_manage();
  const bool there = request.path == root || request.path.starts_with(std::string(root) + '/');
  return answer_manager(request, there ? request.path.substr(root.size()) : std::string_view{}, exchange);
}

}  // namespace parley::http
