#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "lan/self_signed.hpp"

namespace parley::lan {

/// A file with this machine's certificate and its key, in PEM.
struct CertificateFile {
  std::filesystem::path path;
  Certificate certificate;
};

/// The certificate that is kept in this folder, or another one in its place where it is not current. Only its
/// owner may read the file. The error is a sentence.
[[nodiscard]] Result<CertificateFile, std::string> keep_certificate(const std::filesystem::path& folder,
                                                                    const Names& names, Instant now);

}  // namespace parley::lan
