#include "http/content_coding.hpp"

#include <optional>

#include "base/header_list.hpp"

namespace parley::http {
namespace {

constexpr int most = 1'000;

/// A qvalue: 0, 1, or 0 with up to three decimals. What is none counts as 0: better uncompressed than
/// unreadable.
int thousandths(std::string_view qvalue) {
  if (qvalue.empty() || (qvalue[0] != '0' && qvalue[0] != '1') || qvalue.size() > 5) return 0;
  int value = (qvalue[0] - '0') * most;
  if (qvalue.size() > 1 && qvalue[1] != '.') return 0;
  int weight = most / 10;
  for (std::size_t i = 2; i < qvalue.size(); ++i, weight /= 10) {
    if (qvalue[i] < '0' || qvalue[i] > '9') return 0;
    value += (qvalue[i] - '0') * weight;
  }
  return value > most ? 0 : value;
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = take_item(parameters, ';');
    if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') && parameter[1] == '=')
      return thousandths(parameter.substr(2));
  }
  return most;
}

}  // namespace

int preference(std::string_view accept_encoding, Coding coding) {
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    auto parameters = take_item(accept_encoding, ',');
    const auto name = take_item(parameters, ';');
    if (same_name(name, name_of(coding)) || (coding == Coding::gzip && same_name(name, "x-gzip")))
      return weight_of(parameters);
    if (name == "*") any = weight_of(parameters);
  }
  if (any) return *any;
  // Not named: the plain form is always acceptable, and the least wanted of what is.
  return coding == Coding::identity ? 1 : 0;
}

}  // namespace parley::http
