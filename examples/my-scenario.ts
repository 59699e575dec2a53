import { defineScenario, steps } from 'shootdown';

const { A, B, dontneed, kthread, read, repeat, run, script, write } = steps;

/**
 * A scenario of one's own: an allocator that gives pages back (MADV_DONTNEED) on CPU 0, a worker of the same
 * process that shares CPU 1 with another process, and one on CPU 2 that often waits in a kernel thread,
 * lazily. A and B are mms, numbers are pages.
 *
 *     shootdown hunt examples/my-scenario.ts --variant b1,b3,6.18
 */
export const allocator = defineScenario({
  name: 'allocator',
  summary:
    'an allocator gives pages back under two workers, one of which shares its CPU and one of which ' +
    'is often lazy',
  scripts: [
    script(run(A), repeat(4, write(0, 1), dontneed(0, 2))),
    repeat(4, run(A), read(0), run(B), write(0)),
    repeat(3, run(A), write(1), kthread),
  ],
});
