// SPDX-License-Identifier: Apache-2.0
// Loaded before the C library (LD_PRELOAD) by content_crash_test.py: the process kills itself
// (SIGKILL) right before the Nth call that changes a file whose path contains one of the given
// parts, or, torn, in the middle of it; and right before the first word it sends after such a call.
// So every step between two states of the disk is met once, by count and not by chance.
//
// CRASH_AT_SWITCH names a file: while it is there, calls are counted. Its words are
// "N whole|torn PART…". The place of death is added to <switch>.hit as a line. Any thread.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long counted;
static int changed;  // since something was sent

/* ISO C knows no cast from an object pointer to a function; dlsym() is made for it all the same. */
#define REAL(name, result, ...)           \
  static result (*real)(__VA_ARGS__);     \
  if (real == NULL) {                     \
    void* found = dlsym(RTLD_NEXT, name); \
    memcpy(&real, &found, sizeof real);   \
  }

struct plan {
  long number;
  int torn;
  char parts[4096];
};

static int read_plan(struct plan* plan) {
  const char* name = getenv("CRASH_AT_SWITCH");
  const int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[4096] = "", how[16] = "";
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  int used = 0;
  if (size <= 0 || sscanf(text, "%ld %15s %n", &plan->number, how, &used) < 2) return 0;
  plan->torn = strcmp(how, "torn") == 0;
  strcpy(plan->parts, text + used);
  return 1;
}

static int is_meant(struct plan* plan, const char* path) {
  char* rest = NULL;
  for (char* part = strtok_r(plan->parts, " \n", &rest); part != NULL;
       part = strtok_r(NULL, " \n", &rest)) {
    if (strstr(path, part) != NULL) return 1;
  }
  return 0;
}

static void die(const char* call, const char* path) {
  char name[4096], line[8192];
  snprintf(name, sizeof name, "%s.hit", getenv("CRASH_AT_SWITCH"));
  const int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int size = snprintf(line, sizeof line, "%s %s\n", call, path);
  REAL("write", ssize_t, int, const void*, size_t)
  if (file >= 0 && size > 0 && real(file, line, (size_t)size) > 0) close(file);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void path_of(int fd, const char* name, char* path, size_t size) {
  char link[64], folder[4096] = "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (name != NULL && (name[0] == '/' || fd == AT_FDCWD)) {
    snprintf(path, size, "%s", name);
    return;
  }
  const ssize_t got = readlink(link, folder, sizeof folder - 1);
  folder[got < 0 ? 0 : got] = '\0';
  snprintf(path, size, name == NULL ? "%s" : "%s/%s", folder, name);
}

/* True: it is this call's turn, and the caller tears it. */
static int turn_to_tear(const char* call, int fd, const char* name) {
  struct plan plan;
  char path[8192];
  if (!read_plan(&plan)) return 0;
  path_of(fd, name, path, sizeof path);
  if (!is_meant(&plan, path)) return 0;
  __atomic_store_n(&changed, 1, __ATOMIC_SEQ_CST);
  if (__atomic_fetch_add(&counted, 1, __ATOMIC_SEQ_CST) + 1 != plan.number) return 0;
  const int torn = plan.torn && strstr(call, "write") != NULL;
  if (!torn) die(call, path);
  return 1;
}

static void before_sending(void) {
  struct plan plan;
  if (!read_plan(&plan) || !__atomic_exchange_n(&changed, 0, __ATOMIC_SEQ_CST)) return;
  if (__atomic_fetch_add(&counted, 1, __ATOMIC_SEQ_CST) + 1 == plan.number)
    die("send", "the answer");
}

#define WRITES(name, type, symbol)                                   \
  ssize_t symbol(int fd, const void* bytes, size_t size, type at) {  \
    REAL(name, ssize_t, int, const void*, size_t, type)              \
    if (turn_to_tear(name, fd, NULL)) {                              \
      if (real(fd, bytes, size / 2, at) >= 0) die("torn " name, ""); \
    }                                                                \
    return real(fd, bytes, size, at);                                \
  }
WRITES("pwrite", off_t, pwrite)
WRITES("pwrite64", off64_t, pwrite64)

#define ON_FILE(name, symbol)        \
  int symbol(int fd) {               \
    REAL(name, int, int)             \
    (void)turn_to_tear(name, fd, 0); \
    return real(fd);                 \
  }
ON_FILE("fsync", fsync)
ON_FILE("fdatasync", fdatasync)

#define CUTS(name, type, symbol)        \
  int symbol(int fd, type size) {       \
    REAL(name, int, int, type)          \
    (void)turn_to_tear(name, fd, NULL); \
    return real(fd, size);              \
  }
CUTS("ftruncate", off_t, ftruncate)
CUTS("ftruncate64", off64_t, ftruncate64)

int renameat(int from, const char* old, int to, const char* fresh) {
  REAL("renameat", int, int, const char*, int, const char*)
  (void)turn_to_tear("renameat", to, fresh);
  return real(from, old, to, fresh);
}

int linkat(int from, const char* old, int to, const char* fresh, int flags) {
  REAL("linkat", int, int, const char*, int, const char*, int)
  (void)turn_to_tear("linkat", to, fresh);
  return real(from, old, to, fresh, flags);
}

int unlinkat(int folder, const char* name, int flags) {
  REAL("unlinkat", int, int, const char*, int)
  (void)turn_to_tear("unlinkat", folder, name);
  return real(folder, name, flags);
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  REAL("sendmsg", ssize_t, int, const struct msghdr*, int)
  before_sending();
  return real(fd, message, flags);
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  REAL("send", ssize_t, int, const void*, size_t, int)
  before_sending();
  return real(fd, bytes, size, flags);
}
