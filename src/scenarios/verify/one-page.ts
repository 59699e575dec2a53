import type { Scenario, ScenarioCpu } from '../../vocabulary/scenario.js';
import { A, dontneed, munmap, protectRo, read, reclaim, script, write } from '../steps.js';

/** Two threads of one process: one takes a page away, the other uses it. */

const mapped = [{ page: 0, write: true }];
const running: ScenarioCpu = { loadedMm: A, cached: [{ mm: A, page: 0 }] };
const machine = {
  cpus: 2,
  pages: 1,
  slots: 1,
  pcid: true,
  lazy: true,
  walks: 0,
  mms: [{ mapped }],
  start: [running, running],
} as const;

export const onePage: readonly Scenario[] = [
  {
    ...machine,
    name: 'dontneed-read',
    summary: 'a thread drops a page, another one reads it',
    scripts: [script(dontneed(0, 1)), script(read(0))],
  },
  {
    ...machine,
    name: 'dontneed-write',
    summary: 'a thread drops a page, another one writes to it',
    scripts: [script(dontneed(0, 1)), script(write(0))],
  },
  {
    ...machine,
    name: 'dontneed-full',
    summary: 'a thread drops so many pages that everything is flushed, another one reads one of them',
    scripts: [script(dontneed(0, 1, 64)), script(read(0))],
  },
  {
    ...machine,
    name: 'munmap-walk',
    summary: 'a thread unmaps a page with its table while another CPU may walk speculatively',
    walks: 1,
    scripts: [script(munmap(0, 1)), script(read(0))],
  },
  {
    ...machine,
    name: 'protect-write',
    summary: 'a thread write-protects a page, another one writes to it',
    scripts: [script(protectRo(0, 1)), script(write(0))],
  },
  {
    ...machine,
    name: 'reclaim-read',
    summary: 'reclaim takes a page, another thread reads it',
    scripts: [script(reclaim(A, 0)), script(read(0))],
  },
  {
    ...machine,
    name: 'cow-read',
    summary: 'a thread breaks copy-on-write of a page that another one reads',
    mms: [{ mapped: [{ page: 0, write: false }] }, { mapped: [{ page: 0, write: false, sharedWith: A }] }],
    scripts: [script(write(0)), script(read(0))],
  },
  {
    ...machine,
    name: 'two-dontneed',
    preemptions: 1,
    summary: 'two threads drop a page each at the same time and read the other one',
    pages: 2,
    mms: [{ mapped: [...mapped, { page: 1, write: true }] }],
    start: [running, { loadedMm: A, cached: [{ mm: A, page: 1 }] }],
    scripts: [script(dontneed(1, 2), read(0)), script(dontneed(0, 1), read(1))],
  },
];
