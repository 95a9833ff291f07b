#include "auth/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/jwk.hpp"
#include "base/base64.hpp"

namespace parley::auth {
namespace {

using namespace std::chrono_literals;
using hub::ErrorCode;
using nlohmann::json;

constexpr Claims::Time now{std::chrono::seconds(1'800'000'000)};

Key named(Algorithm algorithm, std::string id) {
  Key key = Key::generate(algorithm);
  key.set_id(std::move(id));
  return key;
}

/// Signed with this key, whatever it says.
std::string signed_with(const Key& key, const json& header, const std::string& payload) {
  const std::string text = base64url_encode(header.dump()) + '.' + base64url_encode(payload);
  return text + '.' + base64url_encode(key.sign(text));
}

class AuthToken : public testing::Test {
 protected:
  static inline const Key mine = named(Algorithm::eddsa, "mine");
  static inline const KeySet keys{{mine, named(Algorithm::eddsa, "other"), named(Algorithm::es256, "ec"),
                                   named(Algorithm::hs256, "shared")}};

  static Result<Claims, ErrorCode> check(std::string_view token, const TokenRules& rules = {},
                                         const KeySet& known = keys) {
    return check_token(token, known, rules, now);
  }

  /// What is wrong with a token that claims this; nothing where it is taken.
  static std::string fault_of(json payload, const TokenRules& rules = {}) {
    if (payload.is_object() && !payload.contains("exp")) payload["exp"] = now.time_since_epoch().count() + 60;
    const auto checked = check(signed_with(mine, {{"alg", "EdDSA"}}, payload.dump()), rules);
    return checked ? "" : std::string(name_of(checked.error()));
  }

  static Claims claims_of(json payload) {
    payload["exp"] = now.time_since_epoch().count() + 60;
    const auto checked = check(signed_with(mine, {{"alg", "EdDSA"}}, payload.dump()));
    EXPECT_TRUE(checked) << payload;
    return checked ? *checked : Claims();
  }

  static std::string code(const std::string& token, const KeySet& known = keys) {
    const auto checked = check(token, {}, known);
    return checked ? "" : std::string(name_of(checked.error()));
  }
};

TEST_F(AuthToken, comes_back_as_it_was_made) {
  const Claims whole{.identity = "ada@example.com",
                     .name = "Ada ✓",
                     .rooms = NamePatterns({"team-*", "lobby"}),
                     .sims = NamePatterns({"12345"}),
                     .may = {Right::join, Right::moderate},
                     .begins = now - 1s,
                     .ends = now + 1h,
                     .issuer = "https://example.com",
                     .audience = "parley"};
  for (const Key& key : keys.keys()) {
    const auto checked =
        check(make_token(whole, key, now), {.issuer = "https://example.com", .audience = "parley"});
    ASSERT_TRUE(checked) << name_of(key.algorithm());
    EXPECT_EQ(*checked, whole);
  }
  const Claims least{.may = {}, .ends = now + 1s};
  const auto checked = check(make_token(least, mine, now));
  ASSERT_TRUE(checked);
  EXPECT_EQ(*checked, least);
}

TEST_F(AuthToken, the_examples_of_the_rfc_are_right_and_over) {
  // RFC 7515 appendices A.1 and A.3.
  const auto shared =
      read_jwk({{"kty", "oct"},
                {"k",
                 "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1"
                 "Z9CAow"}});
  const auto ec = read_jwk({{"kty", "EC"},
                            {"crv", "P-256"},
                            {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                            {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}});
  ASSERT_TRUE(shared && ec);
  const std::string payload =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::vector<std::string> tokens{
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + payload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      "eyJhbGciOiJFUzI1NiJ9." + payload +
          ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"};
  const KeySet theirs({*shared, *ec});
  for (const std::string& token : tokens) {
    EXPECT_EQ(code(token, theirs), "token-expired");
    const Claims::Time then{1'300'819'379s};
    const auto checked = check_token(token, theirs, {}, then);
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->issuer, "joe");
    EXPECT_TRUE(checked->may.has(Right::join));
    EXPECT_FALSE(checked->may.has(Right::moderate));
  }
}

TEST_F(AuthToken, what_is_none_is_refused) {
  const std::string good = make_token({.ends = now + 1h}, mine, now);
  ASSERT_EQ(code(good), "");
  const std::string header = good.substr(0, good.find('.'));
  const std::string nested(6'000, '[');
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), header, header + '.',
        std::string("e30.e30"), std::string("W10.e30.AA"), "IA." + good.substr(header.size() + 1), ' ' + good,
        base64url_encode(nested) + ".e30.AA", header + ".e30=.AA", std::string(most_token_bytes + 1, 'x'),
        std::string(2'000'000, '.'), std::string("\xff\x00.\xff.\xff", 6)})
    EXPECT_EQ(code(text), "token-malformed") << text.substr(0, 50);
  for (const std::string& text :
       {good + ' ', good + '=', good + ".x", good + 'A', good.substr(0, good.size() - 1)})
    EXPECT_EQ(code(text), "token-signature") << text.substr(good.size() - 20);
}

TEST_F(AuthToken, whose_signature_is_another_keys_or_another_kinds_is_refused) {
  const json claims{{"exp", 4'000'000'000}};
  const std::string payload = claims.dump();
  EXPECT_EQ(code(signed_with(named(Algorithm::eddsa, "mine"), {{"alg", "EdDSA"}, {"kid", "mine"}}, payload)),
            "token-signature");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"kid", "other"}}, payload)), "token-signature");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"kid", "unknown"}}, payload)), "token-signature");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "ES256"}, {"kid", "mine"}}, payload)), "token-signature");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"kid", 7}}, payload)), "") << "as if it named none";

  // The public key for a secret: a header must not say how a key is used.
  const std::string open = to_jwk(mine, JwkPart::of_public).dump();
  EXPECT_EQ(code(signed_with(Key(open), {{"alg", "HS256"}, {"kid", "mine"}}, payload)), "token-signature");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"jwk", to_jwk(mine, JwkPart::of_public)}}, payload),
                 KeySet({named(Algorithm::eddsa, "")})),
            "token-signature")
      << "a key that the token brings along";
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}}, payload), KeySet()), "token-signature");
}

