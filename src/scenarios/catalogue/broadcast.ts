import type { Scenario } from '../../vocabulary/scenario.js';
import {
  A,
  B,
  C,
  deepIdle,
  dontneed,
  exit,
  fork,
  kthread,
  munmap,
  protectRo,
  read,
  reclaim,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/** CPUs that run one mm at once, so that it gets a global ASID, beside what else happens to it. */

const machine = { pages: 3, slots: 3, pcid: true, lazy: true, walks: 3, forBroadcasts: true } as const;

export const broadcast: readonly Scenario[] = [
  {
    ...machine,
    name: 'global-reclaim',
    summary: 'pages of an mm that two CPUs run are dropped, and reclaimed right after',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(
        run(A),
        write(0, 1),
        dontneed(0, 1),
        write(0, 1),
        reclaim(A, 1),
        write(1),
        reclaim(A, 0),
        read(0),
      ),
      script(run(A), write(0, 1), repeat(4, write(0, 1), read(1, 0))),
    ],
  },
  {
    ...machine,
    name: 'global-switch',
    summary: 'threads of an mm come and go, lazily too, while others flush it by range and in full',
    cpus: 3,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(3, dontneed(0, 1), write(0)), munmap(1, 2), protectRo(0, 1)),
      script(
        run(A),
        read(0, 1),
        dontneed(1, 2, 40),
        kthread,
        run(A),
        read(0, 1),
        run(B),
        read(0),
        run(A),
        read(0),
      ),
      script(run(A), read(0), run(B), write(0), run(A), read(0, 1), kthread, run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'global-together',
    // Not the first mm to be given one: that waits for a flush of everything, which leaves no translation.
    summary: 'two threads of an mm drop a page each, again and again, while it is given a global ASID',
    cpus: 2,
    pages: 2,
    walks: 0,
    freshGlobalAsids: true,
    mms: [{ mapped: [0, 1].map((page) => ({ page, write: true })) }],
    start: [0, 1].map((page) => ({ loadedMm: A, cached: [{ mm: A, page }] })),
    scripts: [script(repeat(3, dontneed(0, 1), read(0))), script(repeat(3, dontneed(1, 2), read(1)))],
  },
  {
    ...machine,
    name: 'global-idle',
    summary: 'a CPU that runs a thread of an mm idles, deeply too, while the mm is given a global ASID',
    cpus: 2,
    mms: [{ mapped: [0, 1].map((page) => ({ page, write: true })) }, {}],
    start: [0, 1].map(() => ({ loadedMm: A, cached: [0, 1].map((page) => ({ mm: A, page })) })),
    scripts: [
      script(repeat(2, dontneed(0, 1), read(0)), munmap(1, 2), dontneed(0, 1), read(0)),
      script(kthread, deepIdle, run(A), read(0), kthread, run(A), read(0, 1), deepIdle, run(A), read(0)),
    ],
  },
  {
    ...machine,
    name: 'global-recycled',
    summary: 'mms with global ASIDs are born and die, with so few that the search comes to its end',
    cpus: 2,
    slots: 2,
    globalAsids: 3,
    mms: [{}, {}, { alive: false }],
    scripts: [
      script(
        run(A),
        write(0),
        dontneed(0, 1),
        repeat(2, fork(C), run(C), write(0), dontneed(0, 1), exit, run(A)),
      ),
      script(
        run(A),
        read(0),
        run(C),
        repeat(2, read(0), dontneed(0, 1), read(0)),
        exit,
        run(B),
        write(0),
        run(A),
      ),
    ],
  },
];
