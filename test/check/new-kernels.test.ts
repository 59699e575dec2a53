/**
 * Recordings of 6.16.3 and 6.18.15: mm_cpumask is left by reason 5, 6.16 asks for its own CPU first; some
 * broadcast.
 * bench/recordings.ts has all of them.
 */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreement, checkFile, KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from '../../src/check/index.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { NEW_RECORDINGS } from '../trace/recordings.js';
import { linesOf } from './lines.js';

const path = (name: string): string =>
  NEW_RECORDINGS.find((file) => basename(file, '.trace.gz') === name) ?? '';

describe.skipIf(NEW_RECORDINGS.length === 0)('trace check on newer kernels', () => {
  it.each([
    ['k616native4-w5', '6.16.3'],
    ['k616native4-w8', '6.16.3'],
    ['k618native4-w7', '6.18.15'],
    ['k618native4-w8', '6.18.15'],
    ['k618pv4-w5', '6.18.15'],
    ['k618bcast4-w7', '6.18.15'],
    ['k618bcast8-w2', '6.18.15'],
  ] as const)('%s', (name, profile) => {
    const report = checkFile(path(name), null);
    expect(report.profile).toBe(profile);
    for (const [kind, number] of Object.entries(linesOf(readRecording(path(name)).events))) {
      const { agreed, raced, disagreed, learnt } = report.kinds[kind as Kind];
      expect(agreed + raced + disagreed + learnt, kind).toBe(number);
    }
    const barred = KIND_NAMES.filter((kind) => kind !== KIND_WITHOUT_BAR);
    for (const kind of barred) expect(agreement(report.kinds[kind]), kind).toBeGreaterThanOrEqual(0.99);
    const sum = (key: 'agreed' | 'raced' | 'disagreed') =>
      barred.reduce((total, kind) => total + report.kinds[kind][key], 0);
    expect(
      (sum('agreed') + sum('raced')) / (sum('agreed') + sum('raced') + sum('disagreed')),
    ).toBeGreaterThanOrEqual(0.999);
  });
});
