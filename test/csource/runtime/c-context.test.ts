import { describe, expect, it } from 'vitest';
import { STACK_BASE } from '../../../src/csource/addresses.js';
import { CContext, Contexts } from '../../../src/csource/runtime/c-context.js';
import { CWords } from '../../../src/csource/runtime/c-words.js';
import type { KernelCpu } from '../../../src/kernel/kernel-cpu.js';
import { kernelLayout } from '../../../src/kernel/kernel-layout.js';
import { LOCAL_STATE } from '../../../src/machine/local-state.js';
import { FakeCpu } from '../fake-cpu.js';

const NO_TABLES = { variables: [], perCpu: [], mm: [], batch: [], csd: [] };
const NOBODY = { function: -1, condition: -1, request: 0 };
const contexts = () => new Contexts(NO_TABLES, 64, NOBODY);
const layout = kernelLayout(FakeCpu.scenario);
const cpu = (standsInMany: boolean) =>
  Object.assign(new FakeCpu(layout), { standsInMany }) as unknown as KernelCpu;
const stack = () => new CContext(new CWords(NO_TABLES, layout, NOBODY), 64, 1);

describe('what tells two stacks apart', () => {
  it('is each byte of them, and where it lies', () => {
    const texts = [0, 1, 4].map((offset) => {
      const one = stack();
      one.store8(STACK_BASE + offset, 7);
      return one[LOCAL_STATE]();
    });
    expect(new Set([stack()[LOCAL_STATE](), ...texts]).size).toBe(4);
  });

  it('is nothing where they hold the same', () => {
    const [one, other] = [stack(), stack()];
    one.store32(STACK_BASE + 8, 5);
    other.store32(STACK_BASE + 8, 9);
    expect(one[LOCAL_STATE]()).not.toBe(other[LOCAL_STATE]());
    other.store8(STACK_BASE + 8, 5);
    expect(one[LOCAL_STATE]()).toBe(other[LOCAL_STATE]());
  });
});

describe('calls of C functions', () => {
  it('share a stack on a CPU whose code stands in one place at a time', () => {
    const [all, here] = [contexts(), cpu(false)];
    expect(all.of(here)).toBe(all.of(here));
    expect(all.of(here)).not.toBe(all.of(cpu(false)));
  });

  it('have one each where many calls stand at once: one would see what another has left', () => {
    const [all, here] = [contexts(), cpu(true)];
    expect(all.of(here)).not.toBe(all.of(here));
  });
});
