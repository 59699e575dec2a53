import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { knownWitnesses } from '../../src/known/witnesses.js';
import { cli } from './run-cli.js';

const directory = mkdtempSync(join(tmpdir(), 'orderings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const [{ file: witness }] = knownWitnesses('native/v5');
const run = (...argv: string[]) => cli(['orderings', ...argv], { engine: createEngine() });

it('tells each ordering by two steps, as a document', async () => {
  const { exitCode, stdout, stderr } = await run(witness, '--executions', '1', '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ format: 'shootdown-orderings', version: 1, file: witness, forced: 1 });
  const side = { step: expect.any(Number), cpu: expect.any(Number), text: expect.any(String) };
  for (const one of told.orderings) expect(one).toMatchObject({ before: side });
  expect(told.orderings.length).toBeGreaterThan(0);
});

it('refuses a finding that does not replay', async () => {
  const file = join(directory, 'other.json');
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(witness, 'utf8')), traceHash: '00000000' }),
  );
  const { exitCode, stderr } = await run(file);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^shootdown: .*not reproduced: traceHash: .*; give a finding that replays\n$/);
});
