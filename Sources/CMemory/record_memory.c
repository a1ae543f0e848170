#define _GNU_SOURCE
#include "include/record_memory.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void memory_prefer_large_pages(void *start, size_t bytes) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)start + bytes) & ~(page - 1);
  if (end > first) madvise((void *)first, end - first, MADV_HUGEPAGE);
}
