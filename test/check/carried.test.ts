import { describe, expect, it } from 'vitest';
import {
  agreement,
  checkFile,
  checkRecording,
  KIND_NAMES,
  KIND_WITHOUT_BAR,
  type Kind,
  renderCheck,
} from '../../src/check/index.js';
import { profileOf } from '../../src/trace/identify.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { findVariant } from '../../src/variants/index.js';
import { CARRIED } from '../trace/recordings.js';
import { linesOf } from './lines.js';

/** The recording that the project carries: the check on it needs nothing beside the project. */
describe('trace check on the carried recording', () => {
  const report = checkFile(CARRIED, null);

  it('takes the profile of the kernel that the meta file names', () => {
    expect(report.profile).toBe('6.12.117');
    expect(report.backend).toBe('native');
  });

  it('agrees with the kernel', () => {
    for (const kind of KIND_NAMES)
      if (kind !== KIND_WITHOUT_BAR) expect(agreement(report.kinds[kind]), kind).toBeGreaterThanOrEqual(0.99);
    expect(report.agreed / (report.agreed + report.raced + report.disagreed)).toBeGreaterThanOrEqual(0.995);
    expect(report.raced).toBeLessThanOrEqual(0.002 * (report.agreed + report.raced + report.disagreed));
  });

  it('accounts for every line of every kind, and its sums add up', () => {
    const lines = linesOf(readRecording(CARRIED).events);
    for (const [kind, number] of Object.entries(lines)) {
      const { agreed, raced, disagreed, learnt } = report.kinds[kind as Kind];
      expect(agreed + raced + disagreed + learnt, kind).toBe(number);
    }
    for (const key of ['agreed', 'raced', 'disagreed', 'learnt'] as const) {
      const barred = KIND_NAMES.filter((kind) => kind !== KIND_WITHOUT_BAR);
      expect(report[key]).toBe(barred.reduce((sum, kind) => sum + report.kinds[kind][key], 0));
    }
    expect(report.disagreements).toHaveLength(report.disagreed);
  });

  it('is deterministic', () => {
    expect(checkFile(CARRIED, null)).toEqual(report);
  });

  it('fits the page', () => {
    for (const line of renderCheck(report).split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('notices a changed decision', () => {
    const recording = readRecording(CARRIED);
    const version = profileOf(recording);
    if (version === null) throw new Error('no profile');
    const last = recording.events.findLastIndex((event) => event.kind === 'should_flush_ret');
    const events = recording.events.map((event, index) =>
      index === last && event.kind === 'should_flush_ret' ? { ...event, ret: !event.ret } : event,
    );
    const changed = checkRecording({ ...recording, events }, version, null);
    expect(
      changed.disagreements.some(
        ({ line, kind }) => kind === 'should_flush' && line === recording.events[last].line,
      ),
    ).toBe(true);
  });

  it('lets features be switched off', () => {
    const version = findVariant('6.12.117~strictSlotTest');
    if (version === undefined) throw new Error('no variant');
    expect(agreement(checkFile(CARRIED, version).kinds['flush bit'])).toBeLessThan(0.99);
  });

  it('says which profile to give when none is named', () => {
    const recording = readRecording(CARRIED);
    expect(profileOf({ ...recording, meta: { kernel: '6.1.1920-amd64' } })).toBeNull();
    expect(
      profileOf({ ...recording, meta: { kernel: '6.1.0-56-amd64', kernelVersion: '#1 Debian 6.1.192-2' } })
        ?.name,
    ).toBe('6.1.192');
  });
});
