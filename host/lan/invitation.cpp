#include "lan/invitation.hpp"

#include <string_view>

#include "lan/qr_code.hpp"

namespace parley::lan {
namespace {

constexpr std::string_view white_on_black = "\x1b[97;40m";
constexpr std::string_view no_colours = "\x1b[0m";

std::string link(const std::string& host, const std::string& port) {
  return "https://" + host + ':' + port + '/';
}

std::string in_url(const InterfaceAddress& address) {
  return address.is_ipv6 ? '[' + address.address + ']' : address.address;
}

}  // namespace

std::vector<std::string> links(const std::vector<Listener>& listeners,
                               const std::vector<InterfaceAddress>& reachable) {
  std::vector<std::string> found;
  for (const InterfaceAddress& address : reachable)
    for (const Listener& listener : listeners)
      if (listener.host == (address.is_ipv6 ? "[::]" : "0.0.0.0"))
        found.push_back(link(in_url(address), listener.port));
  for (const Listener& listener : listeners)
    if (listener.host != "0.0.0.0" && listener.host != "[::]")
      found.push_back(link(listener.host, listener.port));
  return found;
}

std::string invitation(const std::vector<std::string>& links, const std::string& fingerprint, bool colours) {
  if (links.empty())
    return "No phone can connect: this machine has no address in a network. Connect it to one and start "
           "again.\n";
  std::string text = "\nOn a phone in the same network, open ";
  text += links.size() == 1 ? "this link or scan its code:\n\n"
                            : "one of these links or scan the code of the first:\n\n";
  for (const std::string& each : links) text += "  " + each + '\n';
  text += '\n';
  for (const std::string& line : qr_code(links.front())) {
    text += "  ";
    if (colours) text += white_on_black;
    text += line;
    if (colours) text += no_colours;
    text += '\n';
  }
  text += "\nOpen it on this computer too: the links that its pages copy then work on the phone.\n";
  text +=
      "\nThe browser warns once that the connection is not private. That is expected here: this host made "
      "its\n"
      "certificate itself, as no authority certifies local addresses. To be sure that it is this host, "
      "compare\n"
      "the SHA-256 fingerprint in the certificate's details, then continue:\n\n  " +
      fingerprint + "\n\n";
  return text;
}

}  // namespace parley::lan
