import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HuntRequest } from '../../src/explore/api.js';
import { type BaselineEntry, serializeBaseline } from '../../src/findings/baseline.js';
import { sampleVerdict } from '../report/verdicts.js';
import { fakeEngine, hunted } from './fake-engine.js';
import { cli } from './run-cli.js';

/** `--baseline-by cause`: what is asked of the engine, and what is said of what it met. */

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'shootdown-by-cause-'));
});
afterEach(() => {
  rmSync(out, { recursive: true, force: true });
});
const at = (name: string): string => join(out, name);

const namedCause = {
  ...{ kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: false },
  circumstance: null,
};
const entry: BaselineEntry = {
  ...{ variant: '6.15-rc6', memory: 'tso', scenario: 'fork-cow', class: 'stale-use', cause: 'no IPI' },
  namedCause,
};
const { namedCause: _, ...old } = { ...entry, scenario: 'far' };
const unnamed: BaselineEntry = { ...entry, scenario: 'lazy', namedCause: null };

/** Meets the bug of `entry` in another scenario. */
function engine(asked: HuntRequest[] = []) {
  return fakeEngine({
    hunt: async (request) => {
      asked.push(request);
      const seen = { scenario: 'two-mm-switch', class: 'stale-use', cause: 'no IPI', namedCause } as const;
      const met = { ...seen, isKnown: true, knownFrom: 'fork-cow', executions: 3, execution: 5 };
      return hunted(sampleVerdict({ variant: request.variant, met: [met] }));
    },
  });
}

const run = (flags: string, asked: HuntRequest[] = []) =>
  cli(['hunt', '--variant', 'b1', '--out', at('findings'), ...flags.split(' ').filter(Boolean)], {
    engine: engine(asked),
  });
const write = (...entries: BaselineEntry[]): void =>
  writeFileSync(at('known.json'), serializeBaseline(entries));
const SAID =
  'known stale-use in two-mm-switch (3 executions): no IPI; by this cause, of an entry for fork-cow';
/** As the table folds it. */
const unfolded = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('--baseline-by cause', () => {
  it('asks for entries of other scenarios, and by scenario for none', async () => {
    write(entry, { ...entry, variant: '6.14' });
    const asked: HuntRequest[] = [];
    await run(`--baseline ${at('known.json')} --baseline-by cause`, asked);
    await run(`--baseline ${at('known.json')} --baseline-by scenario`, asked);
    await run(`--baseline ${at('known.json')}`, asked);
    expect(asked.map(({ known }) => known)).toEqual([[{ ...entry, isByCause: true }], [entry], [entry]]);
  });

  it('says what was known that way in every report', async () => {
    write(entry);
    const reports = ['json', 'junit', 'sarif'].map((name) => `--reporter-file ${name}=${at(name)}`).join(' ');
    const { exitCode, stdout } = await run(
      `--baseline ${at('known.json')} --baseline-by cause --reporter github-actions,json,junit,sarif,html ` +
        `${reports} --report-dir ${at('page')}`,
    );
    expect(exitCode).toBe(0);
    expect(unfolded(stdout)).toContain(SAID);
    expect(stdout).toContain("1 known violation met, 1 by the cause of another scenario's entry");
    const json = JSON.parse(readFileSync(at('json'), 'utf8'));
    expect(json.verdicts[0].met[0]).toMatchObject({ knownFrom: 'fork-cow', namedCause });
    expect(json.baseline).toMatchObject({ by: 'cause', notSeen: [], causeless: [] });
    for (const name of ['junit', 'sarif', 'page/results.json'])
      expect(readFileSync(at(name), 'utf8'), name).toContain('of an entry for fork-cow');
    expect(stdout).toMatch(/::notice [^\n]*of an entry for fork-cow/);
  });

  it('names entries that cannot hold so', async () => {
    write(entry, old, unnamed);
    const { stdout } = await run(`--baseline ${at('known.json')} --baseline-by cause`);
    expect(stdout).toContain(
      '  1 entry holds in the own scenario only: without the cause as data, of an older shootdown; ' +
        '--update-baseline adds it where it is met again\n' +
        '  1 entry holds in the own scenario only: the cause has no name, only its outcome is known\n',
    );
    const { stdout: json } = await run(`--baseline ${at('known.json')} --baseline-by cause --json`);
    expect(JSON.parse(json).baseline.causeless).toEqual([old, unnamed]);
    expect((await run(`--baseline ${at('known.json')}`)).stdout).not.toContain('holds in');
  });

  it('adds no second entry for what one holds for already', async () => {
    write(entry);
    const before = readFileSync(at('known.json'), 'utf8');
    const { stdout } = await run(`--baseline ${at('known.json')} --baseline-by cause --update-baseline`);
    expect(stdout).toContain('0 new ones added');
    expect(readFileSync(at('known.json'), 'utf8')).toBe(before);
  });

  it.each([
    ['--baseline-by cause', '--baseline-by: no baseline is named; give one with --baseline FILE'],
    ['--baseline-by page', '--baseline-by: "page" is none of scenario, cause'],
  ])('%s is refused in one line', async (flags, message) => {
    const refused = await run(flags);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toBe(`shootdown: ${message}\n`);
  });
});
