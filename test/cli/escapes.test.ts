import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/cli/engine.js';
import type { Engine } from '../../src/cli/engine-api.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { sampleFinding, sampleScenario } from '../findings/sample.js';
import { findWitness } from '../findings/witness.js';
import { raceSteps } from '../report/steps.js';
import { sampleVerdict } from '../report/verdicts.js';
import { CARRIED } from '../trace/recordings.js';
import { fakeEngine, hunted, sampleReplay } from './fake-engine.js';
import { PLANTED, smuggled } from './planted.js';
import { cli } from './run-cli.js';

/**
 * Terminal escapes planted wherever text comes from outside: none of them may come out, with colours or
 * without, on a terminal or in JSON.
 */

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-escapes-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SCREENS = [
  { name: 'a pipe', settings: {} },
  { name: 'a terminal', settings: { isTTY: true } },
  { name: 'a terminal without colour', settings: { isTTY: true, env: { NO_COLOR: '1' } } },
];

async function check(argv: readonly string[], engine: Engine, says: string): Promise<void> {
  for (const { name, settings } of SCREENS) {
    const run = await cli(argv, { ...settings, engine });
    // The progress line is erased by its stream, not by its text.
    expect(smuggled(run.stdout), name).toEqual([]);
    expect(smuggled(run.stderr.replaceAll('\r\u001b[K', '')), name).toEqual([]);
    // It was printed, visibly: nothing is proved by what is not there at all.
    expect(run.stdout + run.stderr, name).toContain(says);
  }
}

/** The start of PLANTED as texts and as JSON show it. */
const SHOWN = '\\x1b[2J\\x1b[8mhidden';
const IN_JSON = '\\u001b[2J\\u001b[8mhidden';
const scenario = sampleScenario({
  name: `s ${PLANTED}`,
  summary: PLANTED,
  source: PLANTED,
  notes: [`note ${PLANTED}`],
});

describe('escapes planted in a finding', () => {
  const save = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const planted = () => {
    const real = findWitness('b3');
    return {
      ...real,
      scenario: { ...real.scenario, name: PLANTED, source: PLANTED, notes: [PLANTED] },
      strategy: PLANTED,
    };
  };

  it('stay out of a replay, drawn and as JSON', async () => {
    const message = { ...planted().violation, message: PLANTED };
    // As a stranger would write it: raw, where JSON allows it.
    const file = save('planted.json', JSON.stringify({ ...planted(), violation: message }));
    expect(readFileSync(file, 'utf8')).toContain('\u202e');
    await check(['replay', '--full', file], createEngine(), SHOWN);
    await check(['replay', '--json', file], createEngine(), IN_JSON);
  });

  it('stay out of what is said about a file that is wrong, and about its name', async () => {
    const engine = createEngine();
    await check(
      ['replay', save('a', JSON.stringify({ ...planted(), variant: `b${PLANTED.slice(0, 30)}` }))],
      engine,
      '\\x1b[2J',
    );
    await check(
      ['replay', save('b', JSON.stringify({ ...planted(), memory: PLANTED }))],
      engine,
      '\\u001b[2J',
    );
    await check(['replay', save('c', JSON.stringify({ ...planted(), [PLANTED]: 1 }))], engine, '\\u001b[2J');
    await check(['replay', save('d', `{"format": \u202e`)], engine, '\\u{202e}');
    await check(
      ['replay', save('e', JSON.stringify({ ...planted(), shootdown: '\u001b[2J', traceHash: '00000000' }))],
      engine,
      '\\x1b[2J',
    );
    await check(
      ['replay', save('f', JSON.stringify({ ...planted(), schedule: ['\u009b2J'] }))],
      engine,
      '\\x9b2J',
    );
    await check(['replay', join(directory, 'no\u001b[2Jfile')], engine, 'no\\x1b[2Jfile');
  });

  it('stay out of the file that a hunt writes', () => {
    const text = serializeFinding(sampleFinding({ scenario, strategy: PLANTED }));
    expect(smuggled(text)).toEqual([]);
    expect(JSON.parse(text).scenario.name).toBe(scenario.name);
  });
});

