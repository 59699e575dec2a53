import { describe, expect, it } from 'vitest';
import { plain } from '../../../src/report/colors.js';
import type { HuntPlan } from '../../../src/report/reporters/hunt-report.js';
import { reporters } from '../../../src/report/reporters/index.js';
import type { Reporter } from '../../../src/report/reporters/reporter.js';
import { raceSteps } from '../steps.js';
import { sampleReport } from './sample-report.js';

const PLAN: HuntPlan = {
  ...{
    seed: 1,
    memory: 'tso',
    strategies: ['random', 'pct'],
    shard: undefined,
    jobs: 2,
    budgetMs: 30_000,
    executions: undefined,
  },
  ...{
    description: [],
    subjects: ['b1', 'b1-fixed'],
    scenarios: 1,
    places: ['two-mm-switch'],
    hasKnown: false,
  },
};

/** What a reporter prints of a hunt, as it goes and at its end; and what it appends to files. */
async function told(reporter: Reporter, isShared = true) {
  const printed: string[] = [];
  const appended: string[] = [];
  const env = { GITHUB_STEP_SUMMARY: 'summary.md' };
  const to = {
    print: (text: string) => printed.push(text),
    colors: plain,
    command: (line: string) => printed.push(line),
    isShared,
    env,
    append: (...all: string[]) => appended.push(all[1]),
    directory: { save: (_: string, text: string) => printed.push(text) },
  };
  const open = reporter.open(to);
  const report = sampleReport();
  open.begin?.(PLAN);
  for (const { verdict } of report.results) open.verdict?.(verdict);
  const before = printed.length;
  await open.end(report);
  return { before: printed.slice(0, before).join('\n'), end: printed.slice(before).join('\n'), appended };
}

const named = (name: string): Reporter => reporters.find((reporter) => reporter.name === name)!;

describe('reporters', () => {
  it.each(reporters)('$name tells of every subject', async (reporter) => {
    const { before, end } = await told(reporter);
    for (const name of ['b1', 'b1-fixed']) expect(before + end).toContain(name);
  });

  it.each(reporters.filter(({ kind }) => kind === 'document'))(
    '$name says nothing before the end: a document is one piece',
    async (reporter) => {
      expect((await told(reporter)).before).toBe('');
    },
  );

  it('the default has a row for each verdict as it comes, and the witness below', async () => {
    const { before, end } = await told(named('default'));
    expect(before).toMatch(
      /^1 scenario; random\+pct, seed 1, tso, 2 jobs; at most 30 s per variant\nVARIANT /,
    );
    expect(before).toMatch(/\nb1 .*stale-use/);
    expect(end).toContain('  shootdown show findings/x.json');
    expect(end).toContain('b1-fixed rests on');
  });

  it('github-actions switches commands off for what others print, and only there', async () => {
    expect((await told(named('github-actions'))).before).toMatch(/^::stop-commands::/);
    const alone = await told(named('github-actions'), false);
    expect(alone.before).toBe('');
    expect(alone.end).toMatch(/^::error /);
    expect(alone.appended).toEqual(['summary.md']);
  });

  it('verbose draws every step of every witness', async () => {
    const { before, end } = await told(named('verbose'));
    expect(before).toMatch(/\nb1 .*stale-use/);
    for (let step = 0; step < raceSteps().length; step++)
      expect(end).toMatch(new RegExp(`^[> ] +${step} │`, 'm'));
  });

  it('dot has a sign for each subject, a sentence for each witness, and no timeline', async () => {
    const { before, end } = await told(named('dot'));
    expect(before).toBe('');
    expect(end).toMatch(/^x\.\n1 of 2 subjects with a violation, in 30,043 executions; none is a sample/);
    expect(end).toContain('b1: stale-use in two-mm-switch');
    expect(end).not.toContain('│');
  });

  it('html saves the page last, with its data and findings', async () => {
    const saved: string[] = [];
    const to = { print: () => 0, colors: plain, command: () => 0, isShared: true, env: {}, append: () => 0 };
    const directory = { save: (path: string) => saved.push(path) };
    await named('html')
      .open({ ...to, directory } as never)
      .end(sampleReport());
    expect(saved).toEqual(['findings/x.json', 'results.json', 'index.html']);
  });
});
