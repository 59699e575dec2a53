/**
 * One mutated file through the command line, in this process, and what is wrong with the answer. Everything
 * is real but the workers: a hunt of an imported scenario is a few executions here, to see that a machine can
 * be built from it and runs.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createEngine } from '../../../src/cli/engine.js';
import type { Engine } from '../../../src/cli/engine-api.js';
import { runBatch } from '../../../src/explore/batch.js';
import { BASELINE_FORMAT, BASELINE_VERSION } from '../../../src/findings/baseline.js';
import { serializeFinding } from '../../../src/findings/serialize.js';
import type { KernelFinding, ProgramFinding } from '../../../src/vocabulary/finding.js';
import { findProgramWitness, findWitness } from '../../findings/witness.js';
import { sampleVerdict } from '../../report/verdicts.js';
import { CARRIED } from '../../trace/recordings.js';
import { xorshift } from '../../trace/xorshift.js';
import { cli } from '../run-cli.js';
import { mutateBytes, type Random } from './mutate-bytes.js';
import { mutateFinding, mutateRun } from './mutate-finding.js';
import { mutateJson } from './mutate-json.js';
import { blobsOf } from './sample-blobs.js';

/** Anything of a terminal's but newlines: the runs are without colour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|[\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

export const KINDS = [
  'bytes',
  'json',
  'lies',
  'program',
  'baseline',
  'trace',
  'meta',
  'hypervisor log',
  'blob',
] as const;
export type Kind = (typeof KINDS)[number];
/** Of a hundred cases. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ['bytes', 15],
  ['json', 15],
  ['lies', 20],
  ['program', 5],
  ['baseline', 10],
  ['trace', 10],
  ['meta', 10],
  ['hypervisor log', 5],
  ['blob', 10],
];

export interface CaseResult {
  readonly kind: Kind;
  readonly argv: readonly string[];
  readonly exitCode: number;
  /** Of processor time, which other processes do not change. */
  readonly ms: number;
  /** What is wrong with the answer; null if nothing. */
  readonly wrong: string | null;
}

export class FileFuzzer {
  private readonly engine = huntInProcess(createEngine());
  private readonly findings: readonly KernelFinding[];
  private readonly texts: readonly string[];
  private readonly blobs: readonly string[];
  private program: ProgramFinding | null = null;
  private isLoaded = false;
  private readonly recording: readonly string[];
  private readonly meta: string;

  constructor(
    private readonly directory: string,
    private readonly limitMs: number,
  ) {
    this.findings = ['b2', 'b3', 'b4', 'kvm/v5', 'kvm/v13'].map((variant) => findWitness(variant));
    this.texts = this.findings.map(serializeFinding);
    this.blobs = this.findings.flatMap(blobsOf);
    this.recording = gunzipSync(readFileSync(CARRIED)).toString('utf8').split('\n').slice(4080, 4400);
    this.meta = readFileSync(CARRIED.replace('.trace.gz', '.meta.json'), 'utf8');
  }

  /** Case `index`: a function of the index alone. Leaves its files behind when something is wrong. */
  async run(index: number): Promise<CaseResult> {
    const random = xorshift(index + 1);
    for (let i = 0; i < 4; i++) random(2);
    const kind = kindOf(index);
    const files: string[] = [];
    const write = (name: string, content: string | Buffer): string => {
      const path = join(this.directory, `${index}-${name}`);
      writeFileSync(path, content);
      files.push(path);
      return path;
    };
    const argv =
      kind === 'program' ? await this.prepareProgram(random, write) : this.prepare(kind, random, write);
    await this.load();
    const began = process.cpuUsage();
    let run = { exitCode: -1, stdout: '', stderr: '' };
    let wrong: string | null;
    try {
      run = await cli(argv, { engine: this.engine });
      wrong = judge(kind, run, argv.includes('--json'));
    } catch (error) {
      wrong = `threw ${String(error)}`;
    }
    const { user, system } = process.cpuUsage(began);
    const ms = (user + system) / 1_000;
    if (ms > this.limitMs) wrong ??= `took ${Math.round(ms)} ms`;
    if (wrong === null) for (const file of files) rmSync(file);
    return { kind, argv, exitCode: run.exitCode, ms, wrong };
  }

