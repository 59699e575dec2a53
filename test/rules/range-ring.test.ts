import { expect, it } from 'vitest';
import { FIRST_USER_MM } from '../../src/kernel/constants.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { kernelProgram } from '../../src/kernel/kernel-program.js';
import { agentOf, BUFFER_AGENT, CPU_AGENT } from '../../src/machine/agents.js';
import { Machine } from '../../src/machine/machine.js';
import * as K from '../../src/machine/op-kinds.js';
import { findVariant } from '../../src/variants/index.js';
import { quiet } from '../kernel/harness.js';

/** A CPU that lacks several generations, and what the mm's ring says of them. */

const MM_A = FIRST_USER_MM;
const place = (gen: number, start: number, end: number): number => (gen << 16) | (start << 8) | end;

/** CPU0's slot is at generation 1; CPU1 asks for page 0 at generation `asked`. Pages invalidated, -1: all. */
function flushed(asked: number, newest: number, ring: readonly number[]): { pages: number[]; slot: number } {
  const variant = findVariant('native/range-ring');
  if (variant === undefined) throw new Error('no range-ring');
  const scenario = quiet({
    start: [{ loadedMm: 0, loadedMmAsid: 1, slots: [null, { mm: 0, tlbGen: 1 }] }],
  });
  const program = kernelProgram(scenario, {
    ...variant,
    replace: {
      ...variant.replace,
      *runScript(cpu: KernelCpu) {
        if (cpu.id !== 0) return;
        yield* cpu.localIrqDisable();
        yield* cpu.fn.flushTlbFunc(cpu, 1);
        yield* cpu.smpMb();
      },
    },
  });
  const machine = new Machine(program, 'tso');
  machine.begin();
  const { layout } = program.config;
  const info = layout.cpus[1].flushInfo;
  const words: [number, number][] = [
    [info.mm, MM_A],
    [info.start, 0],
    [info.end, 1],
    [info.newTlbGen, asked],
    [layout.mms[MM_A].tlbGen, newest],
  ];
  for (const entry of ring) words.push([layout.own.perMm[MM_A][(entry >> 16) & 3], entry]);
  for (const [word, value] of words) machine.mem[word] = value;
  const pages: number[] = [];
  for (;;) {
    const { pending, code } = machine.cpus[0];
    if (code.idle) break;
    if (pending.kind === K.OP_INVLPG) pages.push(pending.a);
    if (pending.kind === K.OP_WRITE_CR3) pages.push(-1);
    machine.stepAgent(agentOf(0, CPU_AGENT));
  }
  while (machine.canStep(agentOf(0, BUFFER_AGENT))) machine.stepAgent(agentOf(0, BUFFER_AGENT));
  return { pages, slot: machine.mem[layout.cpus[0].tlbstate.ctxs[1].tlbGen] };
}

it('flushes the ranges of all that it lacks, where the ring has them', () => {
  // Its own range comes once more, as the request's.
  expect(flushed(3, 3, [place(2, 2, 3), place(3, 0, 1)])).toEqual({ pages: [0, 1, 2, 0], slot: 3 });
  expect(flushed(2, 3, [place(2, 0, 1), place(3, 1, 2)])).toEqual({ pages: [0, 1, 0], slot: 3 });
});

it('flushes everything where one of them is missing, or too old for the ring', () => {
  expect(flushed(3, 3, [place(3, 0, 1)])).toEqual({ pages: [-1], slot: 3 });
  expect(flushed(2, 3, [place(2, 0, 1)])).toEqual({ pages: [-1], slot: 3 });
  const ring = [3, 4, 5, 6].map((gen) => place(gen, 0, 1));
  expect(flushed(6, 6, ring)).toEqual({ pages: [-1], slot: 6 });
});

it('flushes a range as the kernel does where nothing else is missing', () => {
  expect(flushed(2, 2, [])).toEqual({ pages: [0], slot: 2 });
});
