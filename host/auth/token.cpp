#include "auth/token.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/json_field.hpp"
#include "base/base64.hpp"
#include "base/parse_json.hpp"
#include "hub/names.hpp"

namespace parley::auth {
namespace {

using nlohmann::json;

using hub::ErrorCode;
using hub::right_of;

struct Fault {
  ErrorCode code;
  std::string_view sentence;
};

constexpr std::array<Fault, 10> faults{
    {{ErrorCode::token_malformed, "The token is not a JSON Web Token: send it just as you got it."},
     {ErrorCode::token_algorithm,
      "The token is not signed with HS256, RS256, ES256 or EdDSA: have it signed with one of them."},
     {ErrorCode::token_critical,
      "The token's header has a crit, of which this host understands nothing: have it made without."},
     {ErrorCode::token_signature,
      "The token is signed with no key that this host knows: get one from whoever lets you in here."},
     {ErrorCode::token_claims,
      "A claim of the token has the wrong form: exp is required, and docs/tokens.md says how each is "
      "written."},
     {ErrorCode::token_expired, "The token's time is over: get another one."},
     {ErrorCode::token_not_yet_valid,
      "The token's time has not begun: wait, or set the clock of whoever made it."},
     {ErrorCode::token_issuer,
      "The token's iss is missing, or of somebody that this host does not listen to."},
     {ErrorCode::token_revoked, "This invitation was withdrawn: ask for another one."},
     {ErrorCode::token_audience,
      "The token's aud is missing, or of somebody else: it must be what the host was given as "
      "--auth-audience."}}};

/// Its three parts, as they are written and as they are meant.
struct Parts {
  std::string_view signed_text;
  json header{};
  std::optional<std::string> payload{};
  std::optional<std::string> signature{};
};

json parse_object(const std::optional<std::string>& text) {
  json object = text ? parse_json(*text) : json();
  if (!object.is_object()) object = json();
  return object;
}

std::optional<Parts> take_apart(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos || token.size() > most_token_bytes) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  Parts parts{.signed_text = token.substr(0, second),
              .header = parse_object(base64url_decode(token.substr(0, first))),
              .payload = base64url_decode(token.substr(first + 1, second - first - 1)),
              .signature = base64url_decode(token.substr(second + 1))};
  if (parts.header.is_null() || !parts.payload) return std::nullopt;
  return parts;
}

/// Where no key can have signed a token, one to try in vain: of the same algorithm, if there is any.
const Key* stand_in(const KeySet& keys, const std::optional<Algorithm>& algorithm) {
  const auto alike = algorithm ? keys.candidates(*algorithm, "") : std::vector<const Key*>();
  if (!alike.empty()) return alike.front();
  return keys.empty() ? nullptr : &keys.keys().front();
}

/// Whether one of the keys has signed it.
bool is_signed(const Parts& parts, const std::optional<Algorithm>& algorithm, const KeySet& keys) {
  const auto candidates =
      algorithm ? keys.candidates(*algorithm, text_of(parts.header, "kid")) : std::vector<const Key*>();
  const std::string signature = parts.signature.value_or("");
  bool found = false;
  for (const Key* key : candidates) found = key->verify(parts.signed_text, signature) || found;
  const Key* const in_vain = candidates.empty() ? stand_in(keys, algorithm) : nullptr;
  if (in_vain != nullptr) static_cast<void>(in_vain->verify(parts.signed_text, signature));
  return found;
}

/// Reads claims, and remembers whether each had the form that it must have.
class Reader {
 public:
  explicit Reader(const json& claims) : claims_(claims) {}

  [[nodiscard]] bool sound() const { return sound_; }

  std::string text(const char* name) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return {};
    sound_ = sound_ && found->is_string();
    return found->is_string() ? found->get<std::string>() : std::string();
  }

  /// A text, or a list of them (RFC 7519 section 4.1.3); none where it is not there.
  std::optional<std::vector<std::string>> texts(const char* name) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return std::nullopt;
    if (found->is_string()) return std::vector{found->get<std::string>()};
    std::vector<std::string> all;
    sound_ = sound_ && found->is_array() && found->size() <= NamePatterns::most;
    if (!sound_) return all;
    for (const json& each : *found) {
      sound_ = sound_ && each.is_string();
      if (each.is_string()) all.push_back(each.get<std::string>());
    }
    return all;
  }

  std::optional<std::uint64_t> count(const char* name) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return std::nullopt;
    sound_ = sound_ && found->is_number_unsigned();
    return sound_ ? std::optional(found->get<std::uint64_t>()) : std::nullopt;
  }

  NamePatterns patterns(const char* name) {
    auto all = texts(name);
    return all ? NamePatterns(*std::move(all)) : NamePatterns::any();
  }

  /// Seconds since 1970, with a fraction or without (RFC 7519 section 2).
  std::optional<Claims::Time> time(const char* name) {
    constexpr double most = 1e11;  // some three thousand years on
    const auto found = claims_.find(name);
    if (found == claims_.end()) return std::nullopt;
    const double seconds = found->is_number() ? found->get<double>() : -1;
    sound_ = sound_ && seconds >= 0 && seconds < most;
    if (!sound_) return std::nullopt;
    return Claims::Time(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
  }

 private:
  const json& claims_;
  bool sound_ = true;
};

