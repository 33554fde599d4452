// SPDX-License-Identifier: Apache-2.0
// Loaded before the C library (LD_PRELOAD) by full_disk_test.py: while the file named by
// FULL_DISK_SWITCH exists, files whose path contains what stands in it cannot be written, as on a
// disk with no room left; reading goes on. Any thread. Knows nothing of writes through a memory
// map.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_full(int fd) {
  char part[4096] = "", link[64], path[4096];
  const char* name = getenv("FULL_DISK_SWITCH");
  const int full = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (full < 0) return 0;
  const ssize_t part_size = read(full, part, sizeof part - 1);
  close(full);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (part_size <= 0 || size < 0) return 0;
  path[size] = '\0';
  return strstr(path, part) != NULL;
}

#define REFUSED(fd)  \
  if (is_full(fd)) { \
    errno = ENOSPC;  \
    return -1;       \
  }

/* ISO C knows no cast from an object pointer to a function; dlsym() is made for it all the same. */
#define REAL(name, ...)                   \
  static __VA_ARGS__;                     \
  if (real == NULL) {                     \
    void* found = dlsym(RTLD_NEXT, name); \
    memcpy(&real, &found, sizeof real);   \
  }

ssize_t write(int fd, const void* bytes, size_t size) {
  REAL("write", ssize_t(*real)(int, const void*, size_t))
  REFUSED(fd)
  return real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  REAL("pwrite", ssize_t(*real)(int, const void*, size_t, off_t))
  REFUSED(fd)
  return real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  REAL("pwrite64", ssize_t(*real)(int, const void*, size_t, off64_t))
  REFUSED(fd)
  return real(fd, bytes, size, at);
}
