import type { Scenario } from '../../vocabulary/scenario.js';
import {
  A,
  B,
  deepIdle,
  dontneed,
  idle,
  kthread,
  mmap,
  munmap,
  read,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/** CPUs go lazy, and come back, while another CPU flushes the mm that they keep loaded. */

const machine = { pages: 3, slots: 3, pcid: true, lazy: true, walks: 3 } as const;

export const lazy: readonly Scenario[] = [
  {
    ...machine,
    name: 'lazy-return',
    summary: 'a CPU goes to kernel threads and back to the same mm while pages are dropped',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(3, dontneed(0, 1), write(0), read(1))),
      script(run(A), read(0, 1), repeat(3, kthread, run(A), read(0, 1, 0))),
    ],
  },
  {
    ...machine,
    name: 'lazy-other-mm',
    summary: 'a CPU alternates between two mms with kernel threads in between',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 2), write(0, 1)), munmap(1, 2)),
      script(run(A), read(0, 1), repeat(2, kthread, run(B), read(0), idle, run(A), read(0, 1, 0))),
    ],
  },
  {
    ...machine,
    name: 'lazy-freed-tables',
    summary:
      'whole tables are unmapped and freed while another CPU is lazy on the mm and walks speculatively',
    cpus: 2,
    pages: 10,
    walks: 12,
    mms: [
      {
        vmas: [
          [0, 2, true],
          [8, 10, true],
        ],
      },
      {},
    ],
    scripts: [
      script(
        run(A),
        write(0, 8),
        munmap(8, 10),
        write(0),
        mmap(8, 10),
        write(8),
        munmap(8, 10),
        run(B),
        write(0, 1),
      ),
      script(run(A), read(0, 8), kthread, run(A), read(0, 8), idle, run(B), read(0), run(A), read(0)),
    ],
  },
  {
    ...machine,
    name: 'deep-idle',
    summary: 'a CPU enters deep idle, which leaves the mm, and returns',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0)), munmap(1, 2)),
      script(run(A), read(0, 1), deepIdle, run(A), read(0, 1), kthread, deepIdle, run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'stores-before-lazy',
    summary: 'user stores are still buffered when a CPU goes lazy or switches, and the page is dropped',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 1), write(0), dontneed(1, 2))),
      script(
        run(A),
        write(0, 1),
        repeat(2, write(0), kthread, run(A), write(1, 0), run(B), write(0), run(A), write(0)),
      ),
    ],
  },
];
