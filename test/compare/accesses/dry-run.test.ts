import { expect, it } from 'vitest';
import { DryRun } from '../../../src/compare/accesses/dry-run.js';
import { kernelProgram } from '../../../src/kernel/kernel-program.js';
import * as H from '../../../src/machine/hardware.js';
import { Machine } from '../../../src/machine/machine.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';
import { findVariant } from '../../../src/variants/index.js';

const base = findVariant('6.18', []);
if (base === undefined) throw new Error('there is no such profile');
const program = kernelProgram(catalogue[0], base);
const MM = 3;

function dry() {
  const machine = new Machine(program, 'tso');
  machine.reset();
  const { functions } = program.config;
  const config = {
    ...program.config,
    functions: { ...functions, *smpCallFunctionManyCond() {} } as typeof functions,
  };
  return { machine, run: new DryRun(machine, config, () => ({ functions: [], place: null }), 'marked') };
}

it('runs a function to its end and leaves memory as it was', () => {
  const { machine, run } = dry();
  const before = machine.mem.slice();
  const first = run.run(0, 'flushTlbMmRange', [MM, 0, 1, 1, false], 0, false);
  expect(first.stopped).toBeNull();
  expect(first.accesses.map(({ name }) => name)).toContain('atomic_fetch_add tlb_gen');
  expect(machine.mem).toEqual(before);
  expect(run.run(0, 'flushTlbMmRange', [MM, 0, 1, 1, false], 0, false)).toEqual(first);
});

it("sees what is in the CPU's own store buffer, and leaves it there", () => {
  const { machine, run } = dry();
  const { isLazy } = program.config.layout.cpus[0].tlbstate;
  const answers = () => run.run(1, 'shouldFlushTlb', [0], 0, false).answer;
  const before = answers();
  machine.mem[isLazy] = 1;
  expect([before, answers()]).toEqual([true, false]);
  machine.store(1, isLazy, 0, H.SB_PLAIN, 0, 0, 0);
  expect(answers()).toBe(true);
  expect(machine.mem[isLazy]).toBe(1);
});

it('says why a call does not come to its end', () => {
  const { run } = dry();
  expect(run.run(0, 'allocPage', [MM], 0, false)).toMatchObject({ stopped: expect.any(String) });
});
