#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// How often this process has asked for memory since it started: calls of malloc, calloc, realloc,
/// aligned_alloc, memalign and posix_memalign, from any library in it.
unsigned long allocation_count(void);

#endif