  /** What the first hunt of a process loads and compiles is no cost of any file: seconds, on a slow machine. */
  private async load(): Promise<void> {
    if (this.isLoaded) return;
    this.isLoaded = true;
    await cli(['hunt', '--variant', 'b3', '--out', join(this.directory, 'out')], { engine: this.engine });
  }

  /** A witness against a user's program: its module is read again, as it is or as the mutant says. */
  private async prepareProgram(
    random: Random,
    write: (name: string, content: string) => string,
  ): Promise<string[]> {
    this.program ??= await findProgramWitness();
    const mutant =
      random(3) === 0
        ? serializeFinding(mutateRun(this.program, random))
        : mutateJson(serializeFinding(this.program), random);
    return ['replay', write('finding.json', mutant), ...(random(2) === 0 ? ['--json'] : [])];
  }

  /** A blob of any kind, alone or beside one that is as it should be; or one whose witness lies. */
  private prepareMerge(random: Random, write: (name: string, content: string | Buffer) => string): string[] {
    const which = random(this.blobs.length);
    const blob = this.blobs[which] ?? '';
    const kinds = this.blobs.length / this.findings.length;
    const finding = this.findings[Math.floor(which / kinds)] as KernelFinding;
    const mutants = [
      () => mutateBytes(Buffer.from(blob), random),
      () => mutateJson(blob, random),
      () => blobsOf(random(2) === 0 ? finding : mutateFinding(finding, random))[which % kinds] ?? '',
    ];
    const mutant = mutants[random(mutants.length)]();
    const files = [write('blob.json', mutant), ...(random(3) === 0 ? [write('whole.json', blob)] : [])];
    const out = ['--out', join(this.directory, 'out'), '--allow-missing', '--allow-no-effect'];
    return ['merge', ...files, ...out, ...(random(2) === 0 ? ['--json'] : [])];
  }

  private prepare(
    kind: Kind,
    random: Random,
    write: (name: string, content: string | Buffer) => string,
  ): string[] {
    const finding = random(this.findings.length);
    const text = this.texts[finding] ?? '';
    const flags = [[], [], ['--json'], ['--full']][random(4)] ?? [];
    const replay = (content: string | Buffer): string[] => [
      'replay',
      write('finding.json', content),
      ...flags,
    ];
    switch (kind) {
      case 'bytes':
        return replay(mutateBytes(Buffer.from(text), random));
      case 'json':
        return replay(mutateJson(text, random));
      case 'lies':
        return replay(serializeFinding(mutateFinding(this.findings[finding] as KernelFinding, random)));
    }
    if (kind === 'blob') return this.prepareMerge(random, write);
    if (kind === 'baseline') {
      const file = write(
        'known.json',
        random(2) === 0 ? mutateJson(BASELINE, random) : mutateBytes(Buffer.from(BASELINE), random),
      );
      return [
        'hunt',
        '--variant',
        'b3',
        '--baseline',
        file,
        '--out',
        join(this.directory, 'out'),
        ...(random(3) === 0 ? ['--update-baseline'] : []),
      ];
    }
    const from = random(this.recording.length - 130);
    let trace: Buffer = Buffer.from(`${this.recording.slice(from, from + 30 + random(100)).join('\n')}\n`);
    if (kind === 'trace') trace = mutateBytes(trace, random);
    if (random(3) === 0) trace = gzipSync(trace);
    if (kind === 'trace' && random(10) === 0) trace = mutateBytes(trace, random);
    const path = write('r.trace', trace);
    if (kind === 'meta')
      write(
        'r.meta.json',
        random(2) === 0 ? mutateJson(this.meta, random) : mutateBytes(Buffer.from(this.meta), random),
      );
    if (kind === 'hypervisor log') write('r.hv', mutateBytes(Buffer.from(HYPERVISOR_LOG), random));
    const json = random(3) === 0 ? ['--json'] : [];
    const check = ['trace', 'check', '--profile', '6.12.117', path, ...json];
    if (kind === 'hypervisor log') return check;
    const out = join(this.directory, 'out');
    return [
      ['trace', 'info', path, ...json],
      check,
      ['hunt', '--variant', 'b3', '--scenario', `trace:${path}`, '--out', out, ...json],
    ][random(3)] as string[];
  }
}