/// Words that are not known here are somebody else's.
Rights rights_of(const std::vector<std::string>& words) {
  Rights may;
  for (const std::string& word : words) {
    if (const auto right = right_of(word)) may.add(*right);
  }
  return may;
}

Result<Claims, ErrorCode> read_claims(const json& payload, const TokenRules& rules, Claims::Time now) {
  Reader reader(payload);
  Claims claims{.identity = reader.text("sub"),
                .name = reader.text("name"),
                .rooms = reader.patterns("room"),
                .sims = reader.patterns("sim"),
                .issuer = reader.text("iss")};
  if (const auto words = reader.texts("may")) claims.may = rights_of(*words);
  const auto is_name = [](const std::string& text) {
    return text.empty() || hub::is_id(text, most_name_bytes);
  };
  const auto ends = reader.time("exp");
  claims.begins = reader.time("nbf").value_or(Claims::Time());
  claims.epoch = reader.count("epoch");
  const auto audiences = reader.texts("aud");
  if (!reader.sound() || !ends || !is_name(claims.identity) || !is_name(claims.name))
    return Failure(ErrorCode::token_claims);
  claims.ends = *ends;
  if (!rules.issuer.empty() && claims.issuer != rules.issuer) return Failure(ErrorCode::token_issuer);
  const bool for_nobody = !audiences && rules.audience.empty();
  if (!for_nobody && (!audiences || rules.audience.empty() ||
                      std::ranges::find(*audiences, rules.audience) == audiences->end()))
    return Failure(ErrorCode::token_audience);
  claims.audience = rules.audience;
  if (now >= claims.ends) return Failure(ErrorCode::token_expired);
  if (now + clock_leeway < claims.begins) return Failure(ErrorCode::token_not_yet_valid);
  return claims;
}

/// What is not UTF-8 is replaced.
std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json one_or_all(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? json(texts.front()) : json(texts);
}

}  // namespace

std::string_view sentence_of(ErrorCode fault) {
  const auto* const found = std::ranges::find(faults, fault, &Fault::code);
  return found == faults.end() ? std::string_view{} : found->sentence;
}

std::string key_id_of(std::string_view token) {
  const auto parts = take_apart(token);
  return parts ? text_of(parts->header, "kid") : std::string();
}

Result<Claims, ErrorCode> check_token(std::string_view token, const KeySet& keys, const TokenRules& rules,
                                      Claims::Time now) {
  const auto parts = take_apart(token);
  if (!parts) {
    static_cast<void>(is_signed({.signed_text = token.substr(0, most_token_bytes)}, std::nullopt, keys));
    return Failure(ErrorCode::token_malformed);
  }
  // A key says itself which algorithm it is for, so the header chooses among keys, and not how one is used.
  const auto algorithm = algorithm_of(text_of(parts->header, "alg"));
  const bool is_right = is_signed(*parts, algorithm, keys);
  // Also of a token that nobody has signed, so that time does not tell one from the other.
  const json payload = parse_object(parts->payload);
  auto claims = payload.is_null() ? Result<Claims, ErrorCode>(Failure(ErrorCode::token_claims))
                                  : read_claims(payload, rules, now);
  if (!algorithm) return Failure(ErrorCode::token_algorithm);
  if (parts->header.contains("crit")) return Failure(ErrorCode::token_critical);  // RFC 7515 section 4.1.11
  if (!is_right) return Failure(ErrorCode::token_signature);
  return claims;
}

std::string make_token(const Claims& claims, const Key& key, Claims::Time now) {
  const auto seconds = [](Claims::Time time) { return time.time_since_epoch().count(); };
  json header{{"alg", name_of(key.algorithm())}, {"typ", "JWT"}};
  if (!key.id().empty()) header["kid"] = key.id();
  json payload{{"iat", seconds(now)}, {"exp", seconds(claims.ends)}};
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) payload[name] = text;
  };
  put("sub", claims.identity);
  put("name", claims.name);
  put("iss", claims.issuer);
  put("aud", claims.audience);
  if (claims.begins != Claims::Time()) payload["nbf"] = seconds(claims.begins);
  if (claims.rooms != NamePatterns::any()) payload["room"] = one_or_all(claims.rooms.all());
  if (claims.sims != NamePatterns::any()) payload["sim"] = one_or_all(claims.sims.all());
  if (claims.epoch) payload["epoch"] = *claims.epoch;
  payload["may"] = json::array();
  for (const auto& [name, right] : hub::rights)
    if (claims.may.has(right)) payload["may"].push_back(name);
  const std::string text = base64url_encode(text_of(header)) + '.' + base64url_encode(text_of(payload));
  return text + '.' + base64url_encode(key.sign(text));
}

}  // namespace parley::auth
