// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/doctor.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>

#include <algorithm>
#include <filesystem>

#include "core/base/hex.hpp"
#include "sync-server/net/tls.hpp"
#include "sync-server/ops/last_known.hpp"
#include "sync-server/store/sqlite/backup.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

constexpr std::int64_t kMinuteMs = 60LL * 1000;
constexpr std::int64_t kDayMs = 24LL * 60 * kMinuteMs;
constexpr std::uint64_t kMib = 1ULL << 20;
constexpr std::uint64_t kFilesWanted = 20'000;

// One examination; every check adds one finding.
class Doctor {
 public:
  Doctor(const Config& config, Clock& clock, const std::function<void(const Finding&)>& tell)
      : config_(config), clock_(clock), tell_(tell), store_(config.path_of(config.store)) {}

  void check_key();
  void check_certificate();
  void check_disk();
  void check_clock();
  void check_files();
  bool check_format();
  void check_store();
  void check_book();
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(Finding finding) {
    tell_(finding);
    findings_.push_back(std::move(finding));
  }
  void good(std::string what, std::string en, std::string zh) {
    add({Kind::kGood, std::move(what), std::move(en), std::move(zh), {}, {}});
  }
  void check_backups(ServerStore& book);
  void check_trouble(ServerStore& book);
  void check_last_commit(ServerStore& book, const StoreHead& head);

  const Config& config_;
  Clock& clock_;
  const std::function<void(const Finding&)>& tell_;
  const std::string store_;
  std::vector<Finding> findings_;
};

void Doctor::check_key() {
  const std::string key = config_.path_of(config_.key);
  struct stat found {};
  if (::stat(key.c_str(), &found) != 0) {
    return add({Kind::kBad, "key", key + " cannot be read", key + " 无法读取",
                "Put the server's key back from where it is kept; phones believe no other.",
                "请从备份处放回服务器密钥；手机只信任这一个。"});
  }
  if ((found.st_mode & 077U) != 0) {
    return add({Kind::kLook, "key", key + " may be read by others", key + " 可被他人读取",
                "chmod 600 " + key, "chmod 600 " + key});
  }
  good("key", "the key is there and nobody else's to read", "密钥存在，且他人不可读");
}

void Doctor::check_certificate() {
  const std::string file = config_.path_of(config_.certificate);
  const auto fits = make_tls_context(config_.path_of(config_.key), file, HttpLimits{});
  const auto facts = certificate_facts(file);
  if (!fits.ok() || !facts.ok()) {
    const std::string why = to_string(fits.ok() ? facts.error() : fits.error());
    return add({Kind::kBad, "certificate", "key and certificate do not work together: " + why,
                "密钥与证书不匹配：" + why,
                "Make a certificate over this key, then: systemctl reload daybookd",
                "请用此密钥重新签发证书，然后执行 systemctl reload daybookd"});
  }
  const std::int64_t days = (facts->not_after_ms - clock_.wall_ms()) / kDayMs;
  const std::string left = std::to_string(days);
  if (days < 30) {
    return add({days < 0 ? Kind::kBad : Kind::kLook, "certificate",
                "the certificate is good for " + left + " more days",
                "证书剩余有效期 " + left + " 天",
                "Renew it over the same key, then: systemctl reload daybookd",
                "请用同一密钥续签，然后执行 systemctl reload daybookd"});
  }
  good("certificate", "the certificate is good for " + left + " more days (" + facts->names + ")",
       "证书剩余有效期 " + left + " 天（" + facts->names + "）");
}

