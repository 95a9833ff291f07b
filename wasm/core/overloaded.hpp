#pragma once

namespace parley {

/// One lambda an alternative, for std::visit.
template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};

// Deduced by itself since C++20, but not by the clang 14 in Debian's Emscripten.
template <class... Lambdas>
overloaded(Lambdas...) -> overloaded<Lambdas...>;

}  // namespace parley
