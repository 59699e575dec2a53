/*
 * What the machine lets two threads do at most, whatever they run: how long a cache line takes from one core to the other, and how long it
 * takes to wake the other thread through a futex and to sleep oneself. Prints one JSON line.
 *
 *     gcc -O2 -pthread -o bounds bounds.c && ./bounds SECONDS
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic int turn __attribute__((aligned(64)));
static _Atomic int stop __attribute__((aligned(64)));
static long handed[2];
static int sleeping;

static void *run(void *argument) {
  int self = (int)(long)argument;
  while (!atomic_load(&stop)) {
    int seen = atomic_load(&turn);
    if (seen != self) {
      if (sleeping) syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
      continue;
    }
    handed[self]++;
    atomic_store(&turn, 1 - self);
    if (sleeping) syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
  }
  syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0);
  return NULL;
}

/* Nanoseconds from the one thread to the other. */
static double one_way(int with_sleep, double seconds) {
  sleeping = with_sleep;
  atomic_store(&stop, 0);
  handed[0] = handed[1] = 0;
  pthread_t threads[2];
  for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, run, (void *)i);
  usleep((useconds_t)(seconds * 1e6));
  atomic_store(&stop, 1);
  /* Neither thread is to sleep for ever. */
  for (int i = 0; i < 10; i++) {
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0);
    usleep(1000);
  }
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  return seconds * 1e9 / (double)(handed[0] + handed[1]);
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? atof(argv[1]) : 0.5;
  double line = one_way(0, seconds);
  double wake = one_way(1, seconds);
  printf("{\"lineNanoseconds\":%.0f,\"wakeNanoseconds\":%.0f}\n", line, wake);
  return 0;
}
