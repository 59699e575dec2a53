/** Windows of recordings of any length: a large one gives the same as a small one. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultWindowOf, givenWindowOf, richestWindowsOf } from '../../src/trace/choose.js';
import { MAX_TEXT_BYTES, readBytes } from '../../src/trace/file-bytes.js';
import { traceInfo, traceInfoOf } from '../../src/trace/info.js';
import { isLargeRecording } from '../../src/trace/read-parts.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { listWindows } from '../../src/trace/window.js';
import { GOLDEN } from './golden.js';
import { CARRIED } from './recordings.js';

const folder = mkdtempSync(join(tmpdir(), 'shootdown-choose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const TEXT = gunzipSync(readBytes(CARRIED)).toString('utf8');
/** The carried recording with so many comment lines before it that it cannot be held as a whole. */
const PADDING = `# ${'padding '.repeat(1000)}\n`;
const PADDED = Math.ceil(MAX_TEXT_BYTES / PADDING.length) + 1;

describe('a large recording', () => {
  const large = put('server-6.12.trace', PADDING.repeat(PADDED) + TEXT);
  const same = put('small.trace.gz', readBytes(CARRIED));

  it('is summed up as the small one is', async () => {
    expect(isLargeRecording(large)).toBe(true);
    const { lines, windows, name: _, ...info } = await traceInfoOf(large);
    const expected = traceInfo(readRecording(same));
    expect(lines).toBe(expected.lines + PADDED);
    expect(windows.count).toBe(expected.windows.count);
    expect(windows.default).toEqual({
      ...expected.windows.default,
      firstLine: (expected.windows.default?.firstLine ?? 0) + PADDED,
      lastLine: (expected.windows.default?.lastLine ?? 0) + PADDED,
    });
    expect(info).toMatchObject({
      callers: expected.callers,
      perCpu: expected.perCpu,
      shootdowns: expected.shootdowns,
      mms: expected.mms,
    });
  });

  it('has the same windows, default and given', async () => {
    const [ofLarge, ofSmall] = [await defaultWindowOf(large), await defaultWindowOf(same)];
    expect(ofLarge.scenario.scripts).toEqual(ofSmall.scenario.scripts);
    const { firstLine, lastLine } = ofSmall.window;
    const given = await givenWindowOf(large, `${firstLine + PADDED}..${lastLine + PADDED}`);
    expect(given.scenario.scripts).toEqual(ofSmall.scenario.scripts);
    await expect(givenWindowOf(large, `1..${firstLine + 999_999}`)).rejects.toThrow(
      /goes beyond the file's last line/,
    );
    await expect(givenWindowOf(large, 'x')).rejects.toThrow(/window "x"; expected A\.\.B/);
  });
});

describe('windows to count in', () => {
  it('are those with the most returns, in file order', async () => {
    const windows = listWindows(readRecording(CARRIED));
    const chosen = await richestWindowsOf(CARRIED, 3);
    const returns = windows.map((window) => window.returns).sort((a, b) => b - a);
    expect(chosen.map(({ window }) => window.returns).sort((a, b) => b - a)).toEqual(returns.slice(0, 3));
    const lines = chosen.map(({ window }) => window.firstLine);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });
});

describe('a recording without windows', () => {
  it('says what a window needs', async () => {
    await expect(defaultWindowOf(put('golden.trace', GOLDEN))).rejects.toThrow(
      /golden\.trace: no block of 120 events has .*; expected one, or --window A\.\.B/,
    );
  });

  it('names the probes that it lacks, however it is asked', async () => {
    const path = put(
      'tracepoints.trace',
      '  a-1 [000] d..2. 1.000000: tlb_flush: pages:1 reason:remote shootdown (1)\n',
    );
    const message =
      /no scenario can be made of it without the probes flush_mm_range, switch_mm; docs\/recording\.md has them/;
    await expect(defaultWindowOf(path)).rejects.toThrow(message);
    await expect(givenWindowOf(path, '1..1')).rejects.toThrow(message);
    await expect(richestWindowsOf(path, 4)).rejects.toThrow(message);
  });
});

describe('a recording that packs tighter than text does', () => {
  it('is refused where it is read in parts, too', async () => {
    const noise = gzipSync(
      `${Array.from({ length: 300 }, () => `# ${randomBytes(7_000).toString('base64')}`).join('\n')}\n`,
    );
    const tight = gzipSync(PADDING.repeat(6_000));
    const bomb = put('bomb.gz', Buffer.concat([noise, ...Array.from({ length: 9 }, () => tight)]));
    expect(isLargeRecording(bomb)).toBe(true);
    await expect(traceInfoOf(bomb)).rejects.toThrow(/holds \d+ bytes in \d+ compressed ones/);
  });
});