void Doctor::check_disk() {
  std::error_code failed;
  const auto space = fs::space(fs::path(store_).parent_path(), failed);
  const auto size = fs::file_size(store_, failed);
  const std::uint64_t free = failed ? 0 : space.available;
  const std::uint64_t wanted = std::max<std::uint64_t>(kMib * 256, failed ? 0 : size * 2);
  const std::string free_text = std::to_string(free / kMib) + " MiB";
  const auto log = fs::file_size(store_ + "-wal", failed);
  if (free < kMib * 64 || free < wanted) {
    return add({free < kMib * 64 ? Kind::kBad : Kind::kLook, "disk",
                free_text + " free; a backup needs as much as the store again",
                "剩余空间 " + free_text + "；备份还需与数据同样大小的空间",
                "Make room, or move the backups to another disk (\"backups\" in daybookd.json).",
                "请清理磁盘，或把备份移到另一磁盘（daybookd.json 中的 \"backups\"）。"});
  }
  if (!failed && log > kMib * 512) {
    return add({Kind::kLook, "disk",
                "the store's log has grown to " + std::to_string(log / kMib) + " MiB",
                "数据日志已增至 " + std::to_string(log / kMib) + " MiB",
                "Something reads the store without an end; close programs that have it open.",
                "有程序长时间占用数据文件；请关闭它们。"});
  }
  good("disk", free_text + " free", "剩余空间 " + free_text);
}

void Doctor::check_clock() {
  struct timex kernel {};
  const int state = ::adjtimex(&kernel);
  if (state < 0 || (kernel.status & STA_UNSYNC) != 0) {
    return add(
        {Kind::kLook, "clock", "the system clock is not synchronised", "系统时钟未同步",
         "Run a time service (apt install systemd-timesyncd). Nothing is decided by clocks, but "
         "people read times.",
         "请启用时间服务（apt install systemd-timesyncd）。系统不以时钟裁决，但时间供人查看。"});
  }
  good("clock", "the system clock is synchronised", "系统时钟已同步");
}

void Doctor::check_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < kFilesWanted) {
    return add({Kind::kLook, "files",
                "a process may open " + std::to_string(limit.rlim_max) +
                    " files; 10,000 phones need 20,000",
                "每进程可打开 " + std::to_string(limit.rlim_max) + " 个文件；一万部手机需要两万个",
                "Set LimitNOFILE=20000 in the unit, or ulimit -n 20000.",
                "请在服务单元中设置 LimitNOFILE=20000，或执行 ulimit -n 20000。"});
  }
  good("files", "enough files may be open", "可打开的文件数足够");
}

bool Doctor::check_format() {
  std::error_code unreadable;
  if (!fs::exists(store_, unreadable)) {
    add({Kind::kBad, "store", store_ + " is not there", store_ + " 不存在",
         "Make a server with daybookd init, or put a backup back with daybookd restore.",
         "请用 daybookd init 新建，或用 daybookd restore 恢复备份。"});
    return false;
  }
  const auto format = format_of_store(store_);
  if (!format.ok()) {
    add({Kind::kBad, "store", to_string(format.error()), to_string(format.error()),
         format.error().code == Errc::kTooNew ? "Install the newer Daybook that wrote it."
                                              : "Put a backup back with daybookd restore.",
         format.error().code == Errc::kTooNew ? "请安装写入此数据的新版本。"
                                              : "请用 daybookd restore 恢复备份。"});
    return false;
  }
  if (format->found < format->newest) {
    const std::string from = std::to_string(format->found);
    add({Kind::kLook, "store",
         "the store is of format " + from + "; this build writes " + std::to_string(format->newest),
         "数据为第 " + from + " 版格式；本程序为第 " + std::to_string(format->newest) + " 版",
         "Try it first: daybookd migrate --dry-run. Then take a backup, and start the server.",
         "请先试运行：daybookd migrate --dry-run，再备份，然后启动服务。"});
    return false;
  }
  return true;
}

void Doctor::check_store() {
  const auto proof = prove_store(store_);
  if (!proof.ok()) {
    return add({Kind::kBad, "store", "the store does not add up: " + to_string(proof.error()),
                "数据校验失败：" + to_string(proof.error()),
                "Stop the server, keep the file, and restore the newest backup; phones send again "
                "what it does not hold.",
                "请停止服务并保留此文件，然后恢复最新备份；手机会补发缺少的内容。"});
  }
  good("store",
       std::to_string(proof->head.version) + " commits chain up, " +
           std::to_string(proof->records) + " records can be read",
       std::to_string(proof->head.version) + " 次提交链完整，" + std::to_string(proof->records) +
           " 条记录可读");
}

