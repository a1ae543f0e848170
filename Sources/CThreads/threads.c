#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void thread_set_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void thread_prefer_short_turns(uint64_t nanoseconds) {
  // The first version of the kernel's sched_attr; the C library has no name for it yet.
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {.size = 48};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.runtime = nanoseconds;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void thread_be_nice(int nice) { setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice); }

void thread_stay_behind(int nice) {
  static _Thread_local int is_behind;
  if (is_behind) return;
  is_behind = 1;
  struct sched_param none = {0};
  sched_setscheduler(0, SCHED_BATCH, &none);
  thread_be_nice(nice);
}
