import type { Scenario, ScenarioCpu } from '../../vocabulary/scenario.js';
import { A, B, C, dontneed, E, read, reclaim, run, script } from '../steps.js';

/**
 * A CPU whose slots change hands, or are not the loaded one, while another one flushes: what a kernel must
 * have right that lets a CPU write to another one's slots.
 */

/** Pages that a range stands for where its flush is to be of the whole address space. */
const MANY = 64;
const page0 = { page: 0, write: true };
const page1 = { page: 1, write: true };
const running: ScenarioCpu = { loadedMm: A, cached: [{ mm: A, page: 0 }] };
const lazily: ScenarioCpu = { ...running, lazy: true };
const machine = {
  cpus: 2,
  pages: 1,
  slots: 1,
  pcid: true,
  lazy: true,
  walks: 0,
  preemptions: 1,
  mms: [{ mapped: [page0] }],
} as const;
const toAnother = {
  ...machine,
  // As many mms as make ctx_ids of few bits recur.
  mms: [{ mapped: [page0], tlbGen: 2 }, {}, {}, {}, { mapped: [page0] }],
} as const;
/** A CPU that runs B, has left A in the mask of which it still is, and has a slot for C too. */
const fromB: ScenarioCpu = {
  loadedMm: B,
  loadedMmAsid: 1,
  slots: [
    { mm: A, tlbGen: 1 },
    { mm: B, tlbGen: 1 },
    { mm: C, tlbGen: 1 },
  ],
  cached: [{ mm: A, page: 0 }],
};

export const slots: readonly Scenario[] = [
  {
    ...toAnother,
    name: 'slot-to-another',
    summary: 'a CPU gives its only slot to another mm and drops a page of that, while the first is flushed',
    start: [running, { loadedMm: A }],
    scripts: [script(dontneed(0, 1, MANY)), script(run(E), read(0), dontneed(0, 1), read(0))],
  },
  {
    ...toAnother,
    name: 'slot-to-another-equal',
    summary: 'a CPU gives its only slot to an mm of the same generation and drops a page of that meanwhile',
    mms: [{ mapped: [page0] }, {}, {}, {}, { mapped: [page0] }],
    start: [running, { loadedMm: A }],
    scripts: [script(dontneed(0, 1, MANY)), script(run(E), read(0), dontneed(0, 1), read(0))],
  },
  {
    ...toAnother,
    name: 'loaded-another',
    summary: 'a CPU goes to the slot of another mm and drops a page of that, while the first is flushed',
    slots: 2,
    start: [
      running,
      {
        loadedMm: A,
        slots: [
          { mm: A, tlbGen: 2 },
          { mm: E, tlbGen: 1 },
        ],
        cached: [{ mm: E, page: 0 }],
      },
    ],
    scripts: [script(dontneed(0, 1, MANY)), script(run(E), dontneed(0, 1), read(0))],
  },
  {
    ...machine,
    name: 'switch-back-whole',
    summary: 'a CPU that is in the mask of an mm still comes back to it while all of that is flushed',
    slots: 2,
    mms: [{ mapped: [page0], cpumask: [1] }, {}],
    start: [running, { ...fromB, slots: fromB.slots?.slice(0, 2) }],
    scripts: [script(dontneed(0, 1, MANY)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'back-by-another',
    summary: 'a CPU comes back to an mm by way of a third one while all of the first is flushed',
    slots: 3,
    mms: [{ mapped: [page0], cpumask: [1] }, {}, { cpumask: [1] }],
    start: [running, fromB],
    scripts: [script(dontneed(0, 1, MANY)), script(run(C), run(A), read(0))],
  },
  {
    ...machine,
    name: 'back-by-another-two-drops',
    summary: 'a CPU comes back to an mm by way of a third one while two pages of the first are dropped',
    pages: 2,
    slots: 3,
    mms: [{ mapped: [page0, page1], cpumask: [1] }, {}, { cpumask: [1] }],
    start: [running, fromB],
    scripts: [script(dontneed(0, 1), dontneed(1, 2)), script(run(C), run(A), read(0))],
  },
  {
    ...machine,
    name: 'lazy-back-whole',
    summary: 'a CPU comes back from lazy TLB while all of its mm is flushed',
    start: [running, lazily],
    scripts: [script(dontneed(0, 1, MANY)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'lazy-back-two-drops',
    summary: 'a CPU comes back from lazy TLB while two pages of its mm are dropped',
    pages: 2,
    mms: [{ mapped: [page0, page1] }],
    start: [running, lazily],
    scripts: [script(dontneed(0, 1), dontneed(1, 2)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'lazy-back-drop-then-whole',
    summary: 'a CPU comes back from lazy TLB while a page of its mm is dropped, then all of that flushed',
    pages: 2,
    mms: [{ mapped: [page0, page1] }],
    start: [running, lazily],
    scripts: [script(dontneed(0, 1), dontneed(1, 2, MANY)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'whole-and-own',
    summary: 'a thread drops a page that it has read while another one flushes the whole address space',
    preemptions: 0,
    pages: 2,
    mms: [{ mapped: [page0, page1] }],
    start: [{ loadedMm: A }, { loadedMm: A }],
    scripts: [script(dontneed(0, 1, MANY)), script(read(1), dontneed(1, 2), read(1))],
  },
  {
    ...machine,
    name: 'whole-and-reclaim',
    summary: 'a thread reclaims a page that it has read while another one flushes the whole address space',
    preemptions: 0,
    pages: 2,
    mms: [{ mapped: [page0, page1] }],
    start: [{ loadedMm: A }, { loadedMm: A }],
    scripts: [script(dontneed(0, 1, MANY)), script(read(1), reclaim(A, 1), read(1))],
  },
];
