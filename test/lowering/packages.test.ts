import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import type { VerifyVerdict } from '../../src/verify/api.js';
import { cli } from '../cli/run-cli.js';
import { ModuleFolder } from '../modules/write-module.js';

const folder = new ModuleFolder();
afterAll(() => folder.remove());

it('generators of packages, between those of a module, are lowered too', async () => {
  const home = join(folder.path, 'node_modules', 'repeats');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    '{ "name": "repeats", "version": "1.0.0", "type": "module", "main": "index.js" }',
  );
  writeFileSync(
    join(home, 'index.js'),
    'export function* repeat(times, act) { for (let i = 0; i < times; i++) yield* act(); }\n',
  );
  writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }');
  const module = folder.write(
    'counts.js',
    "import { plainProgram } from 'shootdown';",
    "import { repeat } from 'repeats';",
    'class Counter { constructor(cpu, x) { this.cpu = cpu; this.x = x; }',
    '  *count() { const seen = yield* this.cpu.readOnce(this.x);',
    '    yield* this.cpu.xchg(this.x, (seen + 1) & 1); } }',
    'const script = function* (cpu, at) { const counter = new Counter(cpu, at.x);',
    '  yield* repeat(3, () => counter.count()); };',
    "export const p = plainProgram({ name: 'counts', words: { x: 0 }, cpus: [script],",
    "  final: (read, at) => read(at.x) === 1 || 'even' });",
  );
  const { stdout, stderr } = await cli(['verify', module, '--json'], { engine: createEngine() });
  expect(stderr).toBe('');
  const { verdicts } = JSON.parse(stdout) as { readonly verdicts: readonly VerifyVerdict[] };
  expect(verdicts).toMatchObject([{ complete: true, violation: null }]);
});
