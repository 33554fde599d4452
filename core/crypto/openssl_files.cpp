// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/openssl_files.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "core/base/hex.hpp"
#include "core/crypto/ecdsa_form.hpp"
#include "core/crypto/evp_owned.hpp"

namespace daybook {
namespace {

// What stands before the raw bytes: RFC 8410 for Ed25519, RFC 5480 for a compressed P-256 point.
constexpr std::string_view kEd25519Head = "302a300506032b6570032100";
constexpr std::string_view kEs256Head = "3039301306072a8648ce3d020106082a8648ce3d030107032200";
constexpr std::string_view kSeedHead = "302e020100300506032b657004220420";
constexpr std::size_t kPemLine = 48;  // bytes, 64 letters

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio bio_over(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  ensure(bio != nullptr);
  return bio;
}

// Nobody is asked for a password at a terminal.
int no_password(char*, int, int, void*) { return 0; }

std::string pem_of(std::string_view head, BytesView raw, const std::string& what) {
  Bytes der = *from_hex(head);
  der.insert(der.end(), raw.begin(), raw.end());
  std::string text = "-----BEGIN " + what + "-----\n";
  for (std::size_t at = 0; at < der.size(); at += kPemLine) {
    const std::size_t size = std::min(kPemLine, der.size() - at);
    unsigned char line[kPemLine / 3 * 4 + 1];
    const int written = EVP_EncodeBlock(line, der.data() + at, static_cast<int>(size));
    text.append(reinterpret_cast<const char*>(line), static_cast<std::size_t>(written));
    text += '\n';
  }
  return text + "-----END " + what + "-----\n";
}

}  // namespace

std::string public_key_pem(const PublicKey& key) {
  return pem_of(key.alg == KeyAlg::kEs256 ? kEs256Head : kEd25519Head, key.raw, "PUBLIC KEY");
}

Bytes signature_file(const Signature& signature) {
  return signature.alg == KeyAlg::kEs256 ? ecdsa_der_of(signature.raw) : signature.raw;
}

Result<void> verify_files(std::string_view key_pem, BytesView message, BytesView signature) {
  const QuietErrors quiet;
  const EvpKey key(PEM_read_bio_PUBKEY(bio_over(key_pem).get(), nullptr, no_password, nullptr));
  if (!key) return failure(Errc::kInvalid, "key", "not a public key as PEM");
  const EvpDigestContext context(EVP_MD_CTX_new());
  ensure(context != nullptr);
  const EVP_MD* hash = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC ? EVP_sha256() : nullptr;
  if (EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.get()) != 1)
    return failure(Errc::kInvalid, "key", "cannot verify signatures");
  const int verdict = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                       message.data(), message.size());
  return verdict == 1 ? success() : failure(Errc::kWrongSignature, "signature");
}

std::string secret_key_pem(BytesView seed) { return pem_of(kSeedHead, seed, "PRIVATE KEY"); }

Result<Bytes> seed_in_pem(std::string_view pem) {
  const QuietErrors quiet;
  const EvpKey key(PEM_read_bio_PrivateKey(bio_over(pem).get(), nullptr, no_password, nullptr));
  Bytes seed(kKeySecretSize);
  std::size_t size = seed.size();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size) != 1 || size != seed.size())
    return failure(Errc::kInvalid, "key", "not an Ed25519 private key as PEM");
  return seed;
}

}  // namespace daybook
