import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import type { Engine } from '../../src/cli/engine-api.js';
import { serializeBlob } from '../../src/findings/blob.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { knownWitnesses } from '../../src/known/witnesses.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { fakeEngine } from './fake-engine.js';
import { type CliRun, cli } from './run-cli.js';

/** What long commands show on a terminal of how far they are. */

const directory = mkdtempSync(join(tmpdir(), 'shootdown-progress-'));
const out = join(directory, 'out');
const finding = join(directory, 'finding.json');
const blob = join(directory, 'blob.json');
beforeAll(() => {
  writeFileSync(finding, serializeFinding(sampleFinding()));
  const part = withWitness(samplePart(1), { steps: 90, traceHash: 'aaaaaaaa' });
  writeFileSync(blob, serializeBlob(sampleBlob([part], { subjects: ['b1'], shards: 1 })));
});
afterAll(() => rmSync(directory, { recursive: true }));

const on = (argv: readonly string[], engine: Engine): Promise<CliRun> =>
  cli(argv, { engine, isTTY: true, env: { NO_COLOR: '1' } });
const real = { ...createEngine(), openPool: async () => ({ close: async () => undefined }) };
const [{ file: witness }] = knownWitnesses('native/v5');
const recording = createEngine().carriedRecording();

const CASES: readonly {
  readonly name: string;
  readonly argv: readonly string[];
  readonly engine?: Engine;
  readonly shows: readonly string[];
}[] = [
  {
    name: 'minimise',
    argv: ['minimise', finding, '--executions', '900', '--states', '80', '--out', out],
    engine: fakeEngine({
      minimise: async (_, _pool, limits, _signal, onProgress) => {
        expect(limits).toEqual({ executions: 900, states: 80 });
        await new Promise((resolve) => setTimeout(resolve, 120));
        onProgress({ stage: 'executions', done: 30 });
        await new Promise((resolve) => setTimeout(resolve, 120));
        onProgress({ stage: 'states', done: 70 });
        return null;
      },
    }),
    shows: [
      'leaving out what is not needed: 30 of at most 900 executions',
      'all executions of what is left: 70 of at most 80 states',
    ],
  },
  {
    name: 'orderings',
    argv: ['orderings', witness, '--executions', '1', '--steps', '5000', '--states', '0'],
    shows: ['looking for orderings: ', ' of at most 5,000 steps'],
  },
  {
    name: 'a search of all',
    argv: ['orderings', finding],
    engine: fakeEngine({
      orderings: async (_, _limits, onProgress) => {
        onProgress({ steps: 1_234, states: null });
        await new Promise((resolve) => setTimeout(resolve, 120));
        onProgress({ steps: 1_234, states: 5 });
        return fakeEngine().orderings(sampleFinding(), { executions: 1, steps: 1, states: 1 }, onProgress);
      },
    }),
    shows: [
      'looking for orderings: 1,234 of at most 10,000,000 steps',
      'all executions that keep them: 5 of at most 100,000 states',
    ],
  },
  { name: 'replay', argv: ['replay', witness], shows: ['executing again: 0 %'] },
  { name: 'trace info', argv: ['trace', 'info', recording], shows: ['0 of 1 MiB read'] },
  { name: 'trace check', argv: ['trace', 'check', recording], shows: ['0 of 1 recording checked; '] },
  {
    name: 'source compare',
    argv: ['source', 'compare', directory],
    engine: fakeEngine({
      prepareSource: async () => ({ module: '', variant: 'c', ref: {} }) as never,
      loadModules: async () => ({ variants: [], programs: [], scenarios: [] }),
      compareSource: async (_, { onExecution }) => {
        onExecution?.(7, 30);
        return { functions: [], scenarios: 3, executions: 10, ownWords: 'same' } as never;
      },
    }),
    shows: ['comparing accesses: 7 of 30 executions done'],
  },
  {
    name: 'merge',
    argv: ['merge', blob, '--out', out],
    shows: ['reading blobs: 0 of 1 MiB done', 'executing witnesses again: 0 of at most 32 done'],
  },
];

describe('on a terminal', () => {
  it.each(CASES)('$name shows how far it is', async ({ argv, engine = real, shows }) => {
    const { stderr, stdout } = await on(argv, engine);
    for (const text of shows) expect(stderr).toContain(text);
    for (const text of shows) expect(stdout).not.toContain(text);
  });

  it.each(CASES)('$name shows nothing where a document is wanted', async (given) => {
    const { argv, engine = real, shows } = given;
    const { stderr, stdout } = await on([...argv, '--json'], engine);
    for (const text of shows) expect(stderr + stdout).not.toContain(text);
  });
});
