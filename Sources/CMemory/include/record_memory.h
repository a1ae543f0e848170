#pragma once
#include <stddef.h>

/// Begins to bring the cache line of an address to the processor; any address will do.
static inline void memory_prefetch(const void *address) { __builtin_prefetch(address); }

/// Asks for large pages behind a range that is used all over: fewer translations miss. The range need
/// not begin or end with a page; where the kernel has no large pages nothing changes.
void memory_prefer_large_pages(void *start, size_t bytes);
