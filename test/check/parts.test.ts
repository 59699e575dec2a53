/** A recording in parts: the figures are sums, and a part that begins in the middle only learns again. */
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkRecording, KIND_WITHOUT_BAR } from '../../src/check/index.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { readParts } from '../../src/trace/read-parts.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { CARRIED } from '../trace/recordings.js';

async function parts(path: string, size: number, onBytes?: (bytes: number) => void) {
  const all = [];
  for await (const part of readParts(path, size, onBytes)) all.push(part);
  return all;
}

describe('a recording in parts', () => {
  it('has the events of the whole, with their lines', async () => {
    const whole = readRecording(CARRIED);
    const bytes: number[] = [];
    const read = await parts(CARRIED, 5000, (of) => bytes.push(of));
    expect(bytes.at(-1)).toBe(statSync(CARRIED).size);
    expect(read.length).toBe(Math.ceil(whole.events.length / 5000));
    expect(read.flatMap(({ events }) => events)).toEqual(whole.events);
    expect(read.at(-1)).toMatchObject({ lines: whole.lines, cpus: whole.cpus, lostEvents: whole.lostEvents });
  });

  it('agrees as the whole does', async () => {
    const version = findProfile('6.12.117');
    if (version === undefined) throw new Error('no profile');
    const whole = checkRecording(readRecording(CARRIED), version, null);
    let agreed = 0;
    for (const part of await parts(CARRIED, 8000)) {
      const report = checkRecording(part, version, null);
      expect(report.disagreements.filter(({ kind }) => kind !== KIND_WITHOUT_BAR).length).toBeLessThanOrEqual(
        2,
      );
      agreed += report.agreed;
    }
    expect(agreed).toBeGreaterThan(0.97 * whole.agreed);
  });

  it('is told to be cut as the whole is', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'parts-')), 'cut.trace.gz');
    const line = '  a-1 [000] d.... 1.000001: leave_mm: (x)\n';
    writeFileSync(path, gzipSync(line.repeat(500)).subarray(0, 40));
    await expect(parts(path, 100)).rejects.toThrow(TraceError);
    writeFileSync(path, `${line}${line.slice(0, -4)}`);
    await expect(parts(path, 100)).rejects.toThrow(/:2: the last line has no end/);
  });
});
