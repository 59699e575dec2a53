/*
 * What the munmap-storm and dontneed-storm of the stress engine do, in C, with pthreads and futexes: the same
 * work on memory, without oracles and a JavaScript engine. Each thread is a CPU of one process. Of each of its
 * pages it takes a fault (mmap_lock for reading, the VMA, the table's lock, the entry), then unmaps it:
 * mmap_lock, the VMA, the entry cleared under the table's lock, tlb_gen counted up, the request filled in,
 * mm_cpumask read and copied, and for each other CPU its loaded mm read, a csd locked, filled in and queued,
 * and, where the queue was empty, a bit set in its interrupt word; the own flush; then the acknowledgments are
 * waited for, and served meanwhile. A handler takes the word, the queue, the request and the generations,
 * writes its slot's and unlocks the csd. Cache lines are apart where those of the engine are.
 *
 * Who waits looks as often as a CPU of the engine does (src/stress/thread-host.ts: SPINS_MAX, fewer where they
 * did not help, SPINS_CROWDED with more CPUs than cores), then sleeps in a futex until it is rung.
 *
 * `munmap`: mmap_lock is held from writing on until all have acknowledged. `dontneed`: for reading only.
 *
 *     gcc -O2 -pthread -o twin twin.c && ./twin CPUS SECONDS munmap|dontneed
 *
 * Prints one JSON line.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CPUS_MAX 64
#define PAGES 8
#define SPINS_MAX 5000
#define SPINS_MIN 50
#define SPINS_CROWDED 100
#define PROBE_EVERY 64
#define LINE __attribute__((aligned(64)))
#define WRITER (-1)

typedef _Atomic int word;

/* A request to one target; `next` links its queue: index of the csd's initiator + 1. */
struct csd {
  word flags, func, info, next;
} LINE;

struct info {
  int mm, start, end, gen, initiator, freed;
} LINE;

struct cpu {
  word sleep LINE;
  /* The interrupt word. */
  word attention LINE;
  word queue LINE;
  /* cpu_tlbstate: read by who asks. */
  word loaded LINE;
  word lazy;
  /* The slot's, and the TLB's entries. */
  word slot_gen LINE;
  int entries[PAGES];
  struct info info;
  unsigned long copy, to_send;
  /* Who waits for this CPU's csds is itself; for mmap_lock see below. */
  int in_handler, spins, failures;
  long shootdowns, served;
  struct csd csds[CPUS_MAX];
  /* The pages' VMAs, the table's lock and its entries. */
  word vmas[PAGES] LINE;
  word table_lock LINE;
  word table[PAGES] LINE;
  word refcounts[PAGES] LINE;
} LINE;

static struct cpu cpus[CPUS_MAX];
static word mmap_lock LINE;
/* Bits of the CPUs that wait for mmap_lock. */
static _Atomic unsigned long lock_waiters LINE;
static _Atomic int tlb_gen LINE;
static _Atomic unsigned long mm_cpumask LINE;
static word anon_vma_lock LINE;
static word awake LINE;
static word stop LINE;
static word ready;
static int count, cores, is_munmap, spins_most;

