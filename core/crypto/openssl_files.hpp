// SPDX-License-Identifier: Apache-2.0
// Keys and signatures as the files that `openssl` reads, for whoever checks evidence without this
// program: keys as PEM (SubjectPublicKeyInfo, PKCS#8), Ed25519 signatures as their 64 bytes, ES256
// signatures as DER. Used where evidence is exported and checked, and for the key that headquarters
// keeps as a file. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/crypto/device_key.hpp"

namespace daybook {

std::string public_key_pem(const PublicKey& key);
Bytes signature_file(const Signature& signature);
// What `openssl pkeyutl -verify` or `openssl dgst -verify` says of the three files. kInvalid at
// `key` when it is no such key, kWrongSignature.
Result<void> verify_files(std::string_view key_pem, BytesView message, BytesView signature);

// An Ed25519 seed as the file of a private key, and back. kInvalid when it is no such file.
std::string secret_key_pem(BytesView seed);
Result<Bytes> seed_in_pem(std::string_view pem);

}  // namespace daybook
