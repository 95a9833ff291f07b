#include "hub/secret.hpp"

#include <cstddef>

namespace parley::hub {

bool same_secret(std::string_view one, std::string_view other) {
  if (one.size() != other.size() || one.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    difference |=
        static_cast<unsigned char>(one[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(other[i]));
  }
  return difference == 0;
}

}  // namespace parley::hub