/* The doorbell, as src/programs/doorbell.ts has it. */
static void ring(int target) {
  if (atomic_load(&cpus[target].sleep) != 1 || atomic_exchange(&cpus[target].sleep, 0) != 1) return;
  atomic_fetch_add(&awake, 1);
  syscall(SYS_futex, &cpus[target].sleep, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* flush_tlb_func: the slot takes the mm's generation over where it is behind. */
static void flush_tlb_func(struct cpu *cpu, const struct info *info) {
  if (atomic_load_explicit(&cpu->loaded, memory_order_relaxed) != info->mm) return;
  if (atomic_load_explicit(&cpu->lazy, memory_order_relaxed)) return;
  int local = atomic_load_explicit(&cpu->slot_gen, memory_order_relaxed);
  if (info->gen <= local) return;
  int gen = atomic_load(&tlb_gen);
  if (local == gen) return;
  if (info->gen == local + 1 && info->gen == gen)
    for (int page = info->start; page < info->end; page++) cpu->entries[page] = 0;
  else
    memset(cpu->entries, 0, sizeof cpu->entries);
  atomic_store_explicit(&cpu->slot_gen, gen, memory_order_relaxed);
}

/* The call function interrupt: the whole queue, oldest first. */
static void serve(int self) {
  struct cpu *cpu = &cpus[self];
  if (atomic_load_explicit(&cpu->attention, memory_order_relaxed) == 0) return;
  atomic_exchange(&cpu->attention, 0);
  cpu->served++;
  int entry = atomic_exchange(&cpu->queue, 0), oldest = 0;
  while (entry != 0) {
    struct csd *csd = &cpus[entry - 1].csds[self];
    int next = atomic_load_explicit(&csd->next, memory_order_relaxed);
    atomic_store_explicit(&csd->next, oldest, memory_order_relaxed);
    oldest = entry;
    entry = next;
  }
  while (oldest != 0) {
    int initiator = oldest - 1;
    struct csd *csd = &cpus[initiator].csds[self];
    oldest = atomic_load_explicit(&csd->next, memory_order_relaxed);
    flush_tlb_func(cpu, &cpus[atomic_load_explicit(&csd->info, memory_order_relaxed)].info);
    atomic_store_explicit(&csd->flags, 0, memory_order_release);
    /* The acknowledgment is out before its waiter is looked for. */
    atomic_thread_fence(memory_order_seq_cst);
    ring(initiator);
  }
}

/* What is waited for. */
enum { CSD, FOR_READING, FOR_WRITING };
static int holds(int self, int what, int target) {
  if (what == CSD) return atomic_load(&cpus[self].csds[target].flags) == 0;
  int lock = atomic_load(&mmap_lock);
  return what == FOR_WRITING ? lock == 0 : lock >= 0;
}

/* ThreadHost.spinFor: whether looking ended the wait. */
static int spin_for(int self, int what, int target) {
  struct cpu *cpu = &cpus[self];
  if (cores < 2 || atomic_load(&awake) > cores) return 0;
  int probing = cpu->failures % PROBE_EVERY == PROBE_EVERY - 1;
  int limit = probing ? spins_most : cpu->spins;
  for (int spins = 0; spins < limit; spins++) {
    if (holds(self, what, target) || atomic_load(&cpu->attention) != 0) {
      if (cpu->spins < spins_most)
        cpu->spins = probing || cpu->spins * 2 > spins_most ? spins_most : cpu->spins * 2;
      cpu->failures = 0;
      return 1;
    }
    if (atomic_load(&awake) > cores) return 0;
  }
  cpu->spins = cpu->spins / 2 > SPINS_MIN ? cpu->spins / 2 : SPINS_MIN;
  cpu->failures++;
  return 0;
}

static void wait_until(int self, int what, int target) {
  struct timespec limit = {0, 20 * 1000 * 1000};
  while (!holds(self, what, target) && !atomic_load(&stop)) {
    if (!spin_for(self, what, target)) {
      if (what != CSD) atomic_fetch_or(&lock_waiters, 1ul << self);
      atomic_exchange(&cpus[self].sleep, 1);
      int reason = atomic_load(&cpus[self].attention) != 0 || holds(self, what, target);
      atomic_fetch_sub(&awake, 1);
      if (!reason) syscall(SYS_futex, &cpus[self].sleep, FUTEX_WAIT_PRIVATE, 1, &limit, NULL, 0);
      if (atomic_exchange(&cpus[self].sleep, 0) == 1) atomic_fetch_add(&awake, 1);
      if (what != CSD) atomic_fetch_and(&lock_waiters, ~(1ul << self));
    }
    serve(self);
  }
}

static void unlocked(void) {
  for (unsigned long left = atomic_load(&lock_waiters); left != 0; left &= left - 1)
    ring(__builtin_ctzl(left));
}

static void down_read(int self) {
  for (;;) {
    int readers = atomic_load(&mmap_lock);
    if (readers >= 0 && atomic_compare_exchange_strong(&mmap_lock, &readers, readers + 1)) return;
    if (atomic_load(&stop)) return;
    wait_until(self, FOR_READING, 0);
  }
}

static void down_write(int self) {
  for (;;) {
    int none = 0;
    if (atomic_load(&mmap_lock) == 0 && atomic_compare_exchange_strong(&mmap_lock, &none, WRITER)) return;
    if (atomic_load(&stop)) return;
    wait_until(self, FOR_WRITING, 0);
  }
}

static void up(int by) {
  atomic_fetch_add(&mmap_lock, by);
  unlocked();
}

/* The locks of a CPU's own table and of its VMAs: nobody else takes them. */
static void lock(word *at) {
  int none = 0;
  while (!atomic_compare_exchange_strong(at, &none, 1)) none = 0;
}
static void unlock(word *at) { atomic_store_explicit(at, 0, memory_order_release); }

static void fault(int self, int page) {
  struct cpu *cpu = &cpus[self];
  down_read(self);
  if (atomic_load(&cpu->vmas[page]) != 0 && atomic_load(&cpu->table[page]) == 0) {
    atomic_store_explicit(&cpu->refcounts[page], 1, memory_order_relaxed);
    lock(&cpu->table_lock);
    if (atomic_load(&cpu->table[page]) == 0) atomic_exchange(&cpu->table[page], page + 1);
    unlock(&cpu->table_lock);
  }
  up(-1);
  atomic_thread_fence(memory_order_seq_cst);
  cpu->entries[page] = atomic_load(&cpu->table[page]);
}

/* flush_tlb_mm_range with smp_call_function_many_cond. */
static void shoot_down(int self, int page) {
  struct cpu *cpu = &cpus[self];
  int gen = atomic_fetch_add(&tlb_gen, 1) + 1;
  cpu->info = (struct info){.mm = 1, .start = page, .end = page + 1, .gen = gen, .initiator = self};
  cpu->copy = atomic_load(&mm_cpumask) & ~(1ul << self);
  cpu->to_send = 0;
  for (unsigned long left = cpu->copy; left != 0; left &= left - 1) {
    int target = __builtin_ctzl(left);
    struct csd *csd = &cpu->csds[target];
    /* should_flush_tlb */
    if (atomic_load(&cpus[target].loaded) != 1 || atomic_load(&cpus[target].lazy)) {
      cpu->copy &= ~(1ul << target);
      continue;
    }
    if (atomic_load(&csd->flags) != 0) wait_until(self, CSD, target);
    atomic_store_explicit(&csd->flags, 1, memory_order_relaxed);
    atomic_store_explicit(&csd->func, 1, memory_order_release);
    atomic_store_explicit(&csd->info, self, memory_order_relaxed);
    int first = atomic_load(&cpus[target].queue);
    do atomic_store_explicit(&csd->next, first, memory_order_relaxed);
    while (!atomic_compare_exchange_strong(&cpus[target].queue, &first, self + 1));
    if (first == 0) cpu->to_send |= 1ul << target;
  }
  for (unsigned long left = cpu->to_send; left != 0; left &= left - 1) {
    int target = __builtin_ctzl(left);
    atomic_fetch_or(&cpus[target].attention, 1);
    ring(target);
  }
  flush_tlb_func(cpu, &cpu->info);
  for (unsigned long left = cpu->copy; left != 0; left &= left - 1)
    wait_until(self, CSD, __builtin_ctzl(left));
  cpu->shootdowns++;
}

static void zap(int self, int page) {
  struct cpu *cpu = &cpus[self];
  if (is_munmap) {
    down_write(self);
    atomic_store_explicit(&cpu->vmas[page], 0, memory_order_relaxed);
    /* downgrade_write */
    up(2);
  } else
    down_read(self);
  lock(&cpu->table_lock);
  atomic_exchange(&cpu->table[page], 0);
  unlock(&cpu->table_lock);
  if (is_munmap) {
    lock(&anon_vma_lock);
    int used = 0;
    for (int at = 0; at < PAGES; at++) used |= atomic_load_explicit(&cpu->vmas[at], memory_order_relaxed);
    unlock(&anon_vma_lock);
    if (!used) exit(3);
  }
  shoot_down(self, page);
  atomic_store_explicit(&cpu->refcounts[page], 0, memory_order_relaxed);
  up(-1);
}

static void *run(void *argument) {
  int self = (int)(long)argument;
  struct cpu *cpu = &cpus[self];
  cpu->spins = spins_most;
  atomic_store(&cpu->loaded, 1);
  atomic_fetch_or(&mm_cpumask, 1ul << self);
  atomic_fetch_add(&ready, 1);
  while (atomic_load(&ready) < count) usleep(100);
  /* The first page stays mapped, which keeps its table. */
  for (int page = 0; page < PAGES; page++) atomic_store(&cpu->vmas[page], 1);
  while (!atomic_load(&stop)) {
    if (is_munmap) {
      down_write(self);
      for (int page = 1; page < PAGES; page++) atomic_store_explicit(&cpu->vmas[page], 1, memory_order_relaxed);
      up(1);
    }
    for (int page = 1; page < PAGES && !atomic_load(&stop); page++) fault(self, page), serve(self);
    for (int page = 1; page < PAGES && !atomic_load(&stop); page++) zap(self, page), serve(self);
  }
  for (int i = 0; i < count; i++) ring(i);
  return NULL;
}

int main(int argc, char **argv) {
  count = argc > 1 ? atoi(argv[1]) : 2;
  double seconds = argc > 2 ? atof(argv[2]) : 2;
  is_munmap = argc <= 3 || strcmp(argv[3], "dontneed") != 0;
  if (count < 1 || count > CPUS_MAX) return 2;
  cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
  spins_most = count > cores ? SPINS_CROWDED : SPINS_MAX;
  atomic_store(&awake, count);
  pthread_t threads[CPUS_MAX];
  struct timespec begun, ended;
  for (long i = 0; i < count; i++) pthread_create(&threads[i], NULL, run, (void *)i);
  while (atomic_load(&ready) < count) usleep(100);
  clock_gettime(CLOCK_MONOTONIC, &begun);
  usleep((useconds_t)(seconds * 1e6));
  long shootdowns = 0, served = 0;
  for (int i = 0; i < count; i++) shootdowns += cpus[i].shootdowns, served += cpus[i].served;
  clock_gettime(CLOCK_MONOTONIC, &ended);
  atomic_store(&stop, 1);
  for (int i = 0; i < count; i++) ring(i);
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  double elapsed = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
  printf("{\"cpus\":%d,\"seconds\":%.3f,\"shootdownsPerSecond\":%.0f,\"ipisPerSecond\":%.0f}\n", count, elapsed,
         shootdowns / elapsed, served / elapsed);
  return 0;
}
