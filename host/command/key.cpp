#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/jwk.hpp"
#include "auth/key.hpp"
#include "auth/key_set.hpp"
#include "base/sha256.hpp"
#include "command/arguments.hpp"
#include "command/commands.hpp"
#include "command/key_file.hpp"

namespace parley::command {
namespace {

namespace fs = std::filesystem;

constexpr const char* about_key =
    "Makes a key to sign tokens with, and puts it in front of those that a file has. Those stay, so that\n"
    "tokens which are signed with them stay valid.";
constexpr const char* key_examples =
    "A running host reads its keys again when it gets SIGHUP.\n\n"
    "Examples:\n"
    "  parley key                    makes a key where there is none yet, or a newer one\n"
    "  parley key --public           prints what another service needs to check tokens\n"
    "  parley key --remove 3f9a0c1b  takes out the key of this kid";

struct KeyWish {
  auth::Algorithm algorithm = auth::Algorithm::eddsa;
  fs::path file{};
  bool of_public = false;
  bool list = false;
  std::string removed{};
};

/// By way of the thumbprint, in digits that neither look like an option nor need quotes.
std::string short_id(const auth::Key& key) {
  constexpr std::size_t digits = 16;
  return sha256_hex(auth::thumbprint(key)).substr(0, digits);
}

Result<std::string, std::string> make_key(const KeyWish& wish) {
  auth::Key key = auth::Key::generate(wish.algorithm);
  key.set_id(short_id(key));
  const auto count = add_key(wish.file, key);
  if (!count) return Failure(count.error());
  std::string said = "Made key " + key.id() + " (" + std::string(name_of(wish.algorithm)) +
                     "), now the first in " + wish.file.string() + ".\n";
  if (*count > 1)
    said += "Send a running host SIGHUP (kill -HUP PID): until then it refuses tokens of this key.\n";
  return said;
}

Result<std::string, std::string> take_out(const KeyWish& wish) {
  if (const auto done = remove_key(wish.file, wish.removed); !done) return Failure(done.error());
  return "Took key " + wish.removed + " out of " + wish.file.string() +
         ".\nSend a running host SIGHUP (kill -HUP PID): until then it takes tokens of this key.\n";
}

Result<std::string, std::string> list_keys(const KeyWish& wish) {
  const auto keys = read_key_file(wish.file);
  if (!keys) return Failure(keys.error());
  std::string lines;
  for (const auth::Key& key : *keys) {
    lines += key.id().empty() ? "(no kid)" : key.id();
    lines += ' ' + std::string(name_of(key.algorithm())) + (key.can_sign() ? "\n" : " (public part only)\n");
  }
  return lines;
}

Result<std::string, std::string> public_set(const KeyWish& wish, std::string_view name, std::ostream& err) {
  const auto keys = read_key_file(wish.file);
  if (!keys) return Failure(keys.error());
  std::size_t secret = 0;
  for (const auth::Key& key : *keys) secret += key.algorithm() == auth::Algorithm::hs256 ? 1 : 0;
  if (secret > 0)
    err << name << ": Left out " << secret
        << (secret == 1 ? " key of HS256, which is" : " keys of HS256, which are")
        << " secret as a whole: another service needs the file itself.\n";
  return auth::write_key_set(*keys, false);
}

}  // namespace

int run_key(std::span<const char* const> arguments, Streams streams) {
  KeyWish wish;
  std::string algorithm(name_of(wish.algorithm));
  std::string file;
  std::vector<std::string> names;
  names.reserve(auth::algorithms.size());
  for (const auto& [name, value] : auth::algorithms) names.emplace_back(name);

  CLI::App app(about_key, "parley key");
  app.footer(key_examples);
  auto* const alg = app.add_option("--alg", algorithm, "how tokens are signed with it")
                        ->type_name("ALGORITHM")
                        ->check(CLI::IsMember(names))
                        ->capture_default_str();
  app.add_option("--file", file, "where keys are kept [keys.json in the state folder, ~/.local/state/parley]")
      ->type_name("FILE")
      ->check(not_empty());
  auto* const of_public = app.add_flag("--public", wish.of_public,
                                       "makes nothing: prints the public parts as a JSON Web Key Set");
  auto* const list_all =
      app.add_flag("--list", wish.list, "makes nothing: prints each key's kid and algorithm");
  auto* const removed =
      app.add_option("--remove", wish.removed,
                     "makes nothing: takes out the key of this kid, such as one that has leaked")
          ->type_name("KID")
          ->check(not_empty());
  alg->excludes(of_public)->excludes(list_all)->excludes(removed);
  of_public->excludes(list_all)->excludes(removed);
  list_all->excludes(removed);
  if (const auto code = parse(app, arguments, streams)) return *code;

  wish.algorithm = auth::algorithm_of(algorithm).value();
  wish.file = file;
  if (file.empty()) {
    auto usual = default_key_file();
    if (!usual) return fail(app, usual.error(), streams);
    wish.file = *std::move(usual);
  }
  const auto said = wish.of_public         ? public_set(wish, app.get_name(), streams.err)
                    : wish.list            ? list_keys(wish)
                    : removed->count() > 0 ? take_out(wish)
                                           : make_key(wish);
  if (!said) return fail(app, said.error(), streams);
  streams.out << *said;
  return 0;
}

}  // namespace parley::command
