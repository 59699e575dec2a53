import { readFileSync, writeFileSync } from 'node:fs';
import { createEngine } from '../../src/cli/engine.js';
import type { Engine } from '../../src/cli/engine-api.js';
import { decideCells } from '../../src/study/exhaustive/decide-cells.js';
import { KeptVerdicts } from '../../src/study/exhaustive/kept-verdicts.js';
import { HAS_CLANG } from '../csource/with-clang.js';
import { sampleVerdict } from '../report/verdicts.js';
import { sampleResult, sampleSelfTest } from '../stress/sample-result.js';
import { CARRIED } from '../trace/recordings.js';
import { C_TEXT } from './c-text-subject.js';
import { FINDING_SUBJECTS, WITNESS } from './finding-subjects.js';
import { MERGE_SUBJECTS } from './merge-subjects.js';
import { RecordedEngine } from './recorded-engine.js';
import { OLD_PAGE, PAGE, reportFiles, reports } from './report-files.js';
import { RUN_SUBJECTS } from './run-subjects.js';

/** Commands that read and write files, each with what it writes. */

export interface Subject {
  readonly name: string;
  /** Where nothing fails. */
  readonly exitCode: number;
  /** Where it runs, in the place of the run. Default: wherever the test does. */
  readonly directory?: string;
  /** Flags and files; `at` answers a path in the place of the run. */
  argv(at: (name: string) => string): readonly string[];
  /** Makes what is read. */
  prepare?(at: (name: string) => string): void;
  /** Files that are there before, and are added to or replaced. */
  readonly old?: Readonly<Record<string, string>>;
  /** Files that are there at the end of a run in which all went well. */
  readonly written?: readonly string[];
  /** Of an old file that may change: whether all is in it that was there before. */
  readonly stays?: Readonly<Record<string, (text: string) => boolean>>;
  /** How many findings such a run saves. */
  readonly findings: number;
  /** What stdout says where they were found. Default: whatever it says. */
  readonly tells?: RegExp;
  /** The engine of the next run. */
  engine(): Engine;
}

/** Each command's engine, recorded. */
function recorded(change?: (engine: RecordedEngine) => Partial<Engine>): () => Engine {
  const engine = new RecordedEngine(createEngine());
  return () => engine.next(change?.(engine));
}

