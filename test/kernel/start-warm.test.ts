import { expect, it } from 'vitest';
import { begin } from '../../src/drive/drive.js';
import { agentOf, CPU_AGENT } from '../../src/machine/agents.js';
import * as H from '../../src/machine/hardware.js';
import { Machine } from '../../src/machine/machine.js';
import { watch } from '../../src/oracles/board.js';
import { programOf } from '../../src/programs/subject.js';
import { A, read, script, write } from '../../src/scenarios/steps.js';
import type { Scenario, ScriptStep } from '../../src/vocabulary/scenario.js';

const scenario = (
  changes: Pick<Scenario, 'mms' | 'start'>,
  steps: readonly ScriptStep[],
): { readonly machine: Machine; readonly base: number } => {
  const { kernel } = programOf({
    variant: '6.18',
    scenario: {
      ...{ name: 's', summary: '', cpus: 1, pages: 9, slots: 2, pcid: true, lazy: true, walks: 0 },
      ...changes,
      scripts: [steps],
    },
  });
  if (kernel === null) throw new Error('no kernel');
  const machine = new Machine(kernel, 'sc');
  watch(machine, kernel);
  begin(machine, { pick: () => -1, choose: () => 0 });
  while (machine.enabled.has(agentOf(0, CPU_AGENT))) machine.stepAgent(agentOf(0, CPU_AGENT));
  return { machine, base: kernel.config.layout.mmu.framesBase };
};

it('a warm start is what page faults and walks would have left', () => {
  const cold = scenario({ mms: [{}], start: [{ loadedMm: A }] }, script(write(0), write(8)));
  const mapped = [
    { page: 0, write: true },
    { page: 8, write: true },
  ];
  const cached = [
    { mm: A, page: 0 },
    { mm: A, page: 8 },
  ];
  // One access, so that the user's data are the same too.
  const warm = scenario(
    { mms: [{ mapped }], start: [{ loadedMm: A, cached }] },
    script(write(0), write(8), read(0)),
  );
  const { program, mem } = cold.machine;
  const block = program.hardwareBase;
  const isLeft = (address: number): boolean =>
    // Scratch of the faults: walks, the store buffer's ring, and steps of fills.
    (address >= block + H.SB_HEAD && address < block + H.TLB_COUNT) ||
    (address >= block + H.WALK_BASE && address < block + H.CHANGE_COUNT) ||
    isFillStep(address - block, H.TLB_BASE, H.TLB_CAPACITY) ||
    isFillStep(address - block, H.PSC_BASE, H.PSC_CAPACITY);
  const different = [...mem.keys()].filter(
    (address) => !isLeft(address) && mem[address] !== warm.machine.mem[address],
  );
  expect(different.map((address) => program.layout.nameOf(address))).toEqual([]);
  expect(mem[block + H.TLB_COUNT]).toBe(2);
});

function isFillStep(offset: number, base: number, capacity: number): boolean {
  const at = offset - base;
  return at >= 0 && at < capacity * H.TLB_WORDS && at % H.TLB_WORDS === H.TLB_STEP;
}
