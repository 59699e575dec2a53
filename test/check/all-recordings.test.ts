import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreement, checkFile, KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from '../../src/check/index.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { findVariant } from '../../src/variants/index.js';
import { RECORDINGS } from '../trace/recordings.js';
import { linesOf } from './lines.js';

const path = (name: string): string => RECORDINGS.find((file) => basename(file, '.trace.gz') === name) ?? '';

describe.skipIf(RECORDINGS.length === 0)('trace check on the full recordings', () => {
  const total = { agreed: 0, raced: 0, disagreed: 0, learnt: 0 };

  it.each(RECORDINGS.map((file) => [basename(file, '.trace.gz'), file]))('%s', (_, file) => {
    const begin = performance.now();
    const report = checkFile(file, null);
    expect(performance.now() - begin).toBeLessThan(15_000);
    const lines = linesOf(readRecording(file).events);
    for (const [kind, number] of Object.entries(lines)) {
      const { agreed, raced, disagreed, learnt } = report.kinds[kind as Kind];
      expect(agreed + raced + disagreed + learnt, kind).toBe(number);
    }
    expect(report.disagreements).toEqual([]);
    for (const kind of KIND_NAMES) {
      if (kind === KIND_WITHOUT_BAR) continue;
      expect(agreement(report.kinds[kind]), kind).toBeGreaterThanOrEqual(0.99);
      for (const key of ['agreed', 'raced', 'disagreed', 'learnt'] as const)
        total[key] += report.kinds[kind][key];
    }
  });

  it('agrees over all of them', () => {
    const decided = total.agreed + total.raced + total.disagreed;
    expect(total.agreed / decided).toBeGreaterThanOrEqual(0.995);
    expect(total.raced / decided).toBeLessThanOrEqual(0.002);
  });

  // Each feature switched off makes the model decide otherwise than the kernel did, and the check says so.
  it.each([
    ['genEarlyOut', 'native4-w5', 'no tlb_flush'],
    ['skipLazy', 'native4-w3', 'should_flush'],
    ['strictSlotTest', 'native4-w4', 'flush bit'],
  ] as const)('%s off, on %s, lowers %s', (feature, recording, kind) => {
    const off = findVariant(`6.1.192~${feature}`);
    if (off === undefined) throw new Error('no such variant');
    const asRecorded = checkFile(path(recording), null).kinds[kind as Kind];
    const without = checkFile(path(recording), off).kinds[kind as Kind];
    expect(agreement(asRecorded) - agreement(without)).toBeGreaterThan(0.01);
  });
});
