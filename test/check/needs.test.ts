/** A kind that stands on a missing probe is not compared; the others agree as before. */
import { describe, expect, it } from 'vitest';
import { checkRecording, renderCheck } from '../../src/check/index.js';
import { findProfile } from '../../src/kernel/profiles.js';
import type { EventKind } from '../../src/trace/events.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { CARRIED } from '../trace/recordings.js';

const whole = readRecording(CARRIED);
const version = findProfile('6.12.117');
if (version === undefined) throw new Error('no profile');
const check = (...kinds: readonly EventKind[]) =>
  checkRecording(
    { ...whole, events: whole.events.filter(({ kind }) => !kinds.includes(kind)) },
    version,
    null,
  );

describe('a check without a probe', () => {
  it.each([
    ['flush_mm_range', 'gen'],
    ['native_flush_multi', 'should_flush'],
    ['flush_func', 'tlb_flush'],
    ['should_flush_ret', 'should_flush'],
    ['switch_mm', 'ncpus'],
    ['write_cr3', 'slot'],
    ['enter_lazy', 'should_flush'],
    ['tlb_flush', 'no tlb_flush'],
  ] as const)('without %s leaves out %s, and nothing disagrees', (probe, kind) => {
    const report = check(probe);
    expect(report.notCompared).toContainEqual({ kind, missing: expect.arrayContaining([probe]) });
    for (const { kind: left } of report.notCompared)
      expect(report.kinds[left]).toEqual({ agreed: 0, raced: 0, disagreed: 0, learnt: 0 });
    expect(report.disagreements).toEqual([]);
    expect(renderCheck(report)).toContain(`Not compared, for want of`);
  });

  it('compares everything with all of them', () => {
    expect(check().notCompared).toEqual([]);
  });

  it('does not call it agreement where nothing could be compared', () => {
    const events = whole.events.filter(({ kind }) => kind === 'sched_switch');
    const nothing = checkRecording({ ...whole, events }, version, null, {
      pv: false,
      pcid: true,
      broadcasts: false,
    });
    expect(renderCheck(nothing)).toContain('there was nothing to compare');
  });
});
