import { describe, expect, it, vi } from 'vitest';
import { decodeSchedule } from '../../src/drive/schedule.js';
import { kernelSites } from '../../src/explain/call-sites.js';
import { Recorder } from '../../src/explain/recorder.js';
import { RecordingBoard } from '../../src/explain/recording-board.js';
import { hex } from '../../src/explore/hex.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { InternalError } from '../../src/machine/ghost.js';
import { Machine } from '../../src/machine/machine.js';
import { followRecorded } from '../../src/replay/follow-recorded.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { findVariant } from '../../src/variants/index.js';
import type { KernelFinding } from '../../src/vocabulary/finding.js';
import { findWitness } from '../findings/witness.js';

function prepare({ variant, scenario, memory }: KernelFinding) {
  const found = findVariant(variant);
  if (found === undefined) throw new Error(`no ${variant}`);
  const program = kernelProgram(scenario, found);
  const machine = new Machine(program, memory);
  const board = new RecordingBoard(machine, program.config);
  machine.observer = board;
  return { machine, board, record: () => new Recorder(machine, board, kernelSites(null)) };
}

describe('following a recorded execution', () => {
  const finding = findWitness('b4');
  const decisions = decodeSchedule(finding.schedule);

  it('records every step of one that people read', () => {
    const { machine, board, record } = prepare(finding);
    const { diverged, steps } = followRecorded(machine, decisions, board, record);
    expect(diverged).toBeNull();
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: finding.steps }, (_, i) => i));
  });

  it('records the end of a long one, and ends in the same place', () => {
    const { machine, board, record } = prepare(finding);
    const told: (readonly [number, number])[] = [];
    const { diverged, steps } = followRecorded(machine, decisions, board, record, {
      recordedMax: 5,
      onFollowed: (...of) => told.push(of),
    });
    // The recorded ones are what takes long.
    expect(told[0]).toEqual([0, finding.steps + 5 * 100]);
    expect(diverged).toBeNull();
    expect(steps.map(({ step }) => step)).toEqual([5, 4, 3, 2, 1].map((left) => finding.steps - left));
    expect(machine.violation).toMatchObject({ class: finding.violation.class, step: finding.violation.step });
    expect(hex(machine.hash)).toBe(finding.traceHash);
    expect(board.events.length).toBeLessThan(20);
  });

  it('takes what the machine cannot do for a fault of the finding', () => {
    const { machine, board, record } = prepare(finding);
    const step = machine.stepAgent.bind(machine);
    vi.spyOn(machine, 'stepAgent').mockImplementation((agent) => {
      if (machine.step === 7) throw new InternalError('the simulated machine is out of frames');
      return step(agent);
    });
    const { diverged, steps } = followRecorded(machine, decisions, board, record);
    expect(diverged).toBe(
      'step 7: the simulated machine cannot go on: the simulated machine is out of frames',
    );
    expect(steps).toHaveLength(7);
  });

  it('does not hide a bug of ours', () => {
    const { machine, board, record } = prepare(finding);
    vi.spyOn(machine, 'stepAgent').mockImplementation(() => {
      throw new TypeError('x is undefined');
    });
    expect(() => followRecorded(machine, decisions, board, record)).toThrow(TypeError);
  });

  it('answers a schedule as long as the format allows within seconds', () => {
    // A kernel thread that maps, uses and drops a page again and again; every step of it recorded took
    // minutes and gigabytes.
    const script = Array.from({ length: 9_000 }, (_, i) =>
      i % 2 === 0
        ? ({ op: 'access', page: 0, write: true } as const)
        : ({ op: 'madvise', start: 0, end: 1 } as const),
    );
    const scenario = {
      ...finding.scenario,
      cpus: 1,
      start: undefined,
      scripts: [[{ op: 'run', mm: 0 } as const, ...script]],
    };
    const long = {
      ...finding,
      memory: 'sc' as const,
      scenario,
      schedule: ['0*4900000'],
      violation: { ...finding.violation, cpu: 0 },
    };
    const began = performance.now();
    const replay = replayFinding(long);
    expect(replay).toMatchObject({
      reproduced: false,
      reason: expect.stringMatching(/^step \d{6}: the schedule moves agent 0/),
    });
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
