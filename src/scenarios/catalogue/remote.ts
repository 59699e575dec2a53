import type { Scenario } from '../../vocabulary/scenario.js';
import {
  A,
  B,
  C,
  D,
  dontneed,
  E,
  exit,
  fork,
  idle,
  kthread,
  munmap,
  protectRo,
  read,
  repeat,
  run,
  script,
  write,
} from '../steps.js';

/**
 * CPUs whose slots matter while others have their TLBs flushed for them: several mms on few slots, with
 * flushes of whole address spaces and of ranges, lazy and preempted targets, and two initiators. Where CPUs
 * are virtual, their host may preempt any of them.
 */

/**
 * Pages that a range stands for where its flush is to be of the whole address space: more than the ceiling of
 * 33.
 */
const MANY = 64;
const machine = { pages: 2, slots: 2, pcid: true, lazy: true, walks: 1 } as const;

export const remote: readonly Scenario[] = [
  {
    ...machine,
    name: 'slots-recycled',
    summary:
      'three mms of very different generations share two slots of a CPU, which flushes one of them ' +
      'while another CPU flushes the first',
    cpus: 2,
    pages: 1,
    mms: [{ tlbGen: 90 }, { tlbGen: 3 }, { tlbGen: 20 }],
    start: [{ loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(4, read(0), dontneed(0, 1, MANY))),
      script(repeat(2, run(C), run(B), read(0), dontneed(0, 1), read(0), run(A))),
    ],
  },
  {
    ...machine,
    name: 'one-slot-equal-generations',
    summary:
      'two mms of equal generations share the only slot of a CPU, which flushes one of them while ' +
      'another CPU flushes the first',
    cpus: 2,
    pages: 1,
    slots: 1,
    mms: [{}, {}],
    start: [{ loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(4, read(0), dontneed(0, 1, MANY))),
      script(repeat(3, run(B), read(0), dontneed(0, 1), read(0), run(A))),
    ],
  },
  {
    ...machine,
    name: 'five-mms-two-slots',
    summary:
      'five mms of falling generations pass through two slots of a CPU, while another CPU flushes the first',
    cpus: 2,
    pages: 1,
    mms: [{ tlbGen: 60 }, { tlbGen: 20 }, { tlbGen: 9 }, { tlbGen: 5 }, { tlbGen: 2 }],
    start: [{ loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(4, read(0), dontneed(0, 1, MANY))),
      script(
        run(B),
        run(C),
        run(E),
        read(0),
        dontneed(0, 1),
        read(0),
        run(A),
        run(D),
        run(E),
        read(0),
        dontneed(0, 1),
        read(0),
      ),
    ],
  },
  {
    ...machine,
    name: 'full-against-partial',
    summary: 'two CPUs flush one mm, one fully and one page by page, while a third alternates',
    cpus: 3,
    slots: 3,
    mms: [{}, {}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(2, read(0), dontneed(0, 1, MANY))),
      script(read(0, 1), repeat(2, run(B), run(A), read(0, 1))),
      script(repeat(2, read(1), dontneed(1, 2))),
    ],
  },
  {
    ...machine,
    name: 'lazy-targets',
    summary:
      'two CPUs flush one mm, one fully and one page by page, while a third goes lazy, and comes back ' +
      'from there or by way of another mm',
    cpus: 3,
    slots: 3,
    mms: [{}, {}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(2, read(0), dontneed(0, 1, MANY))),
      script(read(0, 1), repeat(2, kthread, run(A), read(0, 1), run(B), kthread, run(A), read(0, 1))),
      script(repeat(2, read(1), dontneed(1, 2))),
    ],
  },
  {
    ...machine,
    name: 'preempted-targets',
    summary:
      'two CPUs alternate between two mms, one of them flushing fully, and both are preempted often ' +
      'where they are virtual',
    cpus: 2,
    slots: 3,
    preemptions: 8,
    mms: [{}, {}],
    scripts: [
      script(
        run(A),
        write(0, 1),
        repeat(2, dontneed(0, 2, MANY), read(0), run(B), read(0), run(A), read(0)),
        munmap(0, 1, MANY),
      ),
      script(run(A), write(0, 1), repeat(3, run(B), read(0), run(A), read(0, 1))),
    ],
  },
  {
    ...machine,
    name: 'cow-few-slots',
    summary:
      'a process forks, its copies break and its child exits, while a thread of it alternates with ' +
      'another process over two slots',
    cpus: 2,
    mms: [{}, {}, { alive: false }],
    scripts: [
      script(run(A), write(0, 1), fork(C), write(0), run(C), write(1), exit, run(A), write(1)),
      script(run(A), write(0), run(B), run(A), write(0), read(1), run(B), run(A), write(0, 1)),
    ],
  },
  {
    ...machine,
    pages: 3,
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
    pages: 3,
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
      script(
        run(A),
        read(0),
        run(B),
        write(0),
        run(C),
        read(0, 0),
        run(D),
        read(0),
        run(A),
        read(0),
        run(B),
        write(0),
        read(0),
      ),
    ],
  },
  {
    ...machine,
    name: 'lazy-full-and-partial',
    summary:
      'a CPU goes lazy and back to the same mm while one CPU flushes all of it and another one single pages',
    cpus: 3,
    walks: 0,
    mms: [{}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(2, read(0), dontneed(0, 1, MANY))),
      script(read(0, 1), repeat(5, kthread, run(A), read(0, 1))),
      script(repeat(3, read(1), dontneed(1, 2))),
    ],
  },
  {
    ...machine,
    pages: 3,
    name: 'lazy-two-flushers',
    summary: 'a CPU goes lazy and back to the same mm while two others flush all of it at once',
    cpus: 3,
    walks: 0,
    mms: [{}],
    start: [{ loadedMm: A }, { loadedMm: A }, { loadedMm: A }],
    scripts: [
      script(repeat(2, read(0), dontneed(0, 1, MANY))),
      script(read(0, 1), repeat(6, kthread, run(A), read(0, 1))),
      script(repeat(2, read(1), dontneed(1, 2, MANY))),
    ],
  },
  {
    ...machine,
    pages: 3,
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
];
