#include "command/arguments.hpp"

#include <ostream>

namespace parley::command {
namespace {

std::string known_rights() {
  std::string known;
  for (const auto& [name, value] : hub::rights) known.append(known.empty() ? "" : ", ").append(name);
  return known;
}

}  // namespace

Result<hub::Rights, std::string> rights_of(const std::vector<std::string>& words) {
  hub::Rights may;
  for (const std::string& word : words) {
    const auto right = hub::right_of(word);
    if (!right)
      return Failure("--may does not know the right \"" + word + "\". There are: " + known_rights() + '.');
    may.add(*right);
  }
  return may;
}

CLI::Validator not_empty() {
  return {[](const std::string& text) {
            return text.empty() ? "it is empty: leave it out, or write something" : "";
          },
          "", "not empty"};
}

std::optional<int> parse(CLI::App& app, std::span<const char* const> arguments, Streams streams) {
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted, streams.out, streams.err);
  } catch (const CLI::ParseError& error) {
    return fail(app, std::string(error.what()) + ". See " + app.get_name() + " --help.", streams);
  }
  return std::nullopt;
}

int fail(const CLI::App& app, const std::string& sentence, Streams streams) {
  streams.err << app.get_name() << ": " << sentence << '\n';
  return failed;
}

}  // namespace parley::command
