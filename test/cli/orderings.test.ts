import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import { readFinding } from '../../src/findings/read.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { knownWitnesses } from '../../src/known/witnesses.js';
import { sampleFinding } from '../findings/sample.js';
import { fakeEngine } from './fake-engine.js';
import { cli } from './run-cli.js';

const directory = mkdtempSync(join(tmpdir(), 'orderings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const [{ file: witness }] = knownWitnesses('native/v5');
const run = (...argv: string[]) => cli(['orderings', ...argv], { engine: createEngine() });

it('tells each ordering by two steps, and writes them: "show" tells and draws them first', async () => {
  const { exitCode, stdout, stderr } = await run(
    ...[witness, '--executions', '1', '--states', '0', '--json', '--write', '--out', directory],
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ format: 'shootdown-orderings', version: 1, file: witness, forced: 1 });
  const side = { step: expect.any(Number), cpu: expect.any(Number), text: expect.any(String) };
  for (const one of told.orderings) expect(one).toMatchObject({ before: side });
  const { length } = told.orderings;
  expect(length).toBeGreaterThan(0);

  expect(readFinding(told.finding).orderings).toHaveLength(length);
  const shown = await cli(['show', '--plain', told.finding], { engine: createEngine() });
  // One execution a trial shows little: more of them show that these do not suffice.
  expect(shown.stderr).toMatch(/^shootdown: \S+: orderings: the file says that they suffice for .*\n$/);
  const [, heading, first] = shown.stdout.split('\n');
  expect(heading).toBe(
    `${length} ordering${length === 1 ? '' : 's'} of the finding's, which do not suffice:`,
  );
  expect(first).toContain(`1. CPU${told.orderings[0].before.cpu}: ${told.orderings[0].before.text}`);
  expect(shown.stdout).toMatch(/└─ ordering 1: before /);
});

it('says what all executions show, and writes no orderings that do not suffice', async () => {
  const file = join(directory, 'sample.json');
  writeFileSync(file, serializeFinding(sampleFinding()));
  const limits = { executions: 1, steps: 1, states: 1 };
  const none = await fakeEngine().orderings(sampleFinding(), limits, () => undefined);
  const searched = {
    isComplete: true,
    states: 4_000,
    failing: 3,
    otherwise: 0,
    correctSteps: null,
    ended: null,
  };
  const told = async (change: object, ...flags: string[]) => {
    const all = { ...searched, ...change };
    const found = { ...none, orderings: [], named: [], all };
    const engine = fakeEngine({ orderings: async () => found });
    return (await cli(['orderings', file, ...flags, '--out', directory], { engine })).stdout.replaceAll(
      '\n',
      ' ',
    );
  };
  expect(await told({})).toMatch(
    /in all executions with the witness's choices \(4,000 states\): each .* that ends, ends in stale-use /,
  );
  expect(await told({ otherwise: 1 })).toContain('ends in stale-use or another violation');
  expect(await told({ isComplete: false, ended: 'states' })).toContain(
    'a sample, not a proof: a search of all ',
  );
  const correct = { isComplete: false, correctSteps: 64 };
  expect(await told({}, '--write')).toContain('shootdown show ');
  const refuted = await told(correct, '--write');
  expect(refuted).toContain(
    'but they do not suffice: an execution of 64 steps keeps them and ends with nothing wrong',
  );
  expect(refuted).not.toContain('shootdown show ');
});

it('a replay says which of the two led to the violation, schedule or orderings', async () => {
  const file = join(directory, 'sample.json');
  writeFileSync(file, serializeFinding(sampleFinding()));
  const honest = await fakeEngine().replay(sampleFinding());
  const step = { step: 1, cpu: 0, agent: 'cpu', text: 'a read', place: null } as const;
  const orderings = {
    orderings: [{ before: step, after: { ...step, step: null, cpu: 1, text: 'a store' } }],
    forced: { executions: 100, failing: 98, correct: null },
  };
  const by = { reproducedBy: 'orderings', reason: 'step 3: no such step', orderings } as const;
  const engine = fakeEngine({ replay: async () => ({ ...honest, ...by }) });
  const { exitCode, stdout, stderr } = await cli(['replay', file], { engine });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /: schedule: step 3: no such step; tried its orderings, which lead to another .*\n$/,
  );
  expect(stdout).toContain('stale-use comes of 1 ordering:\n  1. CPU0: a read (step 1)\n');
  expect(stdout).toContain('     before CPU1: a store (not before the end)\nthey came true in 98 of 100 ');
  expect(stdout).toContain('reproduced by its orderings: same violation in another execution (hash ');
  const document = JSON.parse((await cli(['replay', file, '--json'], { engine })).stdout);
  expect(document).toMatchObject({ reproduced: true, ...by });
  const along = JSON.parse((await cli(['replay', file, '--json'])).stdout);
  expect(along).toMatchObject({ reproduced: true, reproducedBy: 'schedule', orderings: null });
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
