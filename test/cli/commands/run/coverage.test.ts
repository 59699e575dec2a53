import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngine } from '../../../../src/cli/engine.js';
import { ModuleFolder } from '../../../modules/write-module.js';
import { cli } from '../../run-cli.js';

/** What all batches of a corpus ran of a user's module, on the real engine. */

const folder = new ModuleFolder();
afterAll(() => folder.remove());

it('lines are told that no batch ever ran', { timeout: 60_000 }, async () => {
  const file = folder.write(
    'p.ts',
    "import { plainProgram } from 'shootdown';",
    "export const p = plainProgram({ name: 'p', words: { x: 0 }, cpus: [",
    '  function* (cpu, { x }) {',
    '    const chosen = yield* cpu.choose(2);',
    '    if (chosen === 0)',
    '      yield* cpu.writeOnce(x, 1);',
    '    if (chosen === 1)',
    '      yield* cpu.writeOnce(x, 2);',
    '    if (chosen === 2)',
    '      yield* cpu.writeOnce(x, 3);',
    '  }] });',
  );
  const config = folder.write(
    'shootdown.config.ts',
    "import { defineConfig } from 'shootdown';",
    "export default defineConfig({ projects: [{ name: 'mine', modules: ['p.ts'] }] });",
  );
  const asked = ['run', '--config', config, '--mode', 'batch', '--jobs', '1', '--no-type-check'];
  const places = ['--corpus', join(folder.path, 'corpus'), '--out', join(folder.path, 'findings')];
  const after = (executions: number, ...more: string[]) =>
    cli([...asked, ...places, '--executions', `${executions}`, ...more], { engine: createEngine() });
  // A batch of one execution goes one of the two ways.
  const ran: number[] = [];
  for (let executions = 1; executions <= 5; executions++) {
    const [verdict] = JSON.parse((await after(executions, '--json')).stdout).verdicts;
    expect(verdict.executions).toBe(executions);
    const [{ never, linesRan }] = verdict.code;
    ran.push(linesRan);
    expect(never).toContainEqual({ from: 10, to: 10 });
    expect(verdict.reached).toBeUndefined();
  }
  expect(ran[0]).toBe(5);
  expect(ran.at(-1)).toBe(6);
  // Nothing is hunted, and the same is told.
  const { stdout } = await after(5);
  const told = stdout.replaceAll(/\s+/g, ' ');
  expect(told).toContain(`code of ${folder.shown(file)}, in all batches: 6 of 7 lines and `);
  expect(told).toContain('never: line 10, line 9 (if true)');
});
