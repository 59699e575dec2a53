/**
 * What a check compares: for each way to change a line, one changed line of the carried recording is found,
 * and sound lines are not.
 */
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from '../../bench/check/mutations.js';
import { generator } from '../../bench/check/scramble.js';
import { type CheckReport, checkRecording } from '../../src/check/index.js';
import { profileOf } from '../../src/trace/identify.js';
import { readRecording } from '../../src/trace/read-recording.js';
import type { Recording } from '../../src/trace/recording.js';
import { CARRIED } from '../trace/recordings.js';

const whole = readRecording(CARRIED);
const recording: Recording = { ...whole, events: whole.events.slice(0, 7_000) };
const version = profileOf(whole);
if (version === null) throw new Error('no profile of the carried recording');
const check = (events: Recording['events']): CheckReport =>
  checkRecording({ ...recording, events }, version, null);
const faults = ({ disagreements, contradictions }: CheckReport): number =>
  disagreements.length + contradictions.length;

/** A recording with one line changed in this way; null when it has no such line. */
function changed(name: string, seed: number): Recording['events'] | null {
  const random = generator(seed);
  const { events, cpus } = recording;
  for (let attempt = 0; attempt < 20_000; attempt++) {
    const index = 1_500 + random(4_000);
    const place = MUTATIONS[name](events[index], random, { events, index, cpus });
    if (place !== null) return [...events.slice(0, index), ...place, ...events.slice(index + 1)];
  }
  return null;
}

describe('what a check compares', () => {
  it('nothing changed: neither a disagreement nor a contradiction', () => {
    expect(faults(check(recording.events))).toBe(0);
  });

  // Of three lines two at least: a value that another order can have is no fault. An IPI that is not sent
  // often is none.
  const least = (name: string, tried: number): number => (name === 'IPI to fewer' ? 1 : tried - 1);
  it.each(Object.keys(MUTATIONS))('%s', (name) => {
    const mutants = [1, 2, 3].map((seed) => changed(name, seed)).filter((events) => events !== null);
    const seen = mutants.filter((events) => faults(check(events)) > 0).length;
    expect(seen).toBeGreaterThanOrEqual(least(name, mutants.length));
  });
});
