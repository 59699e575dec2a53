import type { Scenario, ScenarioCpu } from '../../vocabulary/scenario.js';
import { A, dontneed, read, script, write } from '../steps.js';

/** Virtual CPUs that their host takes off their processors. On bare metal nobody does. */

const running: ScenarioCpu = { loadedMm: A, cached: [{ mm: A, page: 0 }] };
const machine = {
  cpus: 2,
  pages: 1,
  slots: 1,
  pcid: true,
  lazy: true,
  walks: 0,
  mms: [{ mapped: [{ page: 0, write: true }] }],
  start: [running, running],
} as const;

export const hosts: readonly Scenario[] = [
  {
    ...machine,
    name: 'preempted-read',
    summary: 'a page is dropped while the CPU that reads it may be off its processor',
    preemptions: 1,
    scripts: [script(dontneed(0, 1)), script(read(0))],
  },
  {
    ...machine,
    name: 'preempted-write',
    summary: 'a page is dropped while the CPU that writes to it may be off its processor, twice',
    preemptions: 2,
    scripts: [script(dontneed(0, 1)), script(write(0))],
  },
  {
    ...machine,
    name: 'preempted-whole',
    summary: 'all of an mm is flushed while the CPU that reads a page of it may be off its processor',
    preemptions: 1,
    scripts: [script(dontneed(0, 1, 64)), script(read(0))],
  },
];
