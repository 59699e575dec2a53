import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/bundle/user-files.js';
import * as api from '../../src/index.js';
import { loadModules } from '../../src/modules/load.js';
import type { ProgramStressRequest } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';
import { ModuleFolder } from '../modules/write-module.js';

/** Plain programs of modules on real threads: the same text, stripped, with the computer's own races. */

const folder = new ModuleFolder();
let engine: StressEngine;

const interrupts = [
  "import { plainProgram } from 'shootdown';",
  "export const ipis = plainProgram({ name: 'ipis', words: { served: 0 }, cpus: [",
  '  function* (cpu) { for (let i = 0; i < 3; i++) yield* cpu.sendIpi(1); },',
  '  function* (cpu, at) { yield* cpu.condLoadAcquireNot(at.served, -1, 0); },',
  '], *interrupt(cpu, at) { yield* cpu.fetchAdd(at.served, 1); yield* cpu.iret(); },',
  '  final: (read, at) => (read(at.served) >= 1 && read(at.served) <= 3) || "served more or less than ' +
    'was sent" });',
  "export const stuck = plainProgram({ name: 'stuck', words: { x: 0 }, cpus: [",
  '  function* (cpu, at) { yield* cpu.condLoadAcquire(at.x, -1, 1); },',
  '  function* (cpu, at) { yield* cpu.readOnce(at.x); },',
  '] });',
  "export const throws = plainProgram({ name: 'throws', words: { x: 0 }, cpus: [",
  '  function* (cpu, at) { const seen = yield* cpu.readOnce(at.x);',
  "    if (seen === 0) throw new RangeError('too far');",
  '  },',
  '] });',
];
/** Each waits for both words of the other; who waits is interrupted by who is done. */
const waits = [
  "import { plainProgram, waitUntil } from 'shootdown';",
  'const script = function* (cpu, at) {',
  '  yield* cpu.xchg(at.first + cpu.id, 1);',
  '  yield* cpu.writeOnce(at.second + cpu.id, 1);',
  '  const other = 1 - cpu.id;',
  '  yield* waitUntil(cpu, [at.first + other, at.second + other], (a, b) => a === 1 && b === 1);',
  '  yield* cpu.sendIpi(other);',
  '  const seen = yield* waitUntil(cpu, [at.served, at.served + 1], (a, b) => a + b > 0);',
  "  yield* cpu.assert(seen.length === 2, 'both were read');",
  '};',
  "export const waits = plainProgram({ name: 'waits', words: { first: [0, 0], second: [0, 0], served: [0, 0] },",
  '  cpus: [script, script],',
  '  interrupt: function* (cpu, at) { yield* cpu.incReturn(at.served + cpu.id); yield* cpu.iret(); } });',
];
let file = '';

beforeAll(async () => {
  file = folder.write('interrupts.ts', ...interrupts);
  const examples = ['treiber-stack', 'seqlock', 'ring-buffer'].map((name) =>
    fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url)),
  );
  const waiting = folder.write('waits.ts', ...waits);
  const { modules } = await loadModules([...examples, file, waiting], {
    api,
    apiFile: sourceFile('index'),
    typeCheck: false,
  });
  engine = new StressEngine(modules);
});
afterAll(async () => {
  await engine.close();
  folder.remove();
});

const run = (program: string, forMs = 1_000) => {
  const request: ProgramStressRequest = {
    program,
    forMs,
    seed: 1,
    memory: 'tso',
    waiting: 'auto',
    perturbEvery: 8,
  };
  return engine.run(request);
};

describe('a plain program on threads', () => {
  it.each(['treiber-stack-versioned', 'seqlock', 'ring-buffer', 'ipis', 'waits'])(
    '%s runs round after round, and is right',
    async (program) => {
      const result = await run(program);
      expect(result).toMatchObject({
        variant: program,
        scenario: 'plain program',
        violations: [],
        hang: null,
        dead: [],
      });
      expect(result.rounds).toBeGreaterThan(20);
      expect(result.progressed).toBe(result.cpus);
    },
  );

  it.each([
    ['treiber-stack-aba', 'a node is popped that another CPU holds'],
    ['seqlock-too-late', 'a reader saw half of a write'],
  ])('%s is caught', async (program, message) => {
    const result = await run(program, 30_000);
    expect(result.violations).toMatchObject([{ class: 'assertion', message }]);
    expect(result.seconds).toBeLessThan(30);
  });

  it('that stands still is told as that', async () => {
    const result = await run('stuck', 60_000);
    expect(result.hang?.cpus.map(({ waitsFor }) => waitsFor)).toContain('x (is 0)');
  });

  it('that stands still is told as that, though its time is up before that is sure', async () => {
    expect((await run('stuck', 300)).hang?.cpus.map(({ waitsFor }) => waitsFor)).toContain('x (is 0)');
  });

  it('whose code throws is a mistake with its line', async () => {
    await expect(run('throws')).rejects.toThrow(`${folder.shown(file)}:13: threw RangeError: too far`);
    // The threads go on.
    expect((await run('ipis', 300)).violations).toEqual([]);
  });
});
