#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/key.hpp"
#include "auth/token.hpp"
#include "base/result.hpp"
#include "base/utf8.hpp"
#include "command/arguments.hpp"
#include "command/commands.hpp"
#include "command/duration.hpp"
#include "command/key_file.hpp"

namespace parley::command {
namespace {

using auth::Claims;
using auth::NamePatterns;

constexpr const char* about_token =
    "Makes a token that lets somebody in, signed with the first key of a file that can sign.";
constexpr const char* token_examples =
    "Examples:\n"
    "  parley token --room blue-otter --name Ada --ttl 1d\n"
    "  parley token --room 'team-*' --sub ada@example.com --may join,watch,call,moderate\n"
    "  parley token --may publish --sim 923244219594 --ttl 365d\n\n"
    "In a pattern, * is any text and \\* a star. Whoever has the token may use it: hand it on with care.";

// As a room's name, and a person's, may have.
constexpr std::size_t most_name_bytes = 128;

/// What the command line holds before it is understood.
struct TokenWish {
  std::vector<std::string> rooms{};
  std::vector<std::string> sims{};
  std::string name{};
  std::string identity{};
  std::vector<std::string> may{};
  std::string ttl = "1h";
  std::int64_t begins = 0;
  std::string issuer{};
  std::string audience{};
  std::string file{};
  std::string kid{};
};

Result<void, std::string> check_patterns(const std::string& option, const std::vector<std::string>& all) {
  if (all.size() > NamePatterns::most)
    return Failure(option + " is given " + std::to_string(all.size()) + " times: a token has at most " +
                   std::to_string(NamePatterns::most) + " patterns. A * stands for any text.");
  for (const std::string& pattern : all) {
    if (pattern.size() > most_name_bytes)
      return Failure(option + " has a pattern of " + std::to_string(pattern.size()) + " bytes, and " +
                     std::to_string(most_name_bytes) + " are the most.");
  }
  return {};
}

Result<void, std::string> check_text(const TokenWish& wish) {
  std::vector<std::string> all{wish.name, wish.identity, wish.issuer, wish.audience};
  all.insert(all.end(), wish.rooms.begin(), wish.rooms.end());
  all.insert(all.end(), wish.sims.begin(), wish.sims.end());
  if (!std::ranges::all_of(all, is_utf8)) return Failure("A token's text is UTF-8, and one of these is not.");
  if (wish.name.size() > most_name_bytes)
    return Failure("--name has " + std::to_string(wish.name.size()) + " bytes, and " +
                   std::to_string(most_name_bytes) + " are the most.");
  return {};
}

/// From when to when the token is valid.
Result<void, std::string> set_times(const TokenWish& wish, Claims::Time now, Claims& claims) {
  const auto ttl = parse_duration(wish.ttl);
  if (!ttl)
    return Failure("--ttl does not understand \"" + wish.ttl +
                   "\": write seconds, minutes, hours or days, as in 90s, 15m, 1h or 7d; 3650d is the most.");
  const auto latest = (now + longest_duration).time_since_epoch().count();
  if (wish.begins < 0 || wish.begins > latest)
    return Failure(
        "--not-before is not within ten years: write seconds since 1970, as date +%s prints them.");
  claims.begins = Claims::Time(std::chrono::seconds(wish.begins));
  claims.ends = (wish.begins == 0 ? now : claims.begins) + *ttl;
  if (claims.ends <= now)
    return Failure("The token would be over already: --ttl is counted from --not-before.");
  return {};
}

Result<Claims, std::string> claims_of(const TokenWish& wish, Claims::Time now) {
  for (const auto& checked :
       {check_patterns("--room", wish.rooms), check_patterns("--sim", wish.sims), check_text(wish)}) {
    if (!checked) return Failure(checked.error());
  }
  Claims claims{
      .identity = wish.identity, .name = wish.name, .issuer = wish.issuer, .audience = wish.audience};
  if (!wish.rooms.empty()) claims.rooms = NamePatterns(wish.rooms);
  if (!wish.sims.empty()) claims.sims = NamePatterns(wish.sims);
  if (!wish.may.empty()) {
    auto may = rights_of(wish.may);
    if (!may) return Failure(may.error());
    claims.may = *may;
  }
  if (auto set = set_times(wish, now, claims); !set) return Failure(set.error());
  return claims;
}

Result<auth::Key, std::string> find_signer(const TokenWish& wish) {
  std::filesystem::path file = wish.file;
  if (file.empty()) {
    auto usual = default_key_file();
    if (!usual) return Failure(usual.error());
    file = *std::move(usual);
  }
  auto keys = read_key_file(file);
  if (!keys) return Failure(keys.error());
  const auto found = std::ranges::find_if(*keys, [&](const auth::Key& key) {
    return key.can_sign() && (wish.kid.empty() || key.id() == wish.kid);
  });
  if (found != keys->end()) return *found;
  return Failure(file.string() + " has no key " + (wish.kid.empty() ? "" : wish.kid + ' ') +
                 "that can sign: see `parley key --list`.");
}

Result<std::string, std::string> sign_token(const TokenWish& wish, Claims::Time now) {
  const auto claims = claims_of(wish, now);
  if (!claims) return Failure(claims.error());
  const auto signer = find_signer(wish);
  if (!signer) return Failure(signer.error());
  std::string token = auth::make_token(*claims, *signer, now);
  if (token.size() > auth::most_token_bytes)
    return Failure("The token would have " + std::to_string(token.size()) + " bytes, and " +
                   std::to_string(auth::most_token_bytes) + " are the most: give fewer or shorter patterns.");
  return token;
}

}  // namespace

int run_token(std::span<const char* const> arguments, Streams streams, Claims::Time now) {
  TokenWish wish;
  CLI::App app(about_token, "parley token");
  app.footer(token_examples);
  const auto several = [&](const std::string& name, auto& target, const std::string& type,
                           const std::string& description) {
    return app.add_option(name, target, description)
        ->type_name(type)
        ->check(not_empty())
        ->allow_extra_args(false);
  };
  const auto one = [&](const std::string& name, auto& target, const std::string& type,
                       const std::string& description) {
    return app.add_option(name, target, description)->type_name(type)->check(not_empty());
  };
  several("--room", wish.rooms, "PATTERN", "the rooms to enter, repeatable [every room]");
  several("--sim", wish.sims, "PATTERN",
          "the SIM numbers to publish under or to watch, repeatable [every number]");
  one("--name", wish.name, "NAME", "the only name to go by [any]");
  one("--sub", wish.identity, "IDENTITY", "who this is, for ever, such as an account's number [nobody]");
  several("--may", wish.may, "RIGHTS",
          "what it allows: join, publish, watch, call, moderate, admin, register [join,watch,call]")
      ->delimiter(',');
  one("--ttl", wish.ttl, "TIME", "for how long it is valid: 90s, 15m, 1h, 7d")->capture_default_str();
  one("--not-before", wish.begins, "SECONDS",
      "since 1970, as date +%s prints them: when it begins [at once]");
  one("--iss", wish.issuer, "TEXT", "the issuer that the host was told with --auth-issuer");
  one("--aud", wish.audience, "TEXT", "the audience that the host was told with --auth-audience");
  one("--key-file", wish.file, "FILE",
      "the keys [keys.json in the state folder, ~/.local/state/parley]. They are never arguments, which "
      "every user of "
      "this machine can see");
  one("--kid", wish.kid, "KID", "the key to sign with [the first that can]");
  if (const auto code = parse(app, arguments, streams)) return *code;

  const auto token = sign_token(wish, now);
  if (!token) return fail(app, token.error(), streams);
  streams.out << *token << '\n';
  return 0;
}

}  // namespace parley::command
