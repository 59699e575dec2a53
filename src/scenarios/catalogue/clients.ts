import type { Scenario } from '../../vocabulary/scenario.js';
import {
  A,
  B,
  C,
  dontneed,
  exit,
  fork,
  kthread,
  mmap,
  munmap,
  protectRo,
  protectRw,
  read,
  reclaim,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/** Fork, copy-on-write, exit, reclaim, and operations on one mm from several threads. */

const machine = { pages: 3, slots: 3, pcid: true, lazy: true, walks: 3 } as const;

export const clients: readonly Scenario[] = [
  {
    ...machine,
    name: 'fork-cow',
    summary: 'a process forks and breaks copy-on-write while a thread of it alternates with another process',
    cpus: 2,
    mms: [{}, {}, { alive: false }],
    scripts: [
      script(run(A), write(0, 1), fork(C), write(0), run(C), read(0), exit, run(A), write(1, 0)),
      script(run(A), read(0, 1), repeat(2, run(B), read(0), run(A), read(0, 1, 0))),
    ],
  },
  {
    ...machine,
    name: 'fork-both-write',
    summary: 'parent and child write to what they share, on two CPUs',
    cpus: 2,
    mms: [{}, { alive: false }],
    scripts: [
      script(run(A), write(0, 1), fork(B), write(0), run(B), write(0), run(A), read(0), write(1)),
      script(run(A), write(1), read(0), run(B), read(0), write(1), run(A), read(0, 1), write(0)),
    ],
  },
  {
    ...machine,
    name: 'exit-while-lazy',
    summary: 'the last thread of a process exits while another CPU still has its mm loaded lazily',
    cpus: 2,
    pages: 4,
    walks: 8,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), dontneed(0, 1), write(0), exit, run(B), write(0, 1), dontneed(0, 1), write(0)),
      script(run(A), read(0, 1), kthread, run(A), read(0), exit, kthread, run(B), read(0, 1), kthread, run(B), read(0)),
    ],
  },
  {
    ...machine,
    name: 'fork-exit-again',
    summary: 'children are born and die again and again in the same mm, with few slots',
    cpus: 2,
    slots: 2,
    mms: [{}, {}, { alive: false }],
    scripts: [
      script(run(A), write(0), repeat(2, fork(C), run(C), write(0), exit, run(A), write(0))),
      script(run(B), write(0), run(A), read(0), run(B), read(0), run(A), read(0, 0)),
    ],
  },
  {
    ...machine,
    name: 'reclaim',
    summary: 'one CPU reclaims pages that another one uses between switches',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(B), write(0), reclaim(A, 0), reclaim(A, 1), write(0), reclaim(A, 0)),
      script(run(A), write(0, 1), read(0, 1), write(0), run(B), read(0), run(A), read(0, 1), write(1, 0)),
    ],
  },
  {
    ...machine,
    name: 'reclaim-mprotect',
    summary: 'pages are reclaimed while a second thread changes their protection and a third writes to them',
    cpus: 3,
    mms: [{}, {}],
    scripts: [
      script(kthread, reclaim(A, 0), reclaim(A, 1), reclaim(A, 0)),
      script(run(A), write(0, 1), protectRo(0, 2), read(0), protectRw(0, 2), write(0), munmap(1, 2)),
      script(run(A), write(0, 1), read(0), write(0, 1), write(0), read(1)),
    ],
  },
  {
    ...machine,
    name: 'reclaim-two-tables',
    summary: 'two CPUs reclaim pages of two tables while a thread drops and write-protects both, and another writes to one',
    cpus: 4,
    pages: 9,
    mms: [{}, {}],
    scripts: [
      script(run(B), repeat(2, reclaim(A, 7), reclaim(A, 8))),
      script(kthread, reclaim(A, 8), reclaim(A, 7)),
      script(run(A), write(7, 8), repeat(2, dontneed(7, 9), read(8)), protectRo(7, 9)),
      script(run(A), repeat(8, write(8, 8, 8), read(8, 8))),
    ],
  },
  {
    ...machine,
    name: 'concurrent-dontneed',
    summary: 'two threads drop the same pages at once, a third reads them',
    cpus: 3,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), dontneed(0, 2), read(0), dontneed(0, 1), read(0)),
      script(run(A), read(0, 1), dontneed(0, 1), read(0), dontneed(0, 2), read(1)),
      script(run(A), read(0, 1), write(0), read(1, 0), run(B), read(0), run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'full-and-partial',
    summary: 'ranges above and below the flush ceiling alternate on one mm, seen by a CPU that switches',
    cpus: 2,
    slots: 6,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1, 2), dontneed(0, 3, 100), write(0, 1), dontneed(0, 1), write(0), munmap(2, 3, 64), mmap(2, 3), write(2)),
      script(run(A), read(0, 1, 2), repeat(2, run(B), write(0), run(A), read(0, 1, 2))),
    ],
  },
];