function kindOf(index: number): Kind {
  // Any sixty cases in a row have some of each kind.
  let rest = (index * 37) % 100;
  for (const [kind, share] of SHARES) {
    if (rest < share) return kind;
    rest -= share;
  }
  return 'bytes';
}

/** What the file says of its execution and the replay does not show: a line each, or none. */
const NAMED_DIFFERENCES =
  /^(?:shootdown: [^\n]+: [\w.[\]]+: the file says [^\n]+, the replay shows [^\n]+\n)*$/;

/** What a merge says of its bounds, of witnesses that do not replay and of threads that hung: lines of ours. */
const MERGES_LINES = /^(?:shootdown: [^\n]{1,1000}\n)*$/;

/**
 * Exit codes that a file can be answered with: no violation, a violation, bad input; never a failure of
 * shootdown's own.
 */
function judge(
  kind: Kind,
  { exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string },
  json: boolean,
): string | null {
  // Of threads that hung or died, 3 is what a run of them says too.
  const codes = kind === 'blob' && /^shootdown: (?:hang|dead): /m.test(stderr) ? [3] : [0, 1, 2];
  if (!codes.includes(exitCode)) return `exit code ${exitCode}: ${stderr}`;
  const bad = UNPRINTABLE.exec(stdout) ?? UNPRINTABLE.exec(stderr);
  if (bad !== null)
    return `prints ${JSON.stringify(bad[0])}: ${JSON.stringify((stdout + stderr).slice(0, 400))}`;
  if (kind === 'blob' && stdout !== '') {
    if (!MERGES_LINES.test(stderr)) return `stderr says ${JSON.stringify(stderr.slice(0, 400))}`;
  } else if (exitCode === 2 && !/^shootdown: [^\n]+\n$/.test(stderr))
    return `stderr is not one line: ${JSON.stringify(stderr.slice(0, 400))}`;
  if (exitCode === 2 && stderr.length > 1_000) return `a line of ${stderr.length} characters`;
  if (kind !== 'blob' && exitCode !== 2 && !NAMED_DIFFERENCES.test(stderr))
    return `exit code ${exitCode}, and stderr says ${JSON.stringify(stderr.slice(0, 400))}`;
  if (/\n\s+at .*:\d+/.test(stderr)) return 'a stack';
  if (kind === 'lies' && exitCode === 0) return 'a replay that ends with 0';
  if (!json || stdout === '') return null;
  try {
    JSON.parse(stdout);
    return null;
  } catch {
    return `stdout is no JSON: ${JSON.stringify(stdout.slice(0, 200))}`;
  }
}

/** A hunt is eight executions in this process; nothing is found as far as the command line hears. */
function huntInProcess(engine: Engine): Engine {
  return {
    ...engine,
    openPool: async () => ({ close: async () => undefined }),
    hunt: async ({ variant, scenarios, memory, seed }) => {
      for (const scenario of scenarios) {
        runBatch({
          variant,
          scenario,
          memory,
          strategies: ['random', 'pct', 'delay'],
          seed,
          first: 0,
          count: 8,
        });
      }
      return {
        verdict: sampleVerdict({ variant, scenario: scenarios[0]?.name }),
        finding: null,
        replay: null,
      };
    },
  };
}

const BASELINE = JSON.stringify({
  format: BASELINE_FORMAT,
  version: BASELINE_VERSION,
  violations: ['no IPI', 'flush_tlb_func returned without a flush'].map((cause) => ({
    ...{
      variant: 'b3',
      memory: 'tso',
      scenario: 'ping-pong-dontneed',
      class: 'stale-use',
      cause,
      note: 'tracked',
    },
  })),
});

const HYPERVISOR_LOG = Array.from({ length: 30 }, (_, i) => {
  const what = i % 2 === 0 ? 'put halt' : 'load preempted=0 wait_ns=1200';
  return `${10 + i}.00${1000 + i} ${100_000 + i} ${(i >> 1) % 4} ${what}\n`;
}).join('');