void Doctor::check_last_commit(ServerStore& book, const StoreHead& head) {
  const auto last = book.find_commit(head.version);
  if (last.ok() && *last && (*last)->received_ms > clock_.wall_ms() + 5 * kMinuteMs) {
    const std::string minutes =
        std::to_string(((*last)->received_ms - clock_.wall_ms()) / kMinuteMs);
    add({Kind::kBad, "clock", "the clock is " + minutes + " minutes behind the last commit",
         "时钟比最后一次提交慢 " + minutes + " 分钟",
         "Set the clock right; the book itself is not harmed.", "请校正时钟；数据不受影响。"});
  }
  const auto last_known = LastKnown::open(store_);
  const auto known = last_known.ok() ? last_known->read() : std::nullopt;
  if (known && known->version > head.version) {
    add({Kind::kLook, "store",
         "the store stands at " + std::to_string(head.version) + ", but was seen at " +
             std::to_string(known->version),
         "数据停在 " + std::to_string(head.version) + "，但曾到过 " +
             std::to_string(known->version),
         "A file was put back by hand. The next start begins a new epoch and phones send again "
         "what is "
         "missing.",
         "文件曾被手工替换。下次启动会开始新纪元，手机会补发缺少的内容。"});
  }
}

void Doctor::check_backups(ServerStore& book) {
  const auto rows = book.list_backups();
  if (!rows.ok() || rows->empty()) {
    return add({Kind::kLook, "backups", "no backup is registered", "没有已登记的备份",
                "daybook backup, every night; phones keep what they sent until it is in one.",
                "请每晚执行 daybook backup；手机在备份前会保留已发送的内容。"});
  }
  const auto newest = std::max_element(
      rows->begin(), rows->end(),
      [](const BackupRow& a, const BackupRow& b) { return a.taken_ms < b.taken_ms; });
  std::error_code unreadable;
  for (const auto& row : *rows) {
    if (fs::exists(row.path, unreadable)) continue;
    const std::string forget = "daybook backup forget " + to_string(row.backup);
    add({Kind::kLook, "backups", row.path + " is registered and not there",
         row.path + " 已登记但不存在", "If it is gone for good: " + forget,
         "若已永久丢失：" + forget});
  }
  const std::int64_t days = (clock_.wall_ms() - newest->taken_ms) / kDayMs;
  if (days >= 2) {
    return add(
        {Kind::kLook, "backups", "the newest backup is " + std::to_string(days) + " days old",
         "最新备份已是 " + std::to_string(days) + " 天前", "daybook backup", "daybook backup"});
  }
  good("backups",
       std::to_string(rows->size()) + " registered, the newest of commit " +
           std::to_string(newest->version),
       "已登记 " + std::to_string(rows->size()) + " 个备份，最新至提交 " +
           std::to_string(newest->version));
}

void Doctor::check_trouble(ServerStore& book) {
  constexpr std::size_t kCountedMax = 100'000;
  const auto cases = book.list_cases(CaseState::kOpen, 0, kCountedMax);
  const auto parked = book.list_parked(kCountedMax);
  const std::size_t open = cases.ok() ? cases->size() : 0;
  const std::size_t waiting = parked.ok() ? parked->size() : 0;
  if (open + waiting > 0) {
    return add({Kind::kLook, "cases",
                std::to_string(open) + " cases open, " + std::to_string(waiting) + " sets parked",
                "未结案件 " + std::to_string(open) + "，搁置 " + std::to_string(waiting),
                "daybook cases list; daybook parked", "daybook cases list；daybook parked"});
  }
  good("cases", "nothing waits for a person", "没有待处理的案件");
}

void Doctor::check_book() {
  const auto book = SqliteServerStore::open_to_look_on(store_);
  if (!book.ok() || !(*book)->begin().ok()) return;
  const auto head = (*book)->head();
  if (head.ok()) check_last_commit(**book, *head);
  check_backups(**book);
  check_trouble(**book);
  (*book)->rollback();
}

}  // namespace

std::vector<Finding> examine(const Config& config, Clock& clock, bool quick,
                             const std::function<void(const Finding&)>& tell) {
  Doctor doctor(config, clock, tell);
  doctor.check_key();
  doctor.check_certificate();
  doctor.check_disk();
  doctor.check_clock();
  doctor.check_files();
  if (doctor.check_format()) {
    doctor.check_book();
    if (!quick) doctor.check_store();
  }
  return doctor.take();
}

}  // namespace daybook