const FEW = ['--scenario', 'ping-pong-dontneed', '--executions', '400', '--jobs', '1'];

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'compare',
    exitCode: 1,
    argv: (at) => ['compare', '6.18~filterSwitching', ...FEW, '--count', '5', '--out', at('out')],
    findings: 1,
    engine: recorded(),
  },
  {
    name: 'study with every report',
    exitCode: 0,
    argv: (at) => [
      ...['study', 'remote-tlb-gen', '--variant', 'kvm/v1', '--executions', '3000', '--count', '1'],
      ...['--jobs', '1', '--out', at('out'), ...reports(at, 'blob', 'junit', 'sarif')],
    ],
    old: OLD_PAGE,
    written: reportFiles('blob', 'junit', 'sarif'),
    findings: 1,
    engine: recorded(),
  },
  {
    name: 'study --exhaustive',
    exitCode: 0,
    argv: (at) => [
      ...['study', 'remote-tlb-gen', '--exhaustive', '--variant', 'kvm/v5', '--scenario', 'preempted-whole'],
      ...['--jobs', '1', '--state', at('state/kept.jsonl'), '--out', at('out')],
    ],
    old: { 'state/kept.jsonl': '{"key":"half a li\n' },
    written: ['state/kept.jsonl'],
    findings: 1,
    // A verdict that cannot be kept ends the study, and this is the second.
    tells: /^v5 +stale-use/m,
    engine: recorded((engine) => ({
      studies: {
        ...createEngine().studies,
        decide: async (request, file) => ({
          codeHash: 'the same',
          ...(await decideCells(request, { verify: engine.verify }, new KeptVerdicts(file, 'the same'))),
        }),
      },
    })),
  },
  {
    name: 'verify with every report',
    exitCode: 1,
    argv: (at) => [
      ...['verify', '--variant', 'hypercall/v1', '--scenario', 'slot-to-another'],
      ...['--out', at('out'), ...reports(at, 'blob', 'json', 'junit', 'sarif')],
    ],
    old: OLD_PAGE,
    written: reportFiles('blob', 'json', 'junit', 'sarif'),
    findings: 1,
    engine: recorded(),
  },
  {
    name: 'stress with every report',
    exitCode: 1,
    argv: (at) => [
      ...['stress', '--variant', '6.18~filterSwitching', '--scenario', 'ping-pong-dontneed'],
      ...['--for', '1s', '--out', at('out'), ...reports(at, 'blob', 'junit', 'sarif')],
    ],
    old: OLD_PAGE,
    written: reportFiles('blob', 'junit', 'sarif'),
    findings: 1,
    engine: recorded(() => ({
      threads: {
        ...createEngine().threads,
        selfTest: async () => sampleSelfTest({}),
        stress: async (_, targets) => {
          const violations = [{ class: 'stale-use', cpu: 1, message: 'CPU1 read page 0' }] as const;
          const result = sampleResult({ violations });
          return { result, byTarget: [result], failedIn: targets[0] };
        },
      },
    })),
  },
  {
    name: 'hunt with every report',
    exitCode: 1,
    argv: (at) => [
      ...['hunt', '--variant', '6.18~filterSwitching', ...FEW, '--no-base', '--out', at('out')],
      ...reports(at, 'blob', 'json', 'junit', 'sarif'),
    ],
    old: { ...OLD_PAGE, 'reports/a.sarif.json': '{"old": 1}\n' },
    written: reportFiles('blob', 'json', 'junit', 'sarif'),
    findings: 1,
    engine: recorded(),
  },
  ...(['--open', '--format', '--plain', '--json'] as const).map((flag): Subject => {
    const isPage = flag === '--open';
    const isTrace = flag === '--format';
    return {
      name: `show ${flag}`,
      exitCode: 0,
      prepare: (at) => writeFileSync(at('finding.json'), readFileSync(WITNESS)),
      argv: (at) => [
        ...['show', at('finding.json'), ...(isTrace ? [flag, 'perfetto'] : [flag])],
        ...(isPage ? ['--report-dir', at('report')] : []),
        ...(isTrace ? ['--output', at('a.pftrace')] : []),
      ],
      ...(isPage ? { old: OLD_PAGE, written: PAGE } : {}),
      ...(isTrace ? { old: { 'a.pftrace': 'old' }, written: ['a.pftrace'] } : {}),
      findings: 0,
      engine: recorded(),
    };
  }),
  {
    name: 'replay',
    exitCode: 1,
    prepare: (at) => writeFileSync(at('finding.json'), readFileSync(WITNESS)),
    argv: (at) => ['replay', at('finding.json')],
    findings: 0,
    engine: recorded(),
  },
  ...(['check', 'info'] as const).map(
    (verb): Subject => ({
      name: `trace ${verb}`,
      exitCode: 0,
      prepare: (at) => {
        writeFileSync(at('r.trace.gz'), readFileSync(CARRIED));
        writeFileSync(at('r.meta.json'), readFileSync(CARRIED.replace('.trace.gz', '.meta.json')));
      },
      argv: (at) => [
        ...['trace', verb, at('r.trace.gz')],
        ...(verb === 'check' ? reports(at, 'json') : ['--json']),
      ],
      ...(verb === 'check' ? { old: OLD_PAGE, written: reportFiles('json') } : {}),
      findings: 0,
      engine: recorded(),
    }),
  ),
  {
    name: 'compare of two results',
    exitCode: 0,
    prepare: (at) => {
      const result = { format: 'shootdown-hunt', version: 1, shootdown: '0.1.0', interrupted: false };
      for (const name of ['a', 'b'])
        writeFileSync(
          at(`${name}.json`),
          JSON.stringify({ ...result, verdicts: [{ ...sampleVerdict(), memory: 'tso', seed: 1 }] }),
        );
    },
    argv: (at) => ['compare', at('a.json'), at('b.json')],
    findings: 0,
    engine: recorded(),
  },
  ...FINDING_SUBJECTS,
  ...MERGE_SUBJECTS,
  ...RUN_SUBJECTS,
  ...(HAS_CLANG ? [C_TEXT] : []),
];