TEST_F(AuthToken, which_is_not_signed_is_refused) {
  const std::string payload = R"({"exp":4000000000})";
  for (const json& algorithm : std::vector<json>{"none", "None", "nOnE", "", "RS512", "PS256", "HS256 ",
                                                 nullptr, 7, json::array({"EdDSA"})}) {
    EXPECT_EQ(code(signed_with(mine, {{"alg", algorithm}}, payload)), "token-algorithm") << algorithm;
    const std::string bare =
        base64url_encode(json{{"alg", algorithm}}.dump()) + '.' + base64url_encode(payload) + '.';
    EXPECT_EQ(code(bare), "token-algorithm") << algorithm;
  }
  EXPECT_EQ(code(signed_with(mine, json::object(), payload)), "token-algorithm");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"crit", {"exp"}}}, payload)), "token-critical");
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}, {"crit", nullptr}}, payload)), "token-critical");
}

TEST_F(AuthToken, nothing_of_it_counts_before_its_signature_is_right) {
  const std::string over =
      make_token({.ends = now - 1h, .issuer = "somebody"}, named(Algorithm::eddsa, "mine"), now);
  EXPECT_EQ(code(over), "token-signature");
}

TEST_F(AuthToken, has_its_time) {
  const auto at = [](std::chrono::seconds from_now) { return (now + from_now).time_since_epoch().count(); };
  EXPECT_EQ(fault_of({{"exp", at(1s)}}), "");
  EXPECT_EQ(fault_of({{"exp", at(0s)}}), "token-expired");
  EXPECT_EQ(fault_of({{"exp", static_cast<double>(at(1s)) + 0.5}}), "");
  EXPECT_EQ(fault_of({{"exp", 0}}), "token-expired");
  EXPECT_EQ(fault_of({{"nbf", at(30s)}}), "");
  EXPECT_EQ(fault_of({{"nbf", at(31s)}}), "token-not-yet-valid");
  for (const json& wrong : std::vector<json>{"1800000001", -1, 1e12, 1e300, nullptr, true, json::array()}) {
    EXPECT_EQ(fault_of({{"exp", wrong}}), "token-claims") << wrong;
    EXPECT_EQ(fault_of({{"nbf", wrong}}), "token-claims") << wrong;
  }
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}}, "{}")), "token-claims") << "none that never ends";
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}}, R"({"exp":1e999})")), "token-claims");
}

