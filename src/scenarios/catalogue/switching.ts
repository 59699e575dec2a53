import type { Scenario } from '../../vocabulary/scenario.js';
import { A, B, C, dontneed, mmap, munmap, protectRo, protectRw, read, repeat, run, script, write } from '../steps.js';

/** CPUs switch between mms while another CPU flushes one of them. */

const machine = { pages: 3, slots: 3, pcid: true, lazy: true, walks: 3 } as const;

export const switching: readonly Scenario[] = [
  {
    ...machine,
    name: 'ping-pong-dontneed',
    summary: 'one CPU drops pages of A again and again, another alternates between A and B',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(3, dontneed(0, 1), write(0), read(1))),
      script(run(A), read(0, 1), repeat(3, run(B), read(0), run(A), read(0, 1, 0))),
    ],
  },
  {
    ...machine,
    name: 'ping-pong-munmap',
    summary: 'one CPU unmaps and maps pages of A, another alternates between A and B',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1, 2), munmap(0, 1), read(1), mmap(0, 1), write(0), munmap(1, 2), read(0, 2)),
      script(run(A), read(0, 1), run(B), write(1), run(A), read(0, 1), run(B), read(1), run(A), read(0, 1, 2)),
    ],
  },
  {
    ...machine,
    name: 'ping-pong-mprotect',
    summary: 'one CPU makes pages of A read-only and writable again, another writes to them between switches',
    cpus: 2,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, protectRo(0, 2), read(0), protectRw(0, 2), write(0))),
      script(run(A), write(0, 1), repeat(3, run(B), read(2), run(A), write(0, 1), read(0))),
    ],
  },
  {
    ...machine,
    name: 'three-mms-two-slots',
    summary: 'three mms share two slots, so that slots are recycled while pages are dropped',
    cpus: 2,
    slots: 2,
    mms: [{}, {}, {}],
    scripts: [
      script(run(A), write(0, 1), dontneed(0, 2), write(0), run(B), write(0), dontneed(0, 1), run(A), dontneed(0, 1), read(0)),
      script(run(A), read(0, 1), run(B), read(0), run(A), read(0), run(C), read(0), run(B), read(0), run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'two-flushers',
    summary: 'two CPUs flush the same mm, partially and fully, while a third alternates',
    cpus: 3,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), dontneed(0, 1), read(0), dontneed(1, 2)),
      script(run(A), write(1, 2), dontneed(1, 3, 40), write(1)),
      script(run(A), read(0, 1), repeat(2, run(B), read(0), run(A), read(0, 1, 2))),
    ],
  },
  {
    ...machine,
    name: 'far-generations',
    summary: 'mms whose generations are far apart alternate on both CPUs, each flushed from the other',
    cpus: 2,
    mms: [{ tlbGen: 3 }, { tlbGen: 90 }],
    scripts: [
      script(run(A), write(0, 1), run(B), write(0), dontneed(0, 1), run(A), read(0, 1), dontneed(1, 2), run(B), read(0)),
      script(run(B), write(0), run(A), read(0, 1), dontneed(0, 1), run(B), read(0, 0), run(A), read(0, 1)),
    ],
  },
  {
    ...machine,
    name: 'no-pcid',
    summary: 'without PCIDs: one slot, every switch flushes',
    cpus: 2,
    slots: 1,
    pcid: false,
    mms: [{}, {}],
    scripts: [
      script(run(A), write(0, 1), repeat(2, dontneed(0, 2), write(0), read(1)), munmap(0, 1)),
      script(run(A), read(0, 1), repeat(2, run(B), read(0), run(A), read(0, 1, 0))),
    ],
  },
];
