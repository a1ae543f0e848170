#pragma once
#include <stdint.h>

/// Names the calling thread, at most 15 bytes, for whoever looks at the process from outside.
void thread_set_name(const char *name);

/// Asks the scheduler to run the calling thread soon after it wakes, in turns of so many nanoseconds;
/// its share of the processor stays the same. Where the kernel does not know this, nothing changes.
void thread_prefer_short_turns(uint64_t nanoseconds);

/// Gives the calling thread a smaller share of the processor: 0 to 19, as `nice` counts.
void thread_be_nice(int nice);

/// As `thread_be_nice`, and the thread never interrupts another one when it wakes up. Cheap when the
/// thread was told before, so that work on threads of others can begin with it.
void thread_stay_behind(int nice);