TEST_F(AuthToken, is_of_somebody_and_for_somebody) {
  const TokenRules rules{.issuer = "https://example.com", .audience = "parley"};
  EXPECT_EQ(fault_of({{"iss", "https://example.com"}, {"aud", "parley"}}, rules), "");
  EXPECT_EQ(fault_of({{"iss", "https://example.com"}, {"aud", {"others", "parley"}}}, rules), "");
  EXPECT_EQ(fault_of({{"iss", "https://example.com"}, {"aud", "others"}}, rules), "token-audience");
  EXPECT_EQ(fault_of({{"iss", "https://example.com"}}, rules), "token-audience");
  EXPECT_EQ(fault_of({{"iss", "https://example.com"}, {"aud", json::array()}}, rules), "token-audience");
  EXPECT_EQ(fault_of({{"aud", "parley"}}, rules), "token-issuer");
  EXPECT_EQ(fault_of({{"iss", "https://example.com/"}, {"aud", "parley"}}, rules), "token-issuer");
  EXPECT_EQ(fault_of({{"aud", "parley"}}), "token-audience") << "for whom, if not for this host";
  EXPECT_EQ(fault_of({{"iss", "anybody"}}), "");
}

TEST_F(AuthToken, says_what_its_holder_may_do) {
  EXPECT_EQ(claims_of(json::object()).may, Rights({Right::join, Right::watch, Right::call}));
  EXPECT_EQ(claims_of({{"may", json::array()}}).may, Rights());
  EXPECT_EQ(claims_of({{"may", "publish"}}).may, Rights({Right::publish}));
  EXPECT_EQ(claims_of({{"may", {"admin", "join", "fly", "JOIN"}}}).may, Rights({Right::admin, Right::join}));
  EXPECT_TRUE(claims_of(json::object()).rooms.match("any room"));
  EXPECT_FALSE(claims_of({{"room", json::array()}}).rooms.match("any room"));
  EXPECT_TRUE(claims_of({{"room", "blue"}}).rooms.match("blue"));
  EXPECT_FALSE(claims_of({{"sim", {"123", "4*"}}}).sims.match("5"));
  EXPECT_TRUE(claims_of({{"sim", {"123", "4*"}}}).sims.match("45"));
  const std::vector<std::string> many(NamePatterns::most + 1, "x");
  for (const char* name : {"room", "sim", "may", "aud"}) {
    EXPECT_EQ(fault_of({{name, 7}}), "token-claims") << name;
    EXPECT_EQ(fault_of({{name, {"x", 7}}}), "token-claims") << name;
    EXPECT_EQ(fault_of({{name, nullptr}}), "token-claims") << name;
    EXPECT_EQ(fault_of({{name, many}}), "token-claims") << name;
  }
  for (const char* name : {"sub", "name", "iss"}) EXPECT_EQ(fault_of({{name, 7}}), "token-claims") << name;
  for (const char* payload : {"[]", "7", "", "{\"exp\":1", "\xff"})
    EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}}, payload)), "token-claims") << payload;
}

