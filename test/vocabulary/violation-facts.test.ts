import { describe, expect, it } from 'vitest';
import {
  impersonally,
  personally,
  type ViolationFacts,
  violationWords,
} from '../../src/vocabulary/violation-facts.js';

const names = {
  nameOf: (address: number) => `lock ${address}`,
  recordOf: (address: number) => `csd ${address}`,
};

const CASES: readonly (readonly [ViolationFacts, string, string])[] = [
  [
    { class: 'stale-use', cpu: 1, mm: 0, page: 3, isWrite: false, frame: 7, isBuffered: false },
    'CPU1 read page 3 of mm A through a page that had been freed (frame 7)',
    'CPU# read page # of mm # through a page that had been freed (frame #)',
  ],
  [
    { class: 'stale-use', cpu: 1, mm: 26, page: 3, isWrite: true, frame: null, isBuffered: true },
    'CPU1 wrote to page 3 of mm mm26 through a translation revoked by an operation that had returned, ' +
      'from its store buffer',
    'CPU# wrote to page # of mm mm# through a translation revoked by an operation that had returned, ' +
      'from its store buffer',
  ],
  [
    { class: 'split-page', cpu: 1, mm: 1, page: 3, frame: 4, copy: 5 },
    'CPU1 read page 3 of mm B in frame 4, while stores to its copy in frame 5 were visible already',
    'CPU# read page # of mm # in frame #, while stores to its copy in frame # were visible already',
  ],
  [
    { class: 'freed-table-walk', cpu: 0, frame: 12, isSpeculative: true },
    'a speculative walk of CPU0 read the page-table page in frame 12, which had been freed',
    'a speculative walk of CPU# read the page-table page in frame #, which had been freed',
  ],
  [
    { class: 'lost-ack', cpu: 0, csd: 3 },
    'CPU0 acknowledged csd 3 before its function had run',
    'CPU# acknowledged csd # before its function had run',
  ],
  [
    {
      class: 'livelock',
      cpu: 0,
      steps: 90,
      waiting: [{ cpu: 1, waits: [{ word: 3, value: -2 }], operation: '', interrupts: true }],
    },
    'no end in 90 steps, the last of them fair: CPU1 waits for lock 3 (is -2), interrupts on',
    'no end in # steps, the last of them fair: CPU# waits for lock # (is -#), interrupts on',
  ],
  [
    { class: 'gen-ahead', cpu: 0, asid: 1, mm: 0, claimed: 4, page: 2, isStructure: true, due: 3 },
    "CPU0's slot 1 claims generation 4 of mm A but holds a paging-structure entry for table 2 older " +
      'than generation 3',
    "CPU#'s slot # claims generation # of mm # but holds a paging-structure entry for table # older " +
      'than generation #',
  ],
  [
    { class: 'gen-above-mm', cpu: 0, asid: 1, mm: 0, claimed: 4, tlbGen: 3 },
    "CPU0's slot 1 claims generation 4 of mm A, which is at 3",
    "CPU#'s slot # claims generation # of mm #, which is at #",
  ],
];

describe('a violation in words', () => {
  it.each(CASES)('%j', (facts, personal, impersonal) => {
    expect(violationWords(facts, personally(names))).toBe(personal);
    expect(violationWords(facts, impersonally(names))).toBe(impersonal);
  });
});
