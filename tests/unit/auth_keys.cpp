#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/jwk.hpp"
#include "auth/key.hpp"
#include "auth/key_set.hpp"
#include "base/base64.hpp"
#include "base/files.hpp"
#include "temporary_folder.hpp"

namespace parley::auth {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// RFC 8037 appendix A.
const json ed25519{{"kty", "OKP"},
                   {"crv", "Ed25519"},
                   {"d", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"},
                   {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};

const std::string rsa_with_exponent_1 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAmvsQfjF4HT4WDc7uJQBE\n"
    "1SgdopNdV6WaHRrbozsehnCAABZmWiizvtrPdv2f0rLrc4B2r68y5gyUGPWm5nbg\n"
    "ebf3GOMG17KjyLMhVkACTxeNN0ym/B736Pnh3fPFMjjvM47/e0OwOWxdxvsF1zNi\n"
    "g0hob55Iy6ns11+QjYAGjzkEPwv5srFl8WyT2bPa+q4PMGENQ8JZ45ukaspAp5sz\n"
    "Xy+nng7LJVsuAaUoz5sv2V/j81vlc1Dc9ZRtU3gV3gzKxq5/CZ7KT5U/5KzfQK1r\n"
    "+xxKcNUic8vmq8dXtSpMbUYJYd5wuXnBBIxMegS1mRteYeQZOEavwlfbrVW4QO9m\n"
    "sQIBAQ==\n"
    "-----END PUBLIC KEY-----\n";

/// Of which the algorithm names itself when a test fails.
class AuthKey : public testing::TestWithParam<Algorithm> {};

INSTANTIATE_TEST_SUITE_P(All, AuthKey,
                         testing::Values(Algorithm::hs256, Algorithm::rs256, Algorithm::es256,
                                         Algorithm::eddsa),
                         [](const auto& each) { return std::string(name_of(each.param)); });

TEST_P(AuthKey, verifies_what_it_has_signed_and_nothing_else) {
  const Key key = Key::generate(GetParam());
  ASSERT_TRUE(key.can_sign());
  const std::string signature = key.sign("a text");
  EXPECT_TRUE(key.verify("a text", signature));
  EXPECT_FALSE(key.verify("another", signature));
  EXPECT_FALSE(key.verify("a text", ""));
  EXPECT_FALSE(key.verify("a text", signature.substr(1)));
  EXPECT_FALSE(key.verify("a text", signature + '\0'));
  for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
    std::string other = signature;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_FALSE(key.verify("a text", other));
  }
  EXPECT_FALSE(key.verify("a text", std::string(signature.size(), '\0')));
  EXPECT_FALSE(key.verify("a text", std::string(signature.size(), '\xff')));
  EXPECT_FALSE(Key::generate(GetParam()).verify("a text", signature));
}

TEST_P(AuthKey, comes_back_from_its_jwk_with_its_secrets_and_without) {
  Key key = Key::generate(GetParam());
  key.set_id(thumbprint(key));
  const auto same = read_jwk(to_jwk(key, JwkPart::of_all));
  ASSERT_TRUE(same) << same.error();
  EXPECT_EQ(same->id(), key.id());
  EXPECT_EQ(thumbprint(*same), key.id());
  EXPECT_TRUE(key.verify("a text", same->sign("a text")));

  const json of_public = to_jwk(key, JwkPart::of_public);
  if (GetParam() == Algorithm::hs256) {
    EXPECT_TRUE(of_public.is_null());
    return;
  }
  EXPECT_THAT(of_public.dump(), testing::Not(HasSubstr("\"d\"")));
  const auto half = read_jwk(of_public);
  ASSERT_TRUE(half) << half.error();
  EXPECT_FALSE(half->can_sign());
  EXPECT_EQ(thumbprint(*half), key.id());
  EXPECT_TRUE(half->verify("a text", key.sign("a text")));
}

TEST(AuthJwk, an_ed25519_key_is_as_the_rfc_has_it) {
  const auto key = read_jwk(ed25519);
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(thumbprint(*key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  const std::string text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const std::string signature =
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  EXPECT_EQ(base64url_encode(key->sign(text)), signature);
  EXPECT_TRUE(key->verify(text, base64url_decode(signature).value()));
}

TEST(AuthJwk, what_is_no_key_for_tokens_is_refused) {
  const json ec = to_jwk(Key::generate(Algorithm::es256), JwkPart::of_all);
  const json rsa = to_jwk(Key::generate(Algorithm::rs256), JwkPart::of_all);
  const auto with = [](json jwk, const json& changes) {
    jwk.update(changes);
    return jwk;
  };
  const std::vector<json> refused{
      json::array(),
      json::object(),
      "text",
      {{"kty", "oct"}},
      {{"kty", "oct"}, {"k", base64url_encode("too short a secret")}},
      {{"kty", "oct"}, {"k", "no base64url?"}},
      {{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}},  // 17 bits
      {{"kty", "RSA"}, {"n", ""}, {"e", ""}},
      {{"kty", "RSA"}},
      with(rsa, {{"d", "AQAB"}}),  // not its own
      with(rsa, {{"p", 7}}),
      with(rsa, {{"alg", "RS512"}}),
      with(rsa, {{"alg", "HS256"}}),
      with(rsa, {{"use", "enc"}}),
      with(ec, {{"crv", "P-384"}}),
      with(ec, {{"x", ec["y"]}}),  // not on the curve
      with(ec, {{"x", "AQAB"}}),
      with(ec, {{"d", "AQAB"}}),  // not its own
      with(ec, {{"alg", "EdDSA"}}),
      with(ed25519, {{"crv", "Ed448"}}),
      with(ed25519, {{"d", "AQAB"}}),
      with(ed25519,
           {{"x", to_jwk(Key::generate(Algorithm::eddsa), JwkPart::of_public)["x"]}}),  // not its own
      with(ed25519, {{"x", 1}, {"d", nullptr}}),
  };
  for (const json& jwk : refused) EXPECT_FALSE(read_jwk(jwk)) << jwk;
}

class AuthKeySet : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path keep(const std::string& name, const std::string& text) const {
    EXPECT_FALSE(write_private_file(folder_.path() / name, text));
    return folder_.path() / name;
  }

  static Key named(Algorithm algorithm, std::string id) {
    Key key = Key::generate(algorithm);
    key.set_id(std::move(id));
    return key;
  }

  TemporaryFolder folder_;
};

TEST_F(AuthKeySet, files_of_one_key_and_of_several_are_read_in_their_order) {
  const auto first = keep("one.json", to_jwk(named(Algorithm::eddsa, "one"), JwkPart::of_public).dump());
  const auto second = keep(
      "more.json", write_key_set({named(Algorithm::es256, "two"), named(Algorithm::eddsa, "three")}, true));
  const auto keys = KeySet::read({first, second});
  ASSERT_TRUE(keys) << keys.error();
  ASSERT_EQ(keys->keys().size(), 3U);
  EXPECT_EQ(keys->signer()->id(), "two");
  EXPECT_EQ(keys->candidates(Algorithm::eddsa, "three").size(), 1U);
  EXPECT_EQ(keys->candidates(Algorithm::eddsa, "").size(), 2U);
  EXPECT_TRUE(keys->candidates(Algorithm::es256, "three").empty());
}

TEST_F(AuthKeySet, keys_in_pem_have_no_name_and_are_tried_for_each) {
  // openssl genpkey -algorithm ed25519, and its openssl pkey -pubout.
  const auto secret = keep("secret.pem",
                           "-----BEGIN PRIVATE KEY-----\n"
                           "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                           "-----END PRIVATE KEY-----\n");
  const auto open = keep("public.pem",
                         "-----BEGIN PUBLIC KEY-----\n"
                         "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                         "-----END PUBLIC KEY-----\n");
  const auto keys = KeySet::read({open, secret});
  ASSERT_TRUE(keys) << keys.error();
  ASSERT_EQ(keys->keys().size(), 2U);
  EXPECT_FALSE(keys->keys()[0].can_sign());
  EXPECT_EQ(keys->signer(), &keys->keys()[1]);
  EXPECT_EQ(thumbprint(keys->keys()[0]), thumbprint(*read_jwk(ed25519)));
  EXPECT_EQ(keys->candidates(Algorithm::eddsa, "any").size(), 2U);
}

TEST_F(AuthKeySet, what_a_set_has_besides_is_left_out) {
  json set = json::parse(write_key_set({named(Algorithm::eddsa, "ours")}, true));
  set["keys"].push_back({{"kty", "RSA"}, {"use", "enc"}, {"kid", "theirs"}});
  set["keys"].push_back(7);
  const auto keys = KeySet::read({keep("set.json", set.dump())});
  ASSERT_TRUE(keys) << keys.error();
  EXPECT_EQ(keys->keys().size(), 1U);
}

TEST_F(AuthKeySet, a_file_without_a_key_is_refused_in_words) {
  const auto error_of = [&](const std::string& text) {
    const auto keys = KeySet::read({keep("wrong", text)});
    EXPECT_FALSE(keys) << text;
    return keys ? std::string() : keys.error();
  };
  EXPECT_THAT(KeySet::read({folder_.path() / "none"}).error(), HasSubstr("none: `parley key` makes one."));
  EXPECT_THAT(error_of(""), HasSubstr("There is no readable key"));
  EXPECT_THAT(error_of("secret"), HasSubstr("neither a key in PEM nor a JSON Web Key"));
  EXPECT_THAT(error_of("[]"), HasSubstr("neither a key in PEM nor a JSON Web Key"));
  EXPECT_THAT(error_of("{\"keys\":[]}"), HasSubstr("has no key to sign tokens with: it is empty."));
  EXPECT_THAT(error_of("{\"keys\":{\"a\":1}}"), HasSubstr("has no key to sign tokens with"));
  EXPECT_THAT(error_of("{\"keys\":7}"), HasSubstr("has no key to sign tokens with"));
  EXPECT_THAT(error_of("{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}"), HasSubstr("shorter than 32 bytes"));
  EXPECT_THAT(error_of("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
              HasSubstr("no key in PEM"));
  // Of 2048 bits, with 1 for an exponent: what it verifies needs no key.
  EXPECT_THAT(error_of(rsa_with_exponent_1), HasSubstr("no sound key"));
  EXPECT_THAT(error_of(rsa_with_exponent_1 + rsa_with_exponent_1), HasSubstr("several keys in PEM"));
  EXPECT_THAT(error_of("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
              HasSubstr("without a password"));
}

TEST_F(AuthKeySet, has_as_many_keys_as_it_may) {
  std::vector<Key> many;
  for (std::size_t i = 0; i <= KeySet::most_keys; ++i) many.push_back(Key::generate(Algorithm::hs256));
  EXPECT_THAT(KeySet::read({keep("many", write_key_set(many, true))}).error(),
              HasSubstr("There are 65 keys"));
  many.pop_back();
  EXPECT_TRUE(KeySet::read({keep("many", write_key_set(many, true))}));
}

TEST_F(AuthKeySet, its_public_part_has_no_secret) {
  const std::string text = write_key_set(
      {named(Algorithm::hs256, "a"), named(Algorithm::eddsa, "b"), named(Algorithm::rs256, "c")}, false);
  const json set = json::parse(text);
  ASSERT_EQ(set["keys"].size(), 2U);
  for (const json& jwk : set["keys"])
    for (const char* secret : {"d", "k", "p", "q", "dp", "dq", "qi"}) EXPECT_FALSE(jwk.contains(secret));
}

TEST_F(AuthKeySet, a_private_file_is_its_owners_alone_and_takes_the_place_of_another) {
  const auto file = keep("deep/er/file", "one");
  EXPECT_EQ(keep("deep/er/file", "two"), file);
  EXPECT_EQ(read_file(file), "two");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(file.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_TRUE(write_private_file(file / "below", "three"));
}

}  // namespace
}  // namespace parley::auth
