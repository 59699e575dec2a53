import type { Scenario, ScenarioCpu } from '../../vocabulary/scenario.js';
import { A, B, dontneed, exit, kthread, munmap, read, run, script } from '../steps.js';

/** A CPU leaves an mm and comes back to it, or keeps it lazily, while another one takes a page away. */

const mapped = [{ page: 0, write: true }];
const cached = [{ mm: A, page: 0 }];
const running: ScenarioCpu = { loadedMm: A, cached };
const lazily: ScenarioCpu = { loadedMm: A, lazy: true, cached };
/** A CPU that runs B, and whose slot of A is of that generation. */
const backTo = (tlbGen: number): ScenarioCpu => ({
  loadedMm: B,
  loadedMmAsid: 1,
  slots: [
    { mm: A, tlbGen },
    { mm: B, tlbGen: 1 },
  ],
  cached,
});
const machine = {
  cpus: 2,
  pages: 1,
  slots: 2,
  pcid: true,
  lazy: true,
  walks: 0,
  preemptions: 1,
  mms: [{ mapped }, {}],
} as const;

export const switching: readonly Scenario[] = [
  {
    ...machine,
    name: 'switch-back',
    // Out of A's mask, as a switch leaves a CPU before 6.14; for kernels since then see switch-back-marked.
    summary: 'a CPU comes back to a slot that is as new as its mm was while a page is dropped',
    start: [running, backTo(1)],
    scripts: [script(dontneed(0, 1)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'switch-back-behind',
    summary: 'a CPU comes back to a slot that is a generation behind its mm while a page is dropped',
    mms: [{ mapped, tlbGen: 2 }, {}],
    start: [running, backTo(1)],
    scripts: [script(dontneed(0, 1)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'switch-back-marked',
    summary: 'a CPU that is in the mask of an mm still comes back to it while a page is dropped',
    // As a switch leaves it since 6.14; a bit that is set already is set by no locked instruction again.
    mms: [{ mapped, cpumask: [1] }, {}],
    start: [running, backTo(1)],
    scripts: [script(dontneed(0, 1)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'switch-one-slot',
    summary: 'a CPU with one slot leaves an mm and comes back while a page is dropped',
    slots: 1,
    start: [running, running],
    scripts: [script(dontneed(0, 1)), script(run(B), run(A), read(0))],
  },
  {
    ...machine,
    name: 'running-behind',
    summary: 'a page is dropped while the slot of the other thread is a generation behind',
    mms: [{ mapped, tlbGen: 2 }, {}],
    start: [running, { loadedMm: A, slots: [{ mm: A, tlbGen: 1 }], cached }],
    scripts: [script(dontneed(0, 1)), script(read(0))],
  },
  {
    ...machine,
    name: 'lazy-back',
    summary: 'a CPU comes back from lazy TLB while a page is dropped',
    start: [running, lazily],
    scripts: [script(dontneed(0, 1)), script(run(A), read(0))],
  },
  {
    ...machine,
    name: 'lazy-there-and-back',
    summary: 'a CPU goes to a kernel thread and back to the same mm while a page is dropped',
    start: [running, running],
    scripts: [script(dontneed(0, 1)), script(kthread, run(A), read(0))],
  },
  {
    ...machine,
    name: 'lazy-table',
    summary: 'a page goes with its table while another CPU keeps the mm lazily and may walk speculatively',
    walks: 1,
    start: [running, lazily],
    scripts: [script(munmap(0, 1)), script(run(B))],
  },
  {
    ...machine,
    name: 'lazy-exit',
    summary: 'a process exits while another CPU keeps its mm lazily',
    start: [running, lazily],
    scripts: [script(exit), script(run(B))],
  },
];
