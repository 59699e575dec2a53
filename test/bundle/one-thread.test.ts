import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../src/bundle/bundle.js';
import { type KernelProgram, kernelProgram } from '../../src/kernel/kernel-program.js';
import { agentOf, CPU_AGENT, LINE_AGENT, WALKER_AGENT } from '../../src/machine/agents.js';
import * as H from '../../src/machine/hardware.js';
import { Machine } from '../../src/machine/machine.js';
import { STEP_DELIVER, STEP_WALK } from '../../src/machine/op-kinds.js';
import { OracleBoard } from '../../src/oracles/board.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { findVariant } from '../../src/variants/index.js';
import type { OneThreadRequest, OneThreadRun } from './one-thread-entry.js';

/**
 * The stripped build, run on one thread under a fixed plan, leaves the same memory and the same trace as
 * explore for that schedule.
 */

let folder: string;
let thread: Worker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-test-'));
  const file = join(folder, 'one-thread.mjs');
  await bundle({
    entry: fileURLToPath(new URL('./one-thread-entry.ts', import.meta.url)),
    outfile: file,
    sameFormat: true,
  });
  thread = new Worker(file, { execArgv: [] });
});

afterAll(async () => {
  await thread.terminate();
  rmSync(folder, { recursive: true, force: true });
});

/** Not for two at once. */
async function runStripped(request: OneThreadRequest): Promise<OneThreadRun[]> {
  const answer = once(thread, 'message');
  thread.postMessage(request);
  const [runs] = await answer;
  return runs;
}

/** Executes the same steps in the explorer and compares each; returns the machine. */
function follow(program: KernelProgram, run: OneThreadRun): Machine {
  const machine = new Machine(program, 'sc');
  machine.observer = new OracleBoard(machine, program.config);
  const choices = [...run.choices];
  let walkedPage = -1;
  machine.choose = (n) => {
    if (walkedPage < 0) return choices.shift()!;
    expect(walkedPage).toBeLessThan(n);
    return walkedPage;
  };
  machine.begin();
  run.trace.forEach(([cpu, kind, a, value], step) => {
    if (kind === STEP_DELIVER) machine.stepAgent(agentOf(cpu, LINE_AGENT));
    else if (kind === STEP_WALK) {
      walkedPage = a;
      machine.stepAgent(agentOf(cpu, WALKER_AGENT));
      walkedPage = -1;
    } else {
      const { pending } = machine.cpus[cpu];
      const before = [pending.kind, pending.a];
      machine.stepAgent(agentOf(cpu, CPU_AGENT));
      const seen = [...before, machine.lastValue];
      if (seen[0] !== kind || seen[1] !== a || seen[2] !== value) {
        throw new Error(`step ${step}, CPU${cpu}: stripped ${[kind, a, value]}, explore ${seen}`);
      }
    }
  });
  return machine;
}

/**
 * Words that both builds must leave alike: all but the store buffers, the allocator's lists, the time of a
 * TLB fill, and what an oracle notes that threads do not have.
 */
function comparable(program: KernelProgram, mem: Int32Array): Int32Array {
  const words = mem.slice();
  const { mmu } = program.config.layout;
  words.fill(0, mmu.freeTop, mmu.freeStack + mmu.frames);
  words.fill(0, mmu.grace, mmu.grace + 1 + mmu.graceCapacity * (1 + Math.ceil(program.cpus / 32)));
  const { splitPage } = program.config.layout;
  // The last words of all.
  words.fill(0, splitPage);
  for (let cpu = 0; cpu < program.cpus; cpu++) {
    const block = program.hardwareBase + cpu * program.hardwareWords;
    words.fill(0, block + H.SB_HEAD, block + H.TLB_COUNT);
    for (const [count, base, capacity] of [
      [H.TLB_COUNT, H.TLB_BASE, H.TLB_CAPACITY],
      [H.PSC_COUNT, H.PSC_BASE, H.PSC_CAPACITY],
    ]) {
      for (let i = 0; i < capacity; i++) {
        const entry = block + base + i * H.TLB_WORDS;
        if (i < words[block + count]) words[entry + H.TLB_STEP] = 0;
        else words.fill(0, entry, entry + H.TLB_WORDS);
      }
    }
  }
  return words;
}

describe('the stripped build on one thread', () => {
  it.each(catalogue.map((scenario) => [scenario.name, scenario] as const))(
    'equals explore in %s',
    async (_name, scenario) => {
      for (const [variant, often] of [
        ['6.18', 40],
        ['6.12', 8],
      ] as const) {
        const program = kernelProgram(scenario, findVariant(variant)!);
        const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        const runs = await runStripped({ variant, scenario, seeds, often });
        let compared = 0;
        for (const run of runs) {
          expect(run.violation).toBeNull();
          const machine = follow(program, run);
          if (run.stuck) continue;
          compared++;
          expect(machine.violation).toBeNull();
          const expected = comparable(program, machine.mem);
          const actual = comparable(program, run.mem);
          const differences = [...actual.keys()].filter((word) => actual[word] !== expected[word]);
          expect(
            differences.map(
              (word) => `${program.layout.nameOf(word)}: ${actual[word]} not ${expected[word]}`,
            ),
          ).toEqual([]);
        }
        expect(compared).toBeGreaterThan(0);
      }
    },
  );
});
