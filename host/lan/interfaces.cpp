#include "lan/interfaces.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace parley::lan {
namespace {

namespace fs = std::filesystem;

std::string contents(const char* file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// As the kernel writes it in /proc.
std::string digits_of(const in6_addr& address) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string digits;
  for (const unsigned byte : address.s6_addr) {
    digits.push_back(hexadecimal[byte >> 4U]);
    digits.push_back(hexadecimal[byte & 0xfU]);
  }
  return digits;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

/// What of this order comes first is the likelier to be reached.
int distance(const InterfaceAddress& each) {
  return (each.has_default_route ? 0 : 2) + (each.is_ipv6 ? 1 : 0);
}

}  // namespace

std::vector<std::string> default_routes(std::string_view text) {
  constexpr std::string_view none = "00000000";
  std::vector<std::string> found;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string interface, destination, gateway, flags, references, uses, metric, mask;
    fields >> interface >> destination >> gateway >> flags >> references >> uses >> metric >> mask;
    if (destination == none && mask == none) found.push_back(interface);
  }
  return found;
}

std::vector<std::string> temporary_addresses(std::string_view text) {
  std::vector<std::string> found;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string digits, index, prefix, scope, flags;
    fields >> digits >> index >> prefix >> scope >> flags;
    std::uint32_t value = 0;
    std::from_chars(flags.data(), flags.data() + flags.size(), value, 16);
    if ((value & IFA_F_TEMPORARY) != 0) found.push_back(digits);
  }
  return found;
}

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  const auto routes = default_routes(contents("/proc/net/route"));
  const auto temporary = temporary_addresses(contents("/proc/net/if_inet6"));

  std::vector<InterfaceAddress> found;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    std::error_code error;
    InterfaceAddress address{
        .address = {},
        .is_local = (each->ifa_flags & IFF_LOOPBACK) != 0,
        .is_hardware = fs::exists(fs::path("/sys/class/net") / each->ifa_name / "device", error),
        .has_default_route = contains(routes, each->ifa_name)};
    if (each->ifa_addr->sa_family == AF_INET) {
      const auto& four = reinterpret_cast<const sockaddr_in&>(*each->ifa_addr);
      ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      const auto& six = reinterpret_cast<const sockaddr_in6&>(*each->ifa_addr);
      ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
      address.is_ipv6 = true;
      address.is_local = address.is_local || IN6_IS_ADDR_LINKLOCAL(&six.sin6_addr);
      address.is_temporary = contains(temporary, digits_of(six.sin6_addr));
    } else {
      continue;
    }
    address.address = text.data();
    found.push_back(std::move(address));
  }
  return found;
}

std::vector<InterfaceAddress> reachable(const std::vector<InterfaceAddress>& all) {
  std::vector<InterfaceAddress> found;
  const auto copy_if = [&](auto wanted) {
    std::ranges::copy_if(all, std::back_inserter(found), [&](const InterfaceAddress& each) {
      return !each.is_local && !each.is_temporary && wanted(each);
    });
  };
  copy_if([](const InterfaceAddress& each) { return each.is_hardware || each.has_default_route; });
  if (found.empty()) copy_if([](const InterfaceAddress&) { return true; });
  std::ranges::stable_sort(found, {}, distance);
  return found;
}

}  // namespace parley::lan
