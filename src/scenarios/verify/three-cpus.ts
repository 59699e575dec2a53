import type { Scenario, ScenarioCpu } from '../../vocabulary/scenario.js';
import { A, dontneed, read, run, script } from '../steps.js';

/** Three CPUs. */

const mapped = [{ page: 0, write: true }];
const cached = [{ mm: A, page: 0 }];
const running: ScenarioCpu = { loadedMm: A, cached };
const lazily: ScenarioCpu = { loadedMm: A, lazy: true, cached };
const machine = {
  cpus: 3,
  pages: 1,
  slots: 1,
  pcid: true,
  lazy: true,
  walks: 0,
  preemptions: 1,
  mms: [{ mapped }],
} as const;

export const threeCpus: readonly Scenario[] = [
  {
    ...machine,
    name: 'dontneed-two-readers',
    summary: 'a thread drops a page that two others read',
    start: [running, running, running],
    scripts: [script(dontneed(0, 1)), script(read(0)), script(read(0))],
  },
  {
    ...machine,
    name: 'two-flushers-one-reader',
    summary: 'two threads drop the same page, a third one reads it',
    start: [running, running, running],
    scripts: [script(dontneed(0, 1)), script(dontneed(0, 1)), script(read(0))],
  },
  {
    ...machine,
    name: 'dontneed-lazy-and-running',
    summary: 'a page is dropped while one CPU comes back from lazy TLB and another one reads',
    start: [running, running, lazily],
    scripts: [script(dontneed(0, 1)), script(read(0)), script(run(A), read(0))],
  },
];
