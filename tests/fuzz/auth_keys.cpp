// Any text at all, read as a file of keys: what is taken is a key that signs and verifies, and comes back the same from
// what is written of it, with its secrets and without.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "auth/jwk.hpp"
#include "auth/key_set.hpp"
#include "fuzz.hpp"

namespace {

using namespace parley;
using parley::fuzz::expect;

void check_written(const auth::Key& key, auth::JwkPart part, std::string_view text) {
  const nlohmann::json jwk = auth::to_jwk(key, part);
  if (jwk.is_null()) return;
  const auto same = auth::read_jwk(jwk);
  expect(static_cast<bool>(same), "what is written is not read", text);
  expect(auth::thumbprint(*same) == auth::thumbprint(key), "another key", text);
  expect(same->id() == key.id() && same->algorithm() == key.algorithm(), "another name", text);
  if (!key.can_sign()) return;
  expect(same->verify("text", key.sign("text")), "its own signature is wrong", text);
  expect(!same->verify("another", key.sign("text")), "one signature for two texts", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(parley::fuzz::text_of(data, size));
  const auto keys = auth::read_keys(text);
  if (!keys) {
    expect(!keys.error().empty(), "refused without a word", text);
    return 0;
  }
  for (const auth::Key& key : *keys) {
    check_written(key, auth::JwkPart::of_all, text);
    check_written(key, auth::JwkPart::of_public, text);
  }
  return 0;
}
