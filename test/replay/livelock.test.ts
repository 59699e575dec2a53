import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { decodeSchedule, encodeSchedule } from '../../src/drive/schedule.js';
import { plainProgram } from '../../src/index.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { survive } from '../../src/vitest/survive.js';

/** A livelock is what goes on for ever although everybody gets a turn, not what a file ends too soon. */

const waiting = plainProgram({
  name: 'waiting',
  words: { x: 0 },
  cpus: [
    function* (cpu, at) {
      for (let seen = 0; seen === 0; ) seen = yield* cpu.readOnce(at.x);
    },
    function* (cpu, at) {
      for (let seen = 0; seen === 0; ) seen = yield* cpu.readOnce(at.x);
    },
  ],
});
const modules = { ...NO_MODULES, programs: [waiting] };

describe('a livelock', () => {
  it('is reproduced; cut short, or of one CPU that was never let go on, it is none', {
    timeout: 120_000,
  }, async () => {
    const { finding } = await survive(waiting, { executions: 1 });
    if (finding === null) throw new Error('nothing found');
    expect(finding.violation.class).toBe('livelock');
    expect(replayFinding(finding, false, modules)).toMatchObject({ reproduced: true, reason: null });
    const decisions = decodeSchedule(finding.schedule);
    for (const schedule of [encodeSchedule(decisions.slice(0, 1_000)), ['0*50000']]) {
      const steps = decodeSchedule(schedule).length;
      const said = { ...finding, schedule, steps, violation: { ...finding.violation, step: steps } };
      expect(replayFinding(said, false, modules)).toMatchObject({ reproduced: false, violation: null });
    }
  });
});
