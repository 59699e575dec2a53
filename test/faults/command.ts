import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BaselineEntry, parseBaseline, serializeBaseline } from '../../src/findings/baseline.js';
import { serializeFinding } from '../../src/findings/serialize.js';
import { findingName } from '../../src/findings/store.js';
import { fakeEngine, hunted } from '../cli/fake-engine.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { sampleFinding } from '../findings/sample.js';
import { sampleVerdict } from '../report/verdicts.js';
import { type Hand, withHand } from './faulty-fs.js';
import { makeRoot } from './in-memory.js';

/**
 * A hunt that finds two things and writes all that a hunt can: findings, a baseline, a report, a job summary.
 */

export const known: BaselineEntry = {
  variant: '6.14',
  memory: 'tso',
  scenario: 'two-mm-switch',
  class: 'stale-use',
  cause: 'known',
};
export const oldReport = '<old/>\n';
const oldSummary = '# a step before\n';

/** Both findings, as the engine answers them: one by variant. */
const findings = new Map(
  ['6.14', '6.15-rc6'].map((variant) => [
    variant,
    sampleFinding({ variant, traceHash: variant === '6.14' ? '1a2b3c4d' : '5e6f7a8b' }),
  ]),
);
const texts = [...findings.values()].map(serializeFinding);

const engine = () =>
  fakeEngine({
    hunt: async ({ variant, memory }) => {
      const finding = findings.get(variant);
      if (finding === undefined) throw new Error(`no finding for ${variant}`);
      const { message } = finding.violation;
      const scenario = 'two-mm-switch';
      const met = [
        {
          scenario,
          class: 'stale-use' as const,
          cause: `new in ${variant}`,
          executions: 1,
          execution: 1,
          isKnown: false,
        },
      ];
      return hunted(
        sampleVerdict({ variant, memory, scenario, violation: 'stale-use', message, met }),
        finding,
      );
    },
  });

/**
 * A directory with what was there before: another finding of the first one's name, a baseline, a report, a
 * job summary.
 */
export class Place {
  readonly root = makeRoot();
  private readonly namesake = sampleFinding({ variant: '6.14', execution: 7 });
  private readonly previousTmpdir = process.env.TMPDIR;

  constructor(
    readonly isFresh: boolean,
    readonly isUpdated: boolean,
  ) {
    mkdirSync(this.at('tmp'));
    process.env.TMPDIR = this.at('tmp');
    writeFileSync(this.at('summary.md'), oldSummary);
    if (isFresh) return;
    mkdirSync(this.at('out'));
    writeFileSync(this.oldFinding(), serializeFinding(this.namesake));
    writeFileSync(this.at('known.json'), serializeBaseline([known]));
    writeFileSync(this.at('report.xml'), oldReport);
  }

  at(name: string): string {
    return join(this.root, name);
  }

  /** Whether this is all of a finding that was there or was found. */
  isFinding(text: string): boolean {
    return texts.includes(text) || text === serializeFinding(this.namesake);
  }

  private oldFinding(): string {
    return this.at(`out/${findingName(this.namesake)}.json`);
  }

  run(hand: Hand, onWrite?: (text: string) => void): Promise<CliRun> {
    const out = ['--out', this.at('out')];
    const baseline = ['--baseline', this.at('known.json'), '--update-baseline'];
    const reporters = ['--reporter', 'junit,github-actions', '--reporter-file', this.at('report.xml')];
    const argv = ['hunt', '--variant', 'b3,b1', ...out, ...reporters, ...(this.isUpdated ? baseline : [])];
    return withHand([this.root], hand, () =>
      cli(argv, { engine: engine(), env: { GITHUB_STEP_SUMMARY: this.at('summary.md') }, onWrite }),
    );
  }

