/*
 * The doorbell protocol of the stress engine in C, with pthreads and futexes: what the same waiting costs without a JavaScript engine.
 * Each thread is a CPU; all initiate: an initiator sets a bit in every other CPU's attention word, rings, waits until all have acknowledged,
 * serving its own requests meanwhile. No kernel, no TLB, no oracles. Prints one JSON line.
 *
 * `serial`: one initiator at a time, each CPU in turn, as under a lock that is held until all have acknowledged (munmap's mmap_lock).
 *
 *     gcc -O2 -pthread -o doorbell doorbell.c && ./doorbell CPUS SECONDS [serial]
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CPUS_MAX 256
#define SPINS 500

struct cpu {
  _Atomic int sleep;
  _Atomic int unacknowledged;
  char line[56];
  _Atomic int pending[CPUS_MAX];
  _Atomic int attention;
  long shootdowns, served;
} __attribute__((aligned(64)));

static struct cpu cpus[CPUS_MAX];
static _Atomic int awake, stop, ready, turn;
static int count, cores, serial;

static void ring(int target) {
  if (atomic_load(&cpus[target].sleep) != 1 || atomic_exchange(&cpus[target].sleep, 0) != 1) return;
  atomic_fetch_add(&awake, 1);
  syscall(SYS_futex, &cpus[target].sleep, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void serve(int self) {
  if (atomic_load(&cpus[self].attention) == 0) return;
  atomic_store(&cpus[self].attention, 0);
  for (int i = 0; i < count; i++) {
    if (i == self || atomic_load(&cpus[self].pending[i]) == 0) continue;
    atomic_store(&cpus[self].pending[i], 0);
    cpus[self].served++;
    if (atomic_fetch_sub(&cpus[i].unacknowledged, 1) == 1) ring(i);
  }
}

/* What is waited for: the acknowledgments, or the turn. */
static int holds(int self, int for_turn) {
  return for_turn ? atomic_load(&turn) == self : atomic_load(&cpus[self].unacknowledged) == 0;
}

static void wait_until(int self, int for_turn) {
  struct timespec limit = {0, 20 * 1000 * 1000};
  int spins = 0;
  while (!holds(self, for_turn) && !atomic_load(&stop)) {
    serve(self);
    if (atomic_load(&awake) <= cores && ++spins < SPINS) continue;
    atomic_exchange(&cpus[self].sleep, 1);
    int reason = atomic_load(&cpus[self].attention) != 0 || holds(self, for_turn);
    atomic_fetch_sub(&awake, 1);
    if (!reason) syscall(SYS_futex, &cpus[self].sleep, FUTEX_WAIT_PRIVATE, 1, &limit, NULL, 0);
    if (atomic_exchange(&cpus[self].sleep, 0) == 1) atomic_fetch_add(&awake, 1);
    spins = 0;
  }
}

static void *run(void *argument) {
  int self = (int)(long)argument;
  atomic_fetch_add(&ready, 1);
  while (atomic_load(&ready) < count) usleep(100);
  while (!atomic_load(&stop)) {
    if (serial) wait_until(self, 1);
    if (atomic_load(&stop)) break;
    atomic_store(&cpus[self].unacknowledged, count - 1);
    for (int target = 0; target < count; target++) {
      if (target == self) continue;
      atomic_store(&cpus[target].pending[self], 1);
      if (atomic_exchange(&cpus[target].attention, 1) == 0) ring(target);
    }
    wait_until(self, 0);
    serve(self);
    cpus[self].shootdowns++;
    if (serial) {
      atomic_store(&turn, (self + 1) % count);
      ring((self + 1) % count);
    }
  }
  for (int i = 0; i < count; i++) ring(i);
  return NULL;
}

int main(int argc, char **argv) {
  count = argc > 1 ? atoi(argv[1]) : 2;
  double seconds = argc > 2 ? atof(argv[2]) : 2;
  serial = argc > 3;
  if (count < 2 || count > CPUS_MAX) return 2;
  cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
  atomic_store(&awake, count);
  pthread_t threads[CPUS_MAX];
  for (long i = 0; i < count; i++) pthread_create(&threads[i], NULL, run, (void *)i);
  while (atomic_load(&ready) < count) usleep(100);
  struct timespec begun, ended;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  usleep((useconds_t)(seconds * 1e6));
  atomic_store(&stop, 1);
  clock_gettime(CLOCK_MONOTONIC, &ended);
  for (int i = 0; i < count; i++) ring(i);
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  long shootdowns = 0, served = 0;
  for (int i = 0; i < count; i++) shootdowns += cpus[i].shootdowns, served += cpus[i].served;
  double elapsed = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
  printf("{\"cpus\":%d,\"seconds\":%.3f,\"shootdownsPerSecond\":%.0f,\"ipisPerSecond\":%.0f}\n", count, elapsed, shootdowns / elapsed, served / elapsed);
  return 0;
}
