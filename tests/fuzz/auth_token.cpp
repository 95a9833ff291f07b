// Any text at all as a token, as one's header and as one's claims: nothing is taken that the key has not signed, and what
// is taken says the same when it is made anew.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/token.hpp"
#include "base/base64.hpp"
#include "fuzz.hpp"

namespace {

using namespace parley;
using parley::fuzz::expect;

constexpr auth::Claims::Time now{std::chrono::seconds(1'800'000'000)};

std::string signed_with(const auth::Key& key, std::string_view header, std::string_view payload) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(payload);
  return text + '.' + base64url_encode(key.sign(text));
}

void check_claims(const auth::Claims& claims, const auth::Key& key, std::string_view text) {
  expect(claims.ends > now, "taken after its end", text);
  const auto again = auth::check_token(auth::make_token(claims, key, now), auth::KeySet({key}), {}, now);
  expect(again && *again == claims, "says something else when it is made anew", text);
  static_cast<void>(claims.rooms.match(text.substr(0, 128)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auth::Key key(std::string(auth::Key::least_secret_bytes, 'k'));
  static const auth::KeySet keys({key});
  const std::string_view text = parley::fuzz::text_of(data, size);
  expect(!auth::check_token(text, keys, {}, now), "a token that nobody has signed", text);
  const auto with_header = auth::check_token(signed_with(key, text, R"({"exp":4000000000})"), keys, {}, now);
  if (with_header) check_claims(*with_header, key, text);
  const auto with_claims = auth::check_token(signed_with(key, R"({"alg":"HS256"})", text), keys, {}, now);
  if (with_claims) check_claims(*with_claims, key, text);
  return 0;
}
