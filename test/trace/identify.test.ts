/** Which kernel a recording is of: by its meta file, by the sizes of its probed functions, by its wording. */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/trace/identify.js';
import { parseTrace } from '../../src/trace/parse.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { NEW_RECORDINGS, RECORDINGS } from './recordings.js';

const recording = (...bodies: string[]) =>
  parseTrace(
    bodies.map((body, i) => `  t-1  [000] d.... 1.${String(i).padStart(6, '0')}: ${body}\n`).join(''),
    'x.trace',
  );
const found = (...bodies: string[]) => {
  const identified = identify(recording(...bodies));
  return identified === null ? null : [identified.profile.name, identified.by];
};
const func = (size: string) =>
  `flush_func: (flush_tlb_func+0x4/0x${size}) mm=0x1 start=0x0 end=0x1000 gen=2 init=0 stride=12 freed=0`;
const drop = (size: string) => `mmdrop: (__mmdrop+0x4/0x${size}) mm=0x1 ctx=3`;
const pending = 'batch_pending: (flush_tlb_batched_pending+0x4/0x60) mm=0x1';

describe('the kernel of a recording without a meta file', () => {
  it('is known by the sizes of its functions', () => {
    expect(found(func('300'), drop('1f0'))).toEqual(['6.16.3', 'build']);
    expect(found(func('300'), drop('210'))).toEqual(['6.18.15', 'build']);
    expect(found('flush_mm_range_ret: (exit_mmap+0xea/0x310 <- flush_tlb_mm_range)')).toEqual([
      '6.1.192',
      'build',
    ]);
  });

  it('is none where the sizes fit builds that decide otherwise, or none', () => {
    expect(found(func('300'))).toBeNull();
    expect(found(func('300'), drop('999'))).toBeNull();
    expect(found(pending)).toBeNull();
  });

  it('is known by its wording as far as that tells', () => {
    expect(found('tlb_flush: pages:1 reason:local MM shootdown (3)', pending)).toEqual([
      '6.18.15',
      'wording',
    ]);
    expect(found('sys_munmap(addr: 0x7f16ffceb000, len: 0x4000)')).toEqual(['6.18.15', 'wording']);
    expect(found('tlb_flush: pages:0 reason:0x5 (5)')).toEqual(['6.16.3', 'wording']);
    expect(
      found('tlb_flush: pages:1 reason:local mm shootdown (3)', 'sys_munmap(addr: 7f16ffceb000, len: 4000)'),
    ).toBeNull();
  });

  it('is none that looks like it where the meta file names one without a profile', () => {
    const unnamed = { ...recording(func('300'), drop('210')), meta: { kernel: 'not named' } };
    expect(identify(unnamed)?.by).toBe('build');
    expect(identify({ ...unnamed, meta: { kernel: '6.17.9' } })).toBeNull();
  });

  it
    .skipIf(NEW_RECORDINGS.length === 0)
    .each(
      [
        ...RECORDINGS.filter((path) => /-w[48]\.trace/.test(path)),
        ...NEW_RECORDINGS.filter((path) => /-w[28]\.trace/.test(path)),
      ].map((path) => [basename(path), path]),
    )('is the one that the meta file names: %s', (_, path) => {
    const { meta, ...bare } = readRecording(path);
    const [byText, byMeta] = [identify(bare), identify({ ...bare, ...(meta === undefined ? {} : { meta }) })];
    expect(byText?.by).toBe('build');
    expect(byText?.profile.features).toEqual(byMeta?.profile.features);
  });
});
