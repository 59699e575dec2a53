import { describe, expect, it } from 'vitest';
import * as H from '../../src/machine/hardware.js';
import { askFor } from '../../src/machine/stripped/attention.js';
import { Broadcasts } from '../../src/machine/stripped/broadcasts.js';
import { lockedOn } from '../../src/machine/stripped/locked.js';
import { RemoteActions } from '../../src/machine/stripped/remote-actions.js';
import { ATTEND_IPI, ATTEND_NMI, ATTEND_REQUEST } from '../../src/machine/stripped/runner.js';
import { Vcpu } from '../../src/machine/stripped/vcpu.js';

/** Who must be rung on threads: a CPU that waits with interrupts off sleeps through an IPI. */

const words = () => new Int32Array(new SharedArrayBuffer((H.HW_WORDS + 64) * 4));

describe('askFor', () => {
  it.each([
    [
      'an IPI',
      ATTEND_IPI,
      [
        [0, true],
        [ATTEND_IPI, false],
        [ATTEND_NMI, false],
        [ATTEND_REQUEST, false],
      ],
    ],
    [
      'an NMI',
      ATTEND_NMI,
      [
        [0, true],
        [ATTEND_IPI, true],
        [ATTEND_NMI, false],
        [ATTEND_REQUEST, false],
      ],
    ],
    [
      'a request',
      ATTEND_REQUEST,
      [
        [0, true],
        [ATTEND_IPI, true],
        [ATTEND_IPI | ATTEND_NMI, false],
      ],
    ],
  ] as const)('%s rings where nothing was there that wakes', (_, bit, cases) => {
    for (const [before, rings] of cases) {
      const mem = words();
      mem[0] = before;
      expect([before, askFor(lockedOn(mem, null), 0, bit)]).toEqual([before, rings]);
      expect(mem[0]).toBe(before | bit);
    }
  });
});

describe('a request to a CPU with an IPI that waits', () => {
  /** CPU 0 asks CPU 1 in memory of its own; whom it rings. */
  function rung(ask: (machine: never, runner: never) => void): number[] {
    const mem = words();
    const asked = words();
    asked[1] = ATTEND_IPI;
    const control = { words: asked, locked: lockedOn(asked, null), attention: (cpu: number) => cpu };
    const machine = {
      ...{ mem, locked: lockedOn(mem, null), control, program: { cpus: 2 }, block: () => 32 },
      mmu: { invlpgb: () => undefined },
    };
    const targets: number[] = [];
    ask(machine as never, { ring: (_: number, target: number) => targets.push(target) } as never);
    expect(asked[1]).toBe(ATTEND_IPI | ATTEND_REQUEST);
    return targets;
  }

  it('rings, of a broadcast', () => {
    const layout = { waitsForAccesses: true, list: [8, 16], outstanding: [0, 1], wanted: [2, 3] };
    expect(rung((machine, runner) => new Broadcasts(machine, runner, layout, 0).issue(0, 1, 0, 1))).toEqual([
      1,
    ]);
  });

  it('rings, of a remote action', () => {
    const asked = rung((machine, runner) => new RemoteActions(machine, runner, {} as never, 0).signal(1, 0));
    expect(asked).toEqual([1]);
  });

  it('rings, of a hypercall', () => {
    const layout = { behaviour: {}, outstanding: [0, 1], requests: [2, 3] } as never;
    expect(rung((machine, runner) => new Vcpu(machine, runner, layout, 0).post(1))).toEqual([1]);
  });
});
