import type { Scenario } from '../scenario.js';
import { A, B, C, D, dontneed, E, exit, fork, idle, kthread, mmap, munmap, protectRo, read, repeat, run, script, write } from '../steps.js';

/**
 * CPUs whose TLBs others have flushed for them: several mms share few slots, with flushes of whole address spaces and of ranges, lazy and
 * preempted targets, and two initiators. Where CPUs are virtual, their host may preempt any of them.
 */

/** More pages than the flush ceiling: the whole address space is flushed. */
const MANY = 64;
const machine = { pages: 3, slots: 2, pcid: true, lazy: true, walks: 2 } as const;

export const remote: readonly Scenario[] = [
  {
    ...machine,
    name: 'three-mms-full-flushes',
    summary: 'a CPU goes round three mms with two slots while others drop whole address spaces; equal generations',
    cpus: 3,
    mms: [{}, {}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 2, MANY), write(0))),
      script(repeat(2, run(A), read(0), run(B), read(0), run(C), read(0, 0))),
      script(run(C), write(0), repeat(2, dontneed(0, 1, MANY), write(0))),
    ],
  },
  {
    ...machine,
    name: 'four-mms-two-slots',
    summary: 'four mms share two slots; the flusher goes from mm to mm too, with whole and partial flushes',
    cpus: 2,
    mms: [{}, {}, {}, {}],
    scripts: [
      script(
        run(A),
        write(0),
        dontneed(0, 1, MANY),
        run(C),
        write(0),
        munmap(0, 1, MANY),
        run(B),
        write(0),
        protectRo(0, 1, MANY),
        run(A),
        dontneed(0, 1),
      ),
      script(run(A), read(0), run(B), write(0), run(C), read(0, 0), run(D), read(0), run(A), read(0), run(B), write(0), read(0)),
    ],
  },
  {
    ...machine,
    name: 'recycled-then-flushed',
    summary: 'a CPU goes from A by B to E with two slots; A is flushed whole, then E; equal generations',
    cpus: 2,
    mms: [{}, {}, {}, {}, {}],
    scripts: [
      script(run(A), write(0), dontneed(0, 1, MANY), run(E), repeat(2, dontneed(0, 1, MANY))),
      script(run(A), repeat(8, read(0, 0)), run(B), run(E), repeat(40, read(0, 0))),
    ],
  },
  {
    ...machine,
    name: 'far-recycled-then-flushed',
    summary: 'a CPU goes from A by B to C with two slots; A, whose generation is far above, and C are flushed by a CPU each',
    cpus: 3,
    mms: [{ tlbGen: 90 }, {}, { tlbGen: 3 }],
    scripts: [
      script(run(A), write(0), repeat(2, dontneed(0, 1, MANY), write(0))),
      script(run(C), read(0), run(A), repeat(8, read(0, 0)), run(B), run(C), repeat(40, read(0, 0))),
      script(run(C), write(0), repeat(2, dontneed(0, 1, MANY), write(0))),
    ],
  },
  {
    ...machine,
    name: 'lazy-two-flushers',
    summary: 'a CPU goes lazy and back to the same mm while two others flush all of it at once',
    cpus: 3,
    walks: 0,
    mms: [{}],
    scripts: [
      script(run(A), write(0), repeat(3, dontneed(0, 1, MANY), write(0))),
      script(run(A), read(0, 1), repeat(8, kthread, run(A), read(0, 1))),
      script(run(A), write(1), repeat(3, dontneed(1, 2, MANY), write(1))),
    ],
  },
  {
    ...machine,
    name: 'lazy-recycled',
    summary: 'a CPU gives the slot of A to C and goes lazy on C again and again; A and C are flushed whole',
    cpus: 3,
    walks: 0,
    mms: [{}, {}, {}],
    scripts: [
      script(run(A), write(0), repeat(2, dontneed(0, 1, MANY), write(0))),
      script(run(A), repeat(4, read(0, 0)), run(B), run(C), read(0), repeat(6, idle, run(C), read(0))),
      script(run(C), write(0), repeat(2, dontneed(0, 1, MANY), write(0))),
    ],
  },
  {
    ...machine,
    name: 'full-against-partial',
    summary: 'two CPUs flush one mm, one of them whole and one of them in ranges, seen by a CPU that switches',
    cpus: 3,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0), repeat(3, dontneed(0, 1), write(0))),
      script(run(A), read(0, 1), repeat(3, run(B), read(0), run(A), read(0, 1))),
      script(run(A), write(1), repeat(2, dontneed(1, 2, MANY), write(1), dontneed(1, 2), write(1))),
    ],
  },
  {
    ...machine,
    name: 'preempted-target',
    summary: 'a CPU that its host preempts again and again uses pages that another one unmaps and maps',
    cpus: 2,
    preemptions: 6,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(3, munmap(0, 1, MANY), mmap(0, 1), write(0), dontneed(1, 2), write(1))),
      script(run(A), read(0, 1), repeat(4, read(0, 1, 0, 1)), run(B), read(0), run(A), read(0, 1, 0, 1)),
    ],
  },
  {
    ...machine,
    name: 'cow-few-slots',
    summary: 'a process forks and breaks copy-on-write while another CPU goes round three mms with two slots',
    cpus: 2,
    mms: [{}, {}, {}, { alive: false }],
    scripts: [
      script(run(A), write(0, 1), fork(D), write(0), dontneed(1, 2, MANY), run(D), read(0), exit, run(A), write(1, 0)),
      script(
        run(A),
        read(0, 1),
        run(B),
        read(0),
        run(A),
        read(0),
        run(C),
        read(0),
        run(A),
        read(0, 1),
        run(B),
        read(0),
        run(A),
        read(0, 0),
      ),
    ],
  },
];
