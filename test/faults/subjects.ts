import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/cli/engine.js';
import type { Engine } from '../../src/cli/engine-api.js';
import { serializeBlob } from '../../src/findings/blob.js';
import { decideCells } from '../../src/study/exhaustive/decide-cells.js';
import { KeptVerdicts } from '../../src/study/exhaustive/kept-verdicts.js';
import { sampleReplay } from '../cli/fake-engine.js';
import { HAS_CLANG } from '../csource/with-clang.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { sampleVerdict } from '../report/verdicts.js';
import { sampleResult, sampleSelfTest } from '../stress/sample-result.js';
import { CARRIED } from '../trace/recordings.js';
import { C_TEXT } from './c-text-subject.js';
import { RecordedEngine } from './recorded-engine.js';
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
  /** How many findings such a run saves. */
  readonly findings: number;
  /** What stdout says where they were found. Default: whatever it says. */
  readonly tells?: RegExp;
  /** The engine of the next run. */
  engine(): Engine;
}

const WITNESS = fileURLToPath(new URL('../../data/witnesses/hypercall--v1.json', import.meta.url));
const PAGE = ['report/index.html', 'report/results.json'];
const OLD_PAGE = { 'report/index.html': '<!doctype html><p>old</p></html>', 'report/results.json': '{}\n' };
const page = (at: (name: string) => string): string[] => ['--reporter', 'html', '--report-dir', at('report')];

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
    name: 'study with a page',
    exitCode: 0,
    argv: (at) => [
      ...['study', 'remote-tlb-gen', '--variant', 'kvm/v1', '--executions', '3000', '--count', '1'],
      ...['--jobs', '1', '--out', at('out'), ...page(at)],
    ],
    old: OLD_PAGE,
    written: PAGE,
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
    name: 'verify with a page',
    exitCode: 1,
    argv: (at) => [
      ...['verify', '--variant', 'hypercall/v1', '--scenario', 'slot-to-another'],
      ...['--out', at('out'), ...page(at)],
    ],
    old: OLD_PAGE,
    written: PAGE,
    findings: 1,
    engine: recorded(),
  },
  {
    name: 'stress',
    exitCode: 1,
    argv: (at) => [
      ...['stress', '--variant', '6.18~filterSwitching', '--scenario', 'ping-pong-dontneed'],
      ...['--for', '1s', '--out', at('out')],
    ],
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
    name: 'hunt with a page, SARIF and a blob',
    exitCode: 1,
    argv: (at) => [
      ...['hunt', '--variant', '6.18~filterSwitching', ...FEW, '--no-base', '--out', at('out')],
      ...['--reporter', 'html,sarif,blob', '--report-dir', at('report')],
      ...['--reporter-file', `sarif=${at('a.sarif.json')}`],
      ...['--reporter-file', `blob=${at('blobs/1.json')}`],
    ],
    old: { ...OLD_PAGE, 'a.sarif.json': '{"old": 1}\n' },
    written: [...PAGE, 'a.sarif.json', 'blobs/1.json'],
    findings: 1,
    engine: recorded(),
  },
  {
    name: 'merge with a page and SARIF',
    exitCode: 1,
    prepare: (at) => {
      const part = withWitness(samplePart(1), { variant: 'b1' });
      writeFileSync(at('blob.json'), serializeBlob(sampleBlob([part], { subjects: ['b1'], shards: 1 })));
    },
    argv: (at) => [
      ...['merge', at('blob.json'), '--out', at('out'), '--reporter', 'html,sarif'],
      ...['--report-dir', at('report'), '--reporter-file', at('a.sarif.json')],
    ],
    old: { ...OLD_PAGE, 'a.sarif.json': '{"old": 1}\n' },
    written: [...PAGE, 'a.sarif.json'],
    findings: 1,
    // The sample's execution is none.
    engine: recorded(() => ({ replay: async (finding) => sampleReplay(finding) })),
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
      argv: (at) => ['trace', verb, at('r.trace.gz'), '--json'],
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
  ...RUN_SUBJECTS,
  ...(HAS_CLANG ? [C_TEXT] : []),
];
