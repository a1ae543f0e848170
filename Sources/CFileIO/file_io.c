#define _GNU_SOURCE
#include "file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int file_io_append_zeros(const char *path, size_t bytes) {
  const size_t step = 1 << 20;
  // Where a file system has no direct writes (tmpfs), ordinary ones do.
  int file = open(path, O_WRONLY | O_CLOEXEC | O_DIRECT);
  if (file < 0 && errno == EINVAL) file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  int error = 0;
  void *zeros = NULL;
  struct stat status;
  if (fstat(file, &status) != 0) {
    error = errno;
  } else if (posix_memalign(&zeros, 4096, step) != 0) {
    error = ENOMEM;
  } else {
    memset(zeros, 0, step);
    off_t end = status.st_size + (off_t)bytes;
    for (off_t offset = status.st_size; offset < end && error == 0;) {
      const size_t rest = (size_t)(end - offset);
      ssize_t written = pwrite(file, zeros, rest < step ? rest : step, offset);
      if (written > 0) {
        offset += written;
      } else if (errno != EINTR) {
        error = written < 0 ? errno : EIO;
      }
    }
    // The new size must be on disk before anybody relies on it.
    if (error == 0 && fdatasync(file) != 0) error = errno;
  }
  free(zeros);
  close(file);
  return error;
}

int file_io_open_durable(const char *path, bool create) {
  int flags = O_WRONLY | O_CLOEXEC | O_DSYNC | (create ? O_CREAT : 0);
  int file = open(path, flags | O_DIRECT, 0600);
  // Where a file system has no direct writes, ordinary ones are as durable.
  if (file < 0 && errno == EINVAL) file = open(path, flags, 0600);
  return file < 0 ? -errno : file;
}

void file_io_will_need(const void *start, size_t bytes) {
  // The kernel reads no more than its largest request for one call.
  const uintptr_t step = 1 << 20;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t end = (uintptr_t)start + bytes;
  for (uintptr_t at = (uintptr_t)start & ~(page - 1); at < end; at += step)
    madvise((void *)at, end - at < step ? end - at : step, MADV_WILLNEED);
}

static _Thread_local const file_io_pace *current_pace;
static atomic_ullong paced_flushes;

void file_io_set_pace(file_io_pace *pace, uint32_t milliseconds) {
  __atomic_store_n(&pace->milliseconds, milliseconds, __ATOMIC_RELAXED);
}

uint32_t file_io_get_pace(const file_io_pace *pace) {
  return __atomic_load_n(&pace->milliseconds, __ATOMIC_RELAXED);
}

void file_io_pace_flushes(const file_io_pace *pace) { current_pace = pace; }

static int64_t pace_nanoseconds(void) {
  return file_io_get_pace(current_pace) * 1000000LL;
}

uint64_t file_io_paced_flushes(void) { return paced_flushes; }

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/// Writes dirty pages out a window at a time and rests between windows, so that the requests of
/// another file never wait behind more than one window. Returns 0, or -1 with `errno`.
static int write_out_slowly(int file) {
  const off_t window = 256 << 10;
  const int64_t begun = nanoseconds();
  struct stat status;
  if (fstat(file, &status) != 0) return -1;
  for (off_t offset = 0; offset < status.st_size; offset += window) {
    int64_t started = nanoseconds();
    if (started - begun >= pace_nanoseconds()) return 0;
    if (sync_file_range(file, offset, window,
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                            SYNC_FILE_RANGE_WAIT_AFTER) != 0)
      return -1;
    int64_t taken = nanoseconds() - started;
    // A window without dirty pages takes a microsecond or two.
    if (taken > 20000) {
      struct timespec rest = {0, taken < 1000000 ? 2 * taken : 2000000};
      nanosleep(&rest, NULL);
    }
  }
  return 0;
}

/// Stands in for the C library's `fdatasync`, also for LMDB, whose commit flushes all pages of a
/// transaction at once and offers no other place to spread that out. The flush itself is the same.
int fdatasync(int file) {
  if (current_pace != NULL && pace_nanoseconds() > 0) {
    atomic_fetch_add(&paced_flushes, 1);
    // The kernel tells a failed write once per descriptor: what was told here, the flush below
    // would not tell again.
    if (write_out_slowly(file) != 0) return -1;
  }
  return (int)syscall(SYS_fdatasync, file);
}
