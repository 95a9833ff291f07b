#include "lan/certificate_file.hpp"

#include <system_error>
#include <utility>

#include "base/files.hpp"

namespace parley::lan {

namespace fs = std::filesystem;

Result<CertificateFile, std::string> keep_certificate(const fs::path& folder, const Names& names,
                                                      Instant now) {
  const fs::path file = folder / "lan.pem";
  if (const auto pem = read_file(file)) {
    auto certificate = read_self_signed(*pem);
    if (certificate && is_current(*certificate, names, now)) {
      std::error_code ignored;
      fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
      return CertificateFile{.path = file, .certificate = *std::move(certificate)};
    }
  }
  const std::string pem = make_self_signed(names, now);
  if (const std::error_code error = write_private_file(file, pem))
    return Failure("Cannot keep a certificate in " + folder.string() + ": " + error.message() +
                   ". Choose another folder with XDG_STATE_HOME.");
  return CertificateFile{.path = file, .certificate = read_self_signed(pem).value()};
}

}  // namespace parley::lan
