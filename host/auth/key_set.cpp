#include "auth/key_set.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "auth/jwk.hpp"
#include "base/files.hpp"
#include "base/openssl.hpp"
#include "base/parse_json.hpp"

namespace parley::auth {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view begin_of_pem = "-----BEGIN ";

/// A host that starts has nobody to ask.
int no_password(char* /*out*/, int /*size*/, int /*writing*/, void* /*asker*/) {
  return -1;
}

Result<std::vector<Key>, std::string> read_pem(const std::string& text) {
  if (text.find(begin_of_pem, text.find(begin_of_pem) + 1) != std::string::npos)
    return Failure("has several keys in PEM: give each a file of its own.");
  const auto read = [&](auto* reader) {
    const OpensslPtr<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    return std::shared_ptr<EVP_PKEY>(reader(bio.get(), nullptr, no_password, nullptr), OpensslFree());
  };
  auto pair = read(PEM_read_bio_PrivateKey);
  const bool is_private = pair != nullptr;
  if (!pair) pair = read(PEM_read_bio_PUBKEY);
  ERR_clear_error();
  if (!pair) return Failure("is no key in PEM that can be read without a password.");
  auto key = Key::of_pair(std::move(pair), is_private);
  if (!key)
    return Failure("is no sound key for RS256 (RSA of " + std::to_string(Key::least_rsa_bits) + " to " +
                   std::to_string(Key::most_rsa_bits) + " bits), ES256 (P-256) or EdDSA (Ed25519).");
  return std::vector<Key>{*std::move(key)};
}

Result<std::vector<Key>, std::string> read_json(const std::string& text) {
  const json document = parse_json(text);
  if (!document.is_object()) return Failure("is neither a key in PEM nor a JSON Web Key, nor a set of them.");
  const auto set = document.find("keys");
  if (set == document.end()) {
    auto key = read_jwk(document);
    if (!key) return Failure("is no key to sign tokens with: " + key.error());
    return std::vector<Key>{*std::move(key)};
  }
  std::vector<Key> keys;
  std::string first_fault = "it is empty.";
  for (const json& each : *set) {
    auto key = read_jwk(each);
    if (key) {
      keys.push_back(*std::move(key));
    } else if (first_fault == "it is empty.") {
      first_fault = "of its first key, " + key.error();
    }
  }
  if (keys.empty()) return Failure("has no key to sign tokens with: " + first_fault);
  return keys;
}

}  // namespace

Result<std::vector<Key>, std::string> read_keys(const std::string& text) {
  // A JSON text never begins so, not even one that holds a PEM.
  return text.find(begin_of_pem) < text.find('{') ? read_pem(text) : read_json(text);
}

Result<KeySet, std::string> KeySet::read(const std::vector<fs::path>& files) {
  KeySet all;
  for (const fs::path& file : files) {
    const auto text = read_file(file);
    if (!text || text->empty())
      return Failure("There is no readable key in " + file.string() + ": `parley key` makes one.");
    auto keys = read_keys(*text);
    if (!keys) return Failure(file.string() + ' ' + keys.error());
    std::ranges::move(*keys, std::back_inserter(all.keys_));
  }
  if (all.keys_.size() > most_keys)
    return Failure("There are " + std::to_string(all.keys_.size()) + " keys, more than " +
                   std::to_string(most_keys) + ": take out those that sign nothing any more.");
  return all;
}

const Key* KeySet::signer() const {
  const auto found = std::ranges::find_if(keys_, &Key::can_sign);
  return found == keys_.end() ? nullptr : &*found;
}

std::vector<const Key*> KeySet::candidates(Algorithm algorithm, std::string_view id) const {
  std::vector<const Key*> found;
  for (const Key& key : keys_) {
    if (key.algorithm() == algorithm && (id.empty() || key.id().empty() || key.id() == id))
      found.push_back(&key);
  }
  return found;
}

std::string write_key_set(const std::vector<Key>& keys, bool with_secrets) {
  json set{{"keys", json::array()}};
  for (const Key& key : keys) {
    json jwk = to_jwk(key, with_secrets ? JwkPart::of_all : JwkPart::of_public);
    if (!jwk.is_null()) set["keys"].push_back(std::move(jwk));
  }
  return set.dump(2) + '\n';
}

}  // namespace parley::auth
