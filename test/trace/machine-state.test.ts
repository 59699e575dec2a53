/**
 * The learnt state, held against what the recorded kernels did next: if it is right, it predicts their ASIDs
 * and flush decisions.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INIT_CTX, MachineState } from '../../src/trace/machine-state.js';
import { parseTrace } from '../../src/trace/parse.js';
import { readRecording } from '../../src/trace/read-recording.js';
import type { Recording } from '../../src/trace/recording.js';
import { BEFORE, GOLDEN } from './golden.js';
import { CARRIED, RECORDINGS } from './recordings.js';

/** Predictions of the state before each CR3 write and flush, and how many came true. */
function predictions(
  recording: Recording,
): Record<'slot' | 'decision' | 'cursor' | 'mask', { right: number; all: number }> {
  const result = {
    slot: { right: 0, all: 0 },
    decision: { right: 0, all: 0 },
    cursor: { right: 0, all: 0 },
    mask: { right: 0, all: 0 },
  };
  const predict = (kind: keyof typeof result, right: boolean): void => {
    result[kind].all++;
    if (right) result[kind].right++;
  };
  const machine = new MachineState(recording.cpus);
  for (const event of recording.events) {
    const cpu = machine.cpu(event.cpu);
    if (event.kind === 'write_cr3' && cpu.reload !== null) {
      const { ctx, gen } = cpu.reload;
      const own = cpu.slots.findIndex((slot) => slot?.ctx === ctx);
      if (own !== -1) {
        predict('slot', own === event.pcid - 1);
        predict('decision', event.noFlush === (cpu.slots[own]?.gen ?? 0) >= gen);
      } else if (!event.noFlush && cpu.nextAsid !== null) predict('cursor', cpu.nextAsid === event.pcid - 1);
    }
    const known = event.kind === 'flush_mm_range' ? machine.mms.get(event.ctx) : undefined;
    if (event.kind === 'flush_mm_range' && known !== undefined && known.gen !== null)
      predict('mask', known.cpus === event.cpus);
    machine.apply(event);
  }
  return result;
}

describe('MachineState', () => {
  it('knows CPUs, slots and generations after the golden beginning', () => {
    const { events } = parseTrace(GOLDEN, 'golden');
    const machine = new MachineState(2);
    expect(machine.cpu(0)).toMatchObject({ ctx: null, asid: null, lazy: false });
    for (const event of events.slice(0, BEFORE.length)) machine.apply(event);
    expect(machine.cpu(1)).toMatchObject({ pid: 101, ctx: 10, asid: 0, lazy: false, nextAsid: null });
    expect(machine.cpu(1).slots.slice(0, 3)).toEqual([{ ctx: 10, gen: 4 }, { ctx: 11, gen: 7 }, null]);
    for (const event of events.slice(BEFORE.length)) machine.apply(event);
    expect(machine.mms.get(10)?.gen).toBe(6);
    expect(machine.cpu(1)).toMatchObject({ ctx: 10, lazy: true });
    expect(() => machine.cpu(2)).toThrow(RangeError);
    expect(machine.ctxOfPid.get(100)).toBe(10);
    expect(INIT_CTX).toBe(1);
  });

  it.skipIf(RECORDINGS.length === 0)(
    'predicts slots and cursor always, decisions and masks almost always (the rest are races)',
    () => {
      const sums = {
        slot: { right: 0, all: 0 },
        decision: { right: 0, all: 0 },
        cursor: { right: 0, all: 0 },
        mask: { right: 0, all: 0 },
      };
      for (const path of RECORDINGS) {
        const recording = readRecording(path);
        if (recording.meta?.pcid !== true) continue;
        for (const [kind, { right, all }] of Object.entries(predictions(recording))) {
          sums[kind as keyof typeof sums].right += right;
          sums[kind as keyof typeof sums].all += all;
        }
      }
      expect(sums.slot.all).toBeGreaterThan(20_000);
      expect(sums.slot.right).toBe(sums.slot.all);
      expect(sums.cursor.all).toBeGreaterThan(300);
      expect(sums.cursor.right).toBe(sums.cursor.all);
      expect(sums.decision.right / sums.decision.all).toBeGreaterThan(0.998);
      expect(sums.mask.right / sums.mask.all).toBeGreaterThan(0.998);
    },
  );
});

const SOURCE = RECORDINGS.find((path) => path.endsWith('/k612native4-w8.trace.gz'));
describe('the recording that the project carries', () => {
  it.skipIf(SOURCE === undefined)('is the beginning of its source, line by line', () => {
    const lines = (path: string): string[] => gunzipSync(readFileSync(path)).toString('utf8').split('\n');
    const cut = lines(CARRIED);
    const whole = lines(SOURCE ?? '');
    expect(cut.length).toBe(17_601);
    const differing = cut.flatMap((line, i) => (line === whole[i] ? [] : [i + 1]));
    expect(differing).toEqual([3, 17_601]); // The count of events, and the end.
  });
});
