#pragma once

namespace parley {
inline namespace base {

/// One lambda an alternative, for std::visit.
template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};
// Clang before 17 does not deduce the arguments of an aggregate by itself.
template <class... Lambdas>
overloaded(Lambdas...) -> overloaded<Lambdas...>;

}  // namespace base
}  // namespace parley
