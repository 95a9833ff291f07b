#include "lan/self_signed.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string_view>

#include "base/openssl.hpp"

namespace parley::lan {
namespace {

// Apple's systems take no certificate that is valid for more than 398 days.
constexpr std::chrono::days lifetime{397};
// Clocks differ.
constexpr std::chrono::days begins_before{1};
constexpr std::chrono::days renewed_before{30};

void check(bool done) {
  if (done) return;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error(std::string("OpenSSL makes no certificate: ") + (reason ? reason : "unknown"));
}

template <class T>
OpensslPtr<T> checked(T* made) {
  check(made != nullptr);
  return OpensslPtr<T>(made);
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t most = 253;
  return !text.empty() && text.size() <= most && text.front() != '.' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos;
}

/// Takes ownership of the value.
void add_name(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
  check(value != nullptr);
  GENERAL_NAME* const name = GENERAL_NAME_new();
  if (name == nullptr) ASN1_STRING_free(value);
  check(name != nullptr);
  GENERAL_NAME_set0_value(name, type, value);
  if (sk_GENERAL_NAME_push(names, name) > 0) return;
  GENERAL_NAME_free(name);
  check(false);
}

OpensslPtr<GENERAL_NAMES> encode(const Names& names) {
  auto encoded = checked(GENERAL_NAMES_new());
  for (const std::string& host : names.hosts) {
    ASN1_STRING* const value = ASN1_IA5STRING_new();
    check(value != nullptr && ASN1_STRING_set(value, host.data(), static_cast<int>(host.size())) == 1);
    add_name(encoded.get(), GEN_DNS, value);
  }
  for (const std::string& address : names.addresses)
    add_name(encoded.get(), GEN_IPADD, a2i_IPADDRESS(address.c_str()));
  return encoded;
}

std::string text_of_address(const ASN1_OCTET_STRING* value) {
  constexpr int four_bytes = 4;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(value) == four_bytes ? AF_INET : AF_INET6;
  ::inet_ntop(family, ASN1_STRING_get0_data(value), text.data(), text.size());
  return text.data();
}

Names decode(const GENERAL_NAMES* encoded) {
  Names names;
  for (int i = 0; i < sk_GENERAL_NAME_num(encoded); ++i) {
    int type = 0;
    const auto* const value =
        static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(encoded, i), &type));
    if (type == GEN_DNS)
      names.hosts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                               static_cast<std::size_t>(ASN1_STRING_length(value)));
    if (type == GEN_IPADD) names.addresses.push_back(text_of_address(value));
  }
  return names;
}

/// Another one each time: Firefox refuses two certificates of one issuer with the same.
void set_serial_number(X509* certificate) {
  constexpr int bits = 127;
  const auto number = checked(BN_new());
  check(BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  check(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void add_extension(X509* certificate, int kind, const char* value) {
  const auto extension = checked(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  check(X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  check(X509_digest(certificate, EVP_sha256(), digest.data(), &length) == 1);
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    std::array<char, 4> byte{};
    std::snprintf(byte.data(), byte.size(), i == 0 ? "%02X" : ":%02X", digest.at(i));
    text.append(byte.data());
  }
  return text;
}

Instant instant_of(const ASN1_TIME* time) {
  std::tm broken{};
  if (ASN1_TIME_to_tm(time, &broken) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&broken));
}

bool all_in(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return std::ranges::all_of(
      wanted, [&](const std::string& each) { return std::ranges::find(there, each) != there.end(); });
}

}  // namespace

Names names_of(std::string host_name, const std::vector<InterfaceAddress>& addresses) {
  Names names{.hosts = {"localhost"}, .addresses = {}};
  for (char& c : host_name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (is_host_name(host_name) && host_name != "localhost") {
    names.hosts.push_back(host_name);
    const std::string local = host_name.substr(0, host_name.find('.')) + ".local";
    if (local != host_name) names.hosts.push_back(local);
  }
  for (const InterfaceAddress& each : addresses)
    if (!each.is_temporary) names.addresses.push_back(each.address);
  return names;
}

std::string make_self_signed(const Names& names, Instant now) {
  ERR_clear_error();
  const auto key = checked(EVP_EC_gen("P-256"));
  const auto certificate = checked(X509_new());
  constexpr long version_3 = 2;
  check(X509_set_version(certificate.get(), version_3) == 1);
  set_serial_number(certificate.get());
  const Instant begins = now - begins_before;
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), std::chrono::system_clock::to_time_t(begins));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()),
                std::chrono::system_clock::to_time_t(begins + lifetime));
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  constexpr std::string_view common_name = "Parley on this network";
  check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1);
  check(X509_set_issuer_name(certificate.get(), subject) == 1);
  check(X509_set_pubkey(certificate.get(), key.get()) == 1);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  check(X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, encode(names).get(), 0,
                          X509V3_ADD_DEFAULT) == 1);
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);

  const auto text = checked(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  check(PEM_write_bio_X509(text.get(), certificate.get()) == 1);
  const char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

std::optional<Certificate> read_self_signed(const std::string& pem) {
  const auto read = [&](auto reader) {
    const auto text = checked(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return reader(text.get(), nullptr, nullptr, nullptr);
  };
  const OpensslPtr<X509> certificate(read(PEM_read_bio_X509));
  const OpensslPtr<EVP_PKEY> key(read(PEM_read_bio_PrivateKey));
  const bool pair = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!pair) return std::nullopt;
  const OpensslPtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  return Certificate{.names = decode(names.get()),
                     .begins = instant_of(X509_get0_notBefore(certificate.get())),
                     .ends = instant_of(X509_get0_notAfter(certificate.get())),
                     .fingerprint = fingerprint_of(certificate.get())};
}

bool is_current(const Certificate& certificate, const Names& names, Instant now) {
  return certificate.begins <= now && now + renewed_before < certificate.ends &&
         all_in(names.hosts, certificate.names.hosts) && all_in(names.addresses, certificate.names.addresses);
}

}  // namespace parley::lan
