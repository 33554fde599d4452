// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/readme.hpp"

namespace daybook::evidence {
namespace {

// Ed25519 signs the bytes as they are; ES256 signs their SHA-256.
std::string command_for(const Json& one) {
  const auto file = [&](const char* name) { return one.at(name).get<std::string>(); };
  if (one.at("alg") == "es256")
    return "openssl dgst -sha256 -verify " + file("key") + " -signature " + file("signature") +
           " " + file("statement");
  return "openssl pkeyutl -verify -pubin -inkey " + file("key") + " -rawin -in " +
         file("statement") + " -sigfile " + file("signature");
}

std::string commands_of(const Json& list) {
  std::string text;
  for (const auto& one : list) text += "  " + command_for(one) + "\n";
  return text;
}

std::string sums_of(const Json& papers) {
  std::string text;
  for (const auto& one : papers) text += "  sha256sum " + one.at("file").get<std::string>() + "\n";
  return text;
}

std::string missing_in(const Json& contents) {
  std::string text;
  for (const auto& one : contents) {
    if (one.at("file").is_null())
      text += "  " + one.at("sha256").get<std::string>() + "  " +
              one.at("state").get<std::string>() + "\n";
  }
  return text;
}

}  // namespace

std::string readme_of(const Json& manifest) {
  const std::string sums = sums_of(manifest.at("papers"));
  const std::string signatures = commands_of(manifest.at("signatures"));
  const std::string anchors = commands_of(manifest.at("anchors"));
  const std::string missing = missing_in(manifest.at("contents"));
  std::string text =
      "签名证据 · 服务单 " + manifest.at("visit").get<std::string>() +
      "\n\n只需 sha256sum 和 openssl(3.0 或更高)即可核验,不需要本公司的任何程序。\n\n"
      "一、文件是否完整\n  sha256sum -c SHA256SUMS\n  sha512sum -c SHA512SUMS\n\n"
      "二、顾客签了什么:以下命令算出的摘要,必须等于对应声明(signature-*.txt)中的 content_hash\n" +
      sums + "\n三、设备签名:每条命令必须答 Signature Verified Successfully(或 Verified OK)\n" +
      signatures;
  if (!anchors.empty())
    text += "\n四、公司收据:公司第一次收到该摘要的时间,由公司密钥签名;密钥须与公司公布的一致\n" +
            anchors;
  text +=
      "\nform-*.txt 是同一内容的可读文本,form-*.json 是逐字段的内容;声明中的 strokes_sha256 "
      "是笔迹文件"
      "(*.strokes)的摘要,\nimage_sha256 和 stamp_photo_sha256 是 content-<摘要> "
      "文件的摘要,照片的摘要写在 "
      "form-*.json 的 manifest 里。\nservice-form.pdf、*.txt、*.svg 便于阅读;有约束力的是 *.signed "
      "和声明。"
      "审批(approvals.json)写明所审的 content_hash,不在签名内容之内,因此不影响签名。\n"
      "用本公司程序核验并指出被改动之处:daybook evidence verify <文件夹>\n";
  if (!missing.empty()) text += "\n尚缺的内容(摘要已在签名之内):\n" + missing;
  text +=
      "\n--------\n\nEvidence of signatures, visit " + manifest.at("visit").get<std::string>() +
      "\n\nChecked with sha256sum and openssl (3.0 or later) alone; no program of the company is "
      "needed.\n\n1. The files are whole\n  sha256sum -c SHA256SUMS\n  sha512sum -c SHA512SUMS\n\n"
      "2. What was signed: each sum must be the content_hash in its statement (signature-*.txt)\n" +
      sums +
      "\n3. The phone's signature: each must answer Signature Verified Successfully (or Verified "
      "OK)\n" +
      signatures;
  if (!anchors.empty())
    text +=
        "\n4. The company's receipt: when it first received that hash, signed by its own key, "
        "which must be the one it publishes\n" +
        anchors;
  text +=
      "\nform-*.txt is the same content to read, form-*.json has it field by field; strokes_sha256 "
      "in "
      "a statement is the sum\nof the *.strokes file, image_sha256 and stamp_photo_sha256 are "
      "those "
      "of files content-<sum>, and the sums of photos\nstand in the manifest of form-*.json. "
      "service-form.pdf, *.txt and *.svg are for reading; what binds are the *.signed\nfiles and "
      "the "
      "statements. Approvals (approvals.json) name the content_hash they decided on and stand "
      "outside "
      "the signed\nbytes, so none breaks the signature. With the company's program, which says "
      "what "
      "was changed:\n  daybook evidence verify FOLDER\n";
  if (!missing.empty()) text += "\nNot here yet (the signed bytes hold their hash):\n" + missing;
  return text;
}

}  // namespace daybook::evidence
