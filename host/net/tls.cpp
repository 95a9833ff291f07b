#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <new>

namespace parley::net {
namespace {

/// In a row, without a byte of content (RFC 8446 section 4.6.3). Libraries update their keys after gigabytes.
constexpr int most_key_updates = 32;

/// The one application protocol that is spoken inside (RFC 7301): a browser would rather have HTTP/2.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
  constexpr std::string_view wanted = "http/1.1";
  for (unsigned at = 0; at < offered_length; at += 1U + offered[at]) {
    const std::string_view each(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
    if (each != wanted) continue;
    *out = offered + at + 1;
    *length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

Result<void, std::string> read_into(SSL_CTX* context, const KeyPair& pair) {
  const std::string certificate = pair.certificate.string();
  const std::string key = pair.key.string();
  for (const std::string& file : {certificate, key})
    if (!std::ifstream(file)) return Failure("There is no readable file " + file + '.');
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return Failure("There is no certificate in PEM in " + certificate + '.');
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return Failure(mismatch
                       ? "The key in " + key + " is not the one of the certificate in " + certificate + '.'
                       : "There is no private key in PEM, without a password, in " + key + '.');
  }
  if (SSL_CTX_check_private_key(context) != 1)
    return Failure("The key in " + key + " is not the one of the certificate in " + certificate + '.');
  if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context))) < 0)
    return Failure("The certificate in " + certificate + " has expired.");
  return {};
}

void set_up(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
  // A record's header and the rest of it take one recv().
  SSL_CTX_set_read_ahead(context, 1);
  // What was not sent is offered again from where it waits, and an idle connection keeps no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // Tickets carry the sessions: none is kept here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  constexpr std::string_view application = "parley";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(application.data()),
                                 static_cast<unsigned>(application.size()));
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

}  // namespace

Result<std::shared_ptr<const TlsContext>, std::string> TlsContext::load(const std::vector<KeyPair>& pairs) {
  auto loaded = std::make_shared<TlsContext>();
  for (const KeyPair& pair : pairs) {
    ERR_clear_error();
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) throw std::bad_alloc();
    set_up(context.get());
    if (auto read = read_into(context.get(), pair); !read) return Failure(std::move(read.error()));
    loaded->contexts_.push_back(std::move(context));
  }
  ERR_clear_error();
  SSL_CTX* const first = loaded->contexts_.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, choose);
  SSL_CTX_set_tlsext_servername_arg(first, loaded.get());
  return std::shared_ptr<const TlsContext>(std::move(loaded));
}

int TlsContext::choose(SSL* ssl, int*, void* self) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_OK;
  for (const Context& context : static_cast<const TlsContext*>(self)->contexts_) {
    if (X509_check_host(SSL_CTX_get0_certificate(context.get()), name, std::strlen(name), 0, nullptr) != 1)
      continue;
    SSL_set_SSL_CTX(ssl, context.get());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_OK;
}

SSL* TlsContext::make() const {
  SSL* const ssl = SSL_new(contexts_.front().get());
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_accept_state(ssl);
  return ssl;
}

Tls::Tls(std::shared_ptr<const TlsContext> context, int fd)
    : context_(std::move(context)), socket_(fd), ssl_(context_->make()) {
  BIO* const bio = socket_.make();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_msg_callback(ssl_.get(), count_key_updates);
  SSL_set_msg_callback_arg(ssl_.get(), this);
}

void Tls::count_key_updates(int is_sent, int, int type, const void* message, std::size_t size, SSL*,
                            void* self) {
  if (is_sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
  if (*static_cast<const std::uint8_t*>(message) == SSL3_MT_KEY_UPDATE)
    ++static_cast<Tls*>(self)->key_updates_;
}

std::optional<std::size_t> Tls::receive(std::span<std::uint8_t> into) {
  const std::lock_guard lock(mutex_);
  std::size_t all = 0;
  // Of what is read now and the record that began before, no whole record may be left inside: no socket would
  // say so.
  socket_.allow(into.size() - (std::size_t{2} * SSL3_RT_MAX_ENCRYPTED_LENGTH));
  for (;;) {
    ERR_clear_error();
    std::size_t read = 0;
    if (SSL_read_ex(ssl_.get(), into.data() + all, into.size() - all, &read) == 1) {
      all += read;
      key_updates_ = 0;
      if (SSL_has_pending(ssl_.get()) == 0) break;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), 0);
    const bool floods = key_updates_ > most_key_updates;
    if (!floods && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)) break;
    if (all > 0) {
      socket_.announce_end();
      break;
    }
    find_fault();
    return std::nullopt;
  }
  return all;
}

std::optional<std::size_t> Tls::send(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    ERR_clear_error();
    std::size_t taken = 0;
    if (SSL_write_ex(ssl_.get(), bytes.data() + sent, bytes.size() - sent, &taken) == 1) {
      sent += taken;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), 0);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) break;
    return std::nullopt;
  }
  return sent;
}

void Tls::end_sending() {
  const std::lock_guard lock(mutex_);
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
}

void Tls::find_fault() {
  if (SSL_is_init_finished(ssl_.get()) == 1) return;
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  cleartext_ = reason == SSL_R_HTTP_REQUEST;
  const char* words = ERR_reason_error_string(ERR_peek_last_error());
  if (words != nullptr) fault_ = words;  // OpenSSL's own, for good
}

}  // namespace parley::net