describe('escapes planted in a recording', () => {
  const lines = gunzipSync(readFileSync(CARRIED)).toString('utf8').split('\n');
  const record = (name: string, change: (line: string) => string): string => {
    const file = join(directory, name);
    writeFileSync(file, `${lines.slice(4080, 4330).map(change).join('\n')}\n`);
    const meta = {
      kernel: { release: PLANTED, version: PLANTED },
      machine: PLANTED,
      workload: { name: PLANTED },
    };
    writeFileSync(join(directory, name.replace('.trace', '.meta.json')), JSON.stringify(meta));
    return file;
  };
  /** As the name of every task, as far as the format of a line lets it. */
  const comm = '\u001b[2J\u202e\u009bm\u0008\u0007';
  const tasks = (line: string): string =>
    line.replace(/^( *)\S+(-\d+ )/, (_, blank, pid) => `${blank}${comm}${pid}`);

  it('stay out of trace info', async () => {
    const file = record('info\u001b[2J.trace', tasks);
    await check(['trace', 'info', file], createEngine(), SHOWN);
    await check(['trace', 'info', '--json', file], createEngine(), IN_JSON);
  });

  it('stay out of trace check', async () => {
    const file = record('check\u001b[2J.trace', tasks);
    await check(['trace', 'check', '--profile', '6.12.117', file], createEngine(), 'check\\x1b[2J');
    await check(
      ['trace', 'check', '--profile', '6.12.117', '--json', file],
      createEngine(),
      'check\\u001b[2J',
    );
    await check(['trace', 'check', '--profile', PLANTED, file], createEngine(), '\\u001b[2J');
  });

  it('stay out of what is said about a line that is wrong', async () => {
    const file = record('wrong.trace', (line) => line.replace('should_flush', `${PLANTED} `));
    await check(['trace', 'info', file], createEngine(), '\\x1b[2J');
  });

  it('stay out of a hunt in one of its windows', async () => {
    const file = record('hunt\u001b[2J.trace', tasks);
    const real = createEngine();
    const engine: Engine = {
      ...real,
      openPool: async () => ({ close: async () => undefined }),
      hunt: async ({ scenarios: [imported] }) => {
        const finding = sampleFinding({ scenario: imported });
        return hunted(
          sampleVerdict({ scenario: imported?.name, violation: 'stale-use', message: PLANTED }),
          finding,
        );
      },
      replay: async (finding) => sampleReplay(finding),
    };
    const out = join(directory, 'found');
    await check(
      ['hunt', '--variant', 'b3', '--scenario', `trace:${file}`, '--out', out],
      engine,
      'hunt\\x1b[2J',
    );
    await check(
      ['hunt', '--json', '--variant', 'b3', '--scenario', `trace:${file}`, '--out', out],
      engine,
      'hunt\\\\x1b[2J',
    );
    for (const name of readdirSync(out))
      expect(smuggled(name + readFileSync(join(out, name), 'utf8'))).toEqual([]);
  });
});

describe('escapes planted in what modules name and say', () => {
  const steps = raceSteps().map((step) => ({
    ...step,
    text: PLANTED,
    site: { file: PLANTED, line: 1 },
    functions: [PLANTED],
    deciding: PLANTED,
  }));
  const listed = [
    {
      name: PLANTED,
      summary: PLANTED,
      ...{ assumes: PLANTED, host: PLANTED, commit: PLANTED, since: PLANTED },
    },
  ];
  const latent = [
    { class: 'gen-ahead', executions: 2, scenario: PLANTED, execution: 5, message: PLANTED },
  ] as const;
  const engine = fakeEngine({
    variants: async () => [{ name: PLANTED, summary: PLANTED, aliases: [PLANTED], profile: PLANTED }],
    scenarios: async () => [scenario],
    rules: async () => listed as never,
    backends: async () => listed as never,
    features: async () => listed,
    oracles: async () => listed,
    strategies: async () => listed,
    hunt: async ({ onProgress }) => {
      onProgress?.({ variant: PLANTED, executions: 10, steps: 5_000, elapsedMs: 2, scenario: PLANTED });
      const said = { variant: PLANTED, scenario: PLANTED, message: PLANTED, latent, strategy: PLANTED };
      const finding = sampleFinding({ scenario, variant: PLANTED.slice(0, 190) });
      return {
        ...hunted(sampleVerdict({ ...said, violation: 'stale-use' }), finding),
        replay: { ...sampleReplay(finding), trace: steps },
      };
    },
    replay: async (finding) => ({ ...sampleReplay(finding), trace: steps }),
    traceInfo: async () => ({ text: PLANTED, json: { [PLANTED]: PLANTED } }),
  });

  it.each(['variants', 'rules', 'backends', 'scenarios', 'features', 'oracles', 'strategies'])(
    'stay out of list %s',
    async (kind) => {
      // Wrapped to the width of a column, it may be broken anywhere.
      await check(['list', kind], engine, '\\x1b[2J');
      await check(['list', kind, '--json'], engine, IN_JSON);
    },
  );

  it('stay out of a hunt: table, timeline, sentence, progress, what it rests on', async () => {
    await check(['hunt', '--variant', 'b1', '--out', join(directory, 'out')], engine, SHOWN);
    await check(['hunt', '--variant', 'b1', '--json', '--out', join(directory, 'out')], engine, IN_JSON);
  });

  it('stay out of the summary of a recording', async () => {
    await check(['trace', 'info', 'x'], engine, SHOWN);
  });

  it('stay out of an error of our own, and of its stack', async () => {
    const failing = fakeEngine({ variants: async () => Promise.reject(new Error(PLANTED)) });
    await check(['list', 'variants'], failing, SHOWN);
    const run = await cli(['list', 'variants'], { engine: failing, env: { SHOOTDOWN_DEBUG: '1' } });
    expect(smuggled(run.stderr)).toEqual([]);
  });
});

describe('escapes planted in flags', () => {
  it.each([
    ['hunt', '--variant', PLANTED],
    ['hunt', '--variant', 'b1', '--scenario', PLANTED],
    ['hunt', '--variant', 'b1', '--scenario', `trace:${PLANTED}`],
    ['hunt', '--variant', 'b1', '--strategy', PLANTED],
    ['hunt', '--variant', 'b1', '--budget', PLANTED],
    ['hunt', '--variant', 'b1', '--seed', PLANTED],
    ['hunt', '--variant', 'b1', '--memory', PLANTED],
    ['hunt', '--variant', 'b1', '--scenario', 'trace:x', '--window', PLANTED],
    ['hunt', `--${PLANTED}`],
    ['study', PLANTED],
    ['list', PLANTED],
    [PLANTED],
  ])('stay out of the answer to %j', async (...argv) => {
    await check(argv, createEngine(), '1b[2J');
  });
});