TEST_F(AuthToken, depth_takes_no_stack) {
  const std::string deep =
      R"({"exp":4000000000,"a":)" + std::string(3'000, '[') + std::string(3'000, ']') + '}';
  EXPECT_EQ(code(signed_with(mine, {{"alg", "EdDSA"}}, deep)), "token-claims");
  EXPECT_EQ(code(base64url_encode(deep) + ".e30."), "token-malformed");
}

TEST_F(AuthToken, names_are_of_some_length_and_without_control_characters) {
  for (const char* claim : {"sub", "name"}) {
    EXPECT_EQ(fault_of({{claim, std::string(128, 'x')}}), "") << claim;
    EXPECT_EQ(fault_of({{claim, std::string(129, 'x')}}), "token-claims") << claim;
    EXPECT_EQ(fault_of({{claim, "a\nb"}}), "token-claims") << claim;
  }
}

TEST_F(AuthToken, each_fault_has_a_code_and_a_sentence_of_its_own) {
  std::set<std::string_view> codes;
  std::set<std::string_view> sentences;
  constexpr auto first = static_cast<int>(ErrorCode::token_malformed);
  constexpr auto last = static_cast<int>(ErrorCode::token_audience);
  for (int i = first; i <= last; ++i) {
    codes.insert(name_of(static_cast<ErrorCode>(i)));
    sentences.insert(sentence_of(static_cast<ErrorCode>(i)));
  }
  EXPECT_EQ(codes.size(), last - first + 1U);
  EXPECT_EQ(sentences.size(), last - first + 1U);
  EXPECT_THAT(codes, testing::Each(testing::StartsWith("token-")));
  EXPECT_THAT(sentences, testing::Each(testing::EndsWith(".")));
}

TEST(AuthNamePatterns, a_star_stands_for_any_text) {
  const auto matches = [](const char* pattern, std::string_view name) {
    return NamePatterns({pattern}).match(name);
  };
  EXPECT_TRUE(matches("*", "") && matches("*", "anything") && matches("**", "x"));
  EXPECT_TRUE(matches("team-*", "team-") && matches("team-*", "team-blue"));
  EXPECT_FALSE(matches("team-*", "team") || matches("team-*", "my team-blue"));
  EXPECT_TRUE(matches("*-blue", "team-blue") && matches("*-blue", "-blue-blue"));
  EXPECT_TRUE(matches("a*b*c", "abc") && matches("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches("a*b*c", "acb") || matches("a*b*c", "ab"));
  EXPECT_TRUE(matches("", "") && matches("blue", "blue"));
  EXPECT_FALSE(matches("", "x") || matches("blue", "Blue") || matches("blue", "blue ") ||
               matches("b.ue", "blue"));
  EXPECT_FALSE(NamePatterns().match(""));
  EXPECT_TRUE(NamePatterns({"a", "b"}).match("b"));
}

TEST(AuthNamePatterns, a_star_behind_a_backslash_is_a_star) {
  EXPECT_TRUE(NamePatterns({R"(a\*)"}).match("a*"));
  EXPECT_FALSE(NamePatterns({R"(a\*)"}).match("ab"));
  EXPECT_TRUE(NamePatterns({R"(\\*)"}).match(R"(\b)"));
  EXPECT_TRUE(NamePatterns({R"(\b)"}).match(R"(\b)"));
  for (const std::string name : {"a*", R"(\*)", R"(\\)", "*", "", R"(team\)", "ä*ö"}) {
    EXPECT_TRUE(NamePatterns::exactly(name).match(name)) << name;
    EXPECT_FALSE(NamePatterns::exactly(name).match(name + "x")) << name;
  }
  EXPECT_FALSE(NamePatterns::exactly("*").match("other"));
}

TEST(AuthNamePatterns, stars_without_end_take_no_time) {
  std::string stars;
  for (int i = 0; i < 2'000; ++i) stars += "a*";
  EXPECT_FALSE(NamePatterns({stars + "b"}).match(std::string(1'000, 'a')));
}

}  // namespace
}  // namespace parley::auth
