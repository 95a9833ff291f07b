#pragma once

namespace parley::hub {

/// One lambda an alternative, for std::visit.
template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};

}  // namespace parley::hub
