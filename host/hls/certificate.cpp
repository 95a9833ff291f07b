#include "hls/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "base/openssl.hpp"

namespace parley::hls {

namespace {

/// No stream lasts that long; and clocks differ.
constexpr std::chrono::seconds valid_for = std::chrono::hours(24 * 30);
constexpr std::chrono::seconds valid_before = std::chrono::hours(24);

const EVP_MD* function_of(HashFunction function) {
  switch (function) {
    case HashFunction::sha1:
      return EVP_sha1();
    case HashFunction::sha224:
      return EVP_sha224();
    case HashFunction::sha256:
      return EVP_sha256();
    case HashFunction::sha384:
      return EVP_sha384();
    case HashFunction::sha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

std::string digest_of(const X509* certificate, HashFunction function) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (X509_digest(certificate, function_of(function), digest.data(), &length) == 0) return {};
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    std::array<char, 4> byte{};
    std::snprintf(byte.data(), byte.size(), i == 0 ? "%02X" : ":%02X", digest.at(i));
    text.append(byte.data());
  }
  return text;
}

}  // namespace

std::string digest_of(const std::string& pem, HashFunction function) {
  const OpensslPtr<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!text) return {};
  const OpensslPtr<X509> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  return certificate ? digest_of(certificate.get(), function) : std::string{};
}

std::optional<Certificate> new_certificate() {
  const OpensslPtr<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const OpensslPtr<X509> certificate(X509_new());
  const OpensslPtr<BIO> text(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !text) return std::nullopt;
  constexpr long version_3 = 2;
  X509_set_version(certificate.get(), version_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -static_cast<long>(valid_before.count()));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(valid_for.count()));
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const std::string_view common_name = "Parley";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return std::nullopt;
  if (PEM_write_bio_X509(text.get(), certificate.get()) == 0) return std::nullopt;
  if (PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 0)
    return std::nullopt;
  const char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  return Certificate{.pem = {bytes, static_cast<std::size_t>(length)},
                     .fingerprint = "sha-256 " + digest_of(certificate.get(), HashFunction::sha256)};
}

}  // namespace parley::hls
