// parley_replay: reads a trace, has a session live through its inputs again and writes the whole trace anew.
// The same source is compiled natively and to WebAssembly; what both write must be the trace they read, byte
// for byte.
//
//     parley_replay < trace > replayed

#include <iostream>
#include <optional>
#include <string>

#include "core/overloaded.hpp"
#include "core/session.hpp"
#include "trace.hpp"

int main() {
  using namespace parley;
  namespace trace = parley::simulation::trace;

  std::ios::sync_with_stdio(false);
  std::optional<Session> session;
  std::string text;
  for (std::size_t number = 1; std::getline(std::cin, text); ++number) {
    auto line = trace::read(text);
    if (!line || (!session && !std::holds_alternative<Config>(*line))) {
      std::cerr << "parley_replay: line " << number
                << " is not what a trace has there. Record the trace again: parley_simulation --seed N "
                   "--trace FILE\n";
      return 2;
    }
    std::visit(overloaded{
                   [&](const Config& config) {
                     session.emplace(config);
                     std::cout << trace::write(config) << '\n';
                   },
                   [&](const trace::InputAt& input) {
                     std::cout << trace::write(input.input, input.at) << '\n';
                     session->handle(input.input, input.at);
                     while (const auto output = session->poll()) std::cout << trace::write(*output) << '\n';
                   },
                   [](const trace::OutputSeen&) {},
               },
               *line);
  }
  return 0;
}
