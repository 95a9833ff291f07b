#include "http/manager_listener.hpp"

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
  return is_local(request) ? answer_manager(request, exchange) : forbidden_to_manage();
}

}  // namespace parley::http
