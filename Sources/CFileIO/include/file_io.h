#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// System calls that Swift's C library module does not show.

/// Appends zeros to a file past the page cache, so that no flush of the file has to carry them.
///
/// `bytes` and the file's size must be multiples of 4,096; returns 0 or an errno.
int file_io_append_zeros(const char *path, size_t bytes);

/// Opens a file for writes that are durable when they return and pass the page cache where the file
/// system lets them; makes it, mode 0600, when missing and `create` says so.
///
/// Writes must begin in the file and in memory at multiples of 4,096 and be as long; returns a
/// descriptor or a negative errno.
int file_io_open_durable(const char *path, bool create);

/// Begins to bring pages of a mapped file to memory; any part of the mapping will do, used or not.
void file_io_will_need(const void *start, size_t bytes);

/// Over how many milliseconds flushes may be spread; any thread may change it at any time.
typedef struct {
  uint32_t milliseconds;
} file_io_pace;

/// Changes a pace, also for a flush that is under way.
void file_io_set_pace(file_io_pace *pace, uint32_t milliseconds);

/// The pace as it was set last.
uint32_t file_io_get_pace(const file_io_pace *pace);

/// From now on `fdatasync`, called by this thread, first writes the file's dirty pages out in small
/// windows with pauses between them, for as long as the pace allows; NULL ends this.
void file_io_pace_flushes(const file_io_pace *pace);

/// How many flushes of this process were paced.
uint64_t file_io_paced_flushes(void);
