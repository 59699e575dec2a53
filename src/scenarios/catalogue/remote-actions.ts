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
  protectRw,
  read,
  reclaim,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/**
 * An mm with a global ASID where a flush reaches the CPUs of mm_cpumask alone: threads that leave the mask
 * and come back, lazily too, and CPUs that flush at once through the same payloads.
 */

const machine = { pages: 3, slots: 3, pcid: true, lazy: true, walks: 0, forRemoteActions: true } as const;
const mapped = [0, 1, 2].map((page) => ({ page, write: true }));
const runs = (...pages: number[]) => ({ loadedMm: A, cached: pages.map((page) => ({ mm: A, page })) });

/** One page, so that all executions of it can be searched. */
const small = { ...machine, pages: 1, slots: 1, cpus: 2 } as const;
const onePage = [{ page: 0, write: true }];

export const remoteActions: readonly Scenario[] = [
  {
    ...small,
    name: 'rar-page',
    summary: 'a thread drops a page by request, another one reads it',
    mms: [{ globalAsid: true, mapped: onePage }],
    start: [runs(0), runs(0)],
    scripts: [script(dontneed(0, 1)), script(read(0))],
  },
  {
    ...small,
    name: 'rar-page-back',
    summary:
      'a thread drops a page by request, another one comes back to the mm outside of its mask and reads it',
    mms: [{ globalAsid: true, mapped: onePage }],
    start: [runs(0), { cached: [{ mm: A, page: 0 }] }],
    scripts: [script(dontneed(0, 1)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'rar-comes-back',
    summary:
      'a thread of an mm leaves it, is trimmed from its mask, and comes back, while another one flushes',
    cpus: 2,
    mms: [{ globalAsid: true, mapped }, {}],
    start: [runs(0, 1), runs(0, 1)],
    scripts: [
      script(repeat(5, dontneed(0, 1), read(0))),
      script(read(0), run(B), repeat(2, write(0)), run(A), read(0, 1), kthread, run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'rar-lazy',
    summary: 'a thread of an mm is in a kernel thread, or idle, when its pages go, and comes back to them',
    cpus: 2,
    mms: [{ mapped, tlbGen: 3 }, {}],
    start: [runs(0), runs(0, 1)],
    scripts: [
      script(repeat(2, dontneed(0, 1), read(0)), protectRo(0, 2), protectRw(0, 2), munmap(1, 2), read(0)),
      script(kthread, run(A), read(0), kthread, run(A), read(0), kthread, deepIdle, run(A), read(0)),
    ],
  },
  {
    ...machine,
    name: 'rar-idle',
    summary: 'a CPU that runs a thread of an mm idles deeply, time and again, while it is given its ASID',
    cpus: 2,
    mms: [{ mapped }],
    start: [runs(0), runs(0)],
    scripts: [
      script(repeat(6, dontneed(0, 1), read(0))),
      // No kernel thread before it: a switch from one to idle makes a CPU lazy again that was not any more.
      script(repeat(6, deepIdle, run(A), read(0))),
    ],
  },
  {
    ...machine,
    name: 'rar-lazy-members',
    summary: 'a thread of an mm with a global ASID is in kernel threads while its page goes, and comes back',
    cpus: 2,
    pages: 1,
    mms: [{ globalAsid: true, mapped: onePage }],
    start: [runs(0), runs(0)],
    scripts: [
      script(repeat(3, dontneed(0, 1), read(0))),
      script(repeat(3, read(0), kthread, run(A)), read(0)),
    ],
  },
  {
    ...machine,
    name: 'rar-initiators',
    summary: 'three threads of an mm flush it at once, with one payload for all of them',
    cpus: 3,
    rarPayloads: 1,
    mms: [{ globalAsid: true, mapped }],
    start: [runs(0, 1, 2), runs(0, 1, 2), runs(0, 1, 2)],
    scripts: [
      script(dontneed(0, 1), read(0), write(1)),
      script(dontneed(1, 2), read(1), write(2)),
      script(dontneed(2, 3), read(2), write(0)),
    ],
  },
  {
    ...machine,
    name: 'rar-payloads',
    summary: 'two mms with global ASIDs are flushed at once, in full and by page, reclaim among the flushes',
    cpus: 3,
    mms: [
      { globalAsid: true, mapped },
      { globalAsid: true, mapped },
    ],
    start: [runs(0, 1), { loadedMm: B, cached: [0, 1].map((page) => ({ mm: B, page })) }, runs(0, 1)],
    scripts: [
      script(dontneed(0, 1), read(0), dontneed(1, 2, 40), read(1)),
      script(reclaim(B, 0), write(0), dontneed(1, 2), read(1), run(A), read(0)),
      script(read(0), run(B), read(0, 1), reclaim(A, 0), write(1), run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'rar-joins',
    summary: 'a thread comes to an mm in the moment in which that is given a global ASID',
    cpus: 3,
    freshGlobalAsids: true,
    mms: [{ mapped }, {}],
    start: [runs(0), runs(0, 1)],
    scripts: [
      script(repeat(5, dontneed(0, 1), read(0))),
      script(read(0, 0, 1)),
      script(run(A), read(0, 0, 0)),
    ],
  },
  {
    ...machine,
    name: 'rar-born',
    summary: 'mms are given the same global ASID one after the other, and are flushed by their only CPU too',
    cpus: 2,
    slots: 2,
    globalAsids: 2,
    mms: [{ globalAsid: true, mapped }, { alive: false }, { alive: false }],
    start: [runs(0), runs(0)],
    scripts: [
      script(repeat(2, dontneed(0, 1), read(0)), fork(B), run(B), write(0), dontneed(0, 1), read(0), exit),
      script(run(B), read(0), dontneed(0, 1), read(0), exit, run(A), fork(C), run(C), write(0)),
    ],
  },
];