  /** What a run has done wrong, whatever failed in it, in words; `told`: what it has printed. */
  wrongs(run: CliRun): string[] {
    const wrong: string[] = [];
    const printed = run.stdout + run.stderr;
    const saved = [
      ...this.jsons('out'),
      ...readdirSync(this.at('tmp')).flatMap((name) => this.jsons(`tmp/${name}`)),
    ];
    const contents = saved.map((file) => readFileSync(file, 'utf8'));
    // Nothing half, nothing old destroyed.
    for (const [i, text] of contents.entries())
      if (!this.isFinding(text)) wrong.push(`${saved[i]} is not whole`);
    if (!this.isFresh && !existsSync(this.oldFinding())) wrong.push('a finding that was there is gone');
    if (!this.isFresh) {
      const report = existsSync(this.at('report.xml'))
        ? readFileSync(this.at('report.xml'), 'utf8')
        : 'nothing';
      if (report !== oldReport && !isWhole(report))
        wrong.push(`the report is neither old nor new: ${report.slice(0, 40)}`);
    }
    const summary = readFileSync(this.at('summary.md'), 'utf8');
    if (!summary.startsWith(oldSummary)) wrong.push('the summary lost what was there');
    if (summary !== oldSummary && !summary.endsWith('\n')) wrong.push('the summary is half');
    wrong.push(...this.baselineWrongs(run));
    // Nothing that was found is lost: it is in a file that a line names, or the line is it.
    const hunted = run.stdout.includes('6.14');
    if (hunted)
      for (const text of texts) {
        const files = saved.filter((_, i) => contents[i] === text);
        if (!files.some((file) => printed.includes(file)) && !printed.includes(text.trimEnd()))
          wrong.push('a finding is lost');
      }
    for (const [path] of printed.matchAll(/\S+\.json(?=\s|$|;)/g))
      if (path.startsWith(this.at('out')) && !existsSync(path))
        wrong.push(`${path} was named and is not there`);
    wrong.push(...this.exitWrongs(run, hunted));
    return wrong;
  }

  private baselineWrongs({ stdout, stderr }: CliRun): string[] {
    if (!existsSync(this.at('known.json'))) return this.isFresh ? [] : ['the baseline is gone'];
    const text = readFileSync(this.at('known.json'), 'utf8');
    try {
      const { violations } = parseBaseline(text, 'known.json');
      const wrong =
        this.isFresh || violations.some(({ cause }) => cause === 'known')
          ? []
          : ['an entry of the baseline is gone'];
      const told = /(\d+) new ones? added/.exec(stdout + stderr);
      if (told !== null && violations.length < Number(told[1]))
        wrong.push('entries were told and are not there');
      return wrong;
    } catch (error) {
      return [`the baseline is half: ${String(error)}`];
    }
  }

  private exitWrongs({ exitCode, stderr }: CliRun, hunted: boolean): string[] {
    const wrong: string[] = [];
    const fine = this.isUpdated ? 0 : 1;
    if (![fine, 2, 3].includes(exitCode)) wrong.push(`exit code ${exitCode}`);
    if (exitCode === 2 && hunted) wrong.push('bad input, after a hunt');
    if (exitCode !== fine && !/^shootdown: /m.test(stderr))
      wrong.push(`exit code ${exitCode} and no word why`);
    if (/internal error|\n {4}at /.test(stderr)) wrong.push(`an internal error: ${stderr.slice(0, 300)}`);
    if (exitCode !== fine) return wrong;
    // All is well: then all is there.
    const summary = readFileSync(this.at('summary.md'), 'utf8');
    if (summary === oldSummary) wrong.push('all well, and no summary');
    if (!existsSync(this.at('report.xml')) || !isWhole(readFileSync(this.at('report.xml'), 'utf8')))
      wrong.push('all well, and no report');
    if (
      this.isUpdated &&
      parseBaseline(readFileSync(this.at('known.json'), 'utf8'), 'b').violations.length <
        (this.isFresh ? 2 : 3)
    )
      wrong.push('all well, and the baseline is not updated');
    return wrong;
  }

  /** Files that a run leaves behind and nobody asked for. */
  litter(): string[] {
    const names = [
      ...readdirSync(this.root),
      ...(existsSync(this.at('out')) ? readdirSync(this.at('out')) : []),
    ];
    return names.filter((name) => name.startsWith('.') || name.endsWith('.lock') || name.endsWith('.tmp'));
  }

  private jsons(directory: string): string[] {
    if (!existsSync(this.at(directory))) return [];
    return readdirSync(this.at(directory)).flatMap((name) =>
      name.endsWith('.json') ? [this.at(`${directory}/${name}`)] : [],
    );
  }

  remove(): void {
    if (this.previousTmpdir === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = this.previousTmpdir;
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function isWhole(report: string): boolean {
  return report.startsWith('<?xml') && report.trimEnd().endsWith('</testsuites>');
}
