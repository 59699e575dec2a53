import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { serializeFinding } from '../../src/findings/serialize.js';
import { findWitness } from '../findings/witness.js';
import { sampleBlob, samplePart } from '../merge/sample-blobs.js';
import { CARRIED } from '../trace/recordings.js';
import { COMMAND } from './start.js';

/** Commands that would take long, and what becomes of one that is asked to end. */

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TREE = fileURLToPath(new URL('../csource/fixtures/tree', import.meta.url));

export interface LongCommand {
  readonly name: string;
  readonly argv: readonly string[];
}

/** Commands with files below `directory`; each takes some seconds at least, most of them without a pause. */
export function longCommands(directory: string): LongCommand[] {
  const at = (name: string): string => join(directory, name);
  const finding = findWitness('b3');
  // Decisions that go on where the execution is over are read, and followed as far as they can be.
  const long = { ...finding, schedule: Array(900_000).fill('0*5') };
  writeFileSync(at('long.json'), serializeFinding(long));
  const { seed, memory, shootdown } = finding;
  const parts = Array.from({ length: 400 }, (_, i) => ({
    ...samplePart(i + 1, { variant: 'b3' }),
    witness: { finding: { ...finding, schedule: Array(3_400).fill('0*5') }, cause: `cause ${i}` },
  }));
  const hunt = { subjects: ['b3'], shards: 400, seed, memory, shootdown };
  writeFileSync(at('blob.json'), JSON.stringify(sampleBlob(parts, hunt)));
  const recording = gunzipSync(readFileSync(CARRIED)).toString('utf8');
  writeFileSync(at('long.trace'), oneAfterTheOther(recording, 60e6));
  const stores = Array.from({ length: 5 }, () => ' MOV [x],$1 | MOV [y],$1 | MOV [z],$1 ;\n').join('');
  const litmus = `X86 long\n{ }\n P0 | P1 | P2 ;\n${stores}exists (x=1)\n`;
  writeFileSync(at('tests.json'), JSON.stringify({ tests: Array(100).fill({ litmus }) }));
  const result = JSON.stringify({ format: 'shootdown-hunt', version: 1, verdicts: [] });
  writeFileSync(at('result.json'), result);
  // clang waits for who writes to it.
  const tree = at('tree');
  cpSync(TREE, tree, { recursive: true });
  const main = join(tree, 'arch/x86/mm/tlb.c');
  execFileSync('mkfifo', [join(dirname(main), 'waits.h')]);
  writeFileSync(main, `#include "waits.h"\n${readFileSync(main, 'utf8')}`);
  const out = ['--out', at('out')];
  const module = 'examples/ticket-lock.ts';
  return [
    { name: 'hunt', argv: ['hunt', '--variant', 'b3,6.18', '--budget', '60s', ...out] },
    { name: 'hunt of a module', argv: ['hunt', module, '--budget', '60s', ...out] },
    {
      name: 'hunt of a recording',
      argv: ['hunt', '--variant', 'b3', '--scenario', `trace:${at('long.trace')}`, ...out],
    },
    { name: 'study', argv: ['study', 'remote-tlb-gen', ...out] },
    { name: 'compare', argv: ['compare', 'kvm/v0', 'kvm/v7', '--budget', '60s', ...out] },
    { name: 'merge', argv: ['merge', at('blob.json'), ...out] },
    { name: 'replay', argv: ['replay', at('long.json')] },
    { name: 'show', argv: ['show', at('long.json')] },
    { name: 'litmus', argv: ['litmus', at('tests.json')] },
    { name: 'trace check', argv: ['trace', 'check', at('long.trace')] },
    { name: 'trace info', argv: ['trace', 'info', at('long.trace')] },
    { name: 'source check', argv: ['source', 'check', tree] },
    { name: 'verify', argv: ['verify', '--variant', '6.18', '--scenario', 'two-dontneed', ...out] },
    { name: 'stress', argv: ['stress', '--variant', 'b3', '--cpus', '2', '--for', '60s', ...out] },
    { name: 'demo', argv: ['demo', ...out] },
  ];
}

/** A recording again and again, up to so many characters, its times going on. */
function oneAfterTheOther(recording: string, length: number): string {
  const SECONDS = 1_000;
  const copies = Array.from({ length: Math.ceil(length / recording.length) }, (_, copy) =>
    recording.replaceAll(
      / (\d+)(\.\d{6}):/g,
      (_all, seconds, rest) => ` ${Number(seconds) + copy * SECONDS}${rest}:`,
    ),
  );
  return copies.join('');
}

export interface AskedToEnd {
  /** As a shell tells it: 128 and the signal's number where the system ended it. */
  readonly exitCode: number;
  /** From the signal to the end, on the clock and of processor time; null where it had ended before. */
  readonly took: { readonly ms: number; readonly cpuMs: number } | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command, and asks it once to end when it has used so much processor time, or has run for long. */
export async function askToEnd(
  argv: readonly string[],
  { signal, afterCpuMs }: { signal: 'SIGINT' | 'SIGTERM'; afterCpuMs: number },
): Promise<AskedToEnd> {
  const child = spawn(process.execPath, [COMMAND, ...argv], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const began = performance.now();
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  let asked: number | null = null;
  let [cpuMs, askedCpuMs] = [0, 0];
  const timer = setInterval(() => {
    cpuMs = Math.max(cpuMs, cpuMsOf(child.pid));
    const isLate = performance.now() - began > LATEST_MS;
    if (asked !== null || (cpuMs < afterCpuMs && !isLate)) return;
    [asked, askedCpuMs] = [performance.now(), cpuMs];
    child.kill(signal);
  }, POLL_MS);
  const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...how) => resolve(how)),
  );
  clearInterval(timer);
  const exitCode = code ?? 128 + constants.signals[by ?? 'SIGKILL'];
  const took = asked === null ? null : { ms: performance.now() - asked, cpuMs: cpuMs - askedCpuMs };
  return { exitCode, took, ...said };
}

const POLL_MS = 10;
/** It may be waiting for another process. */
const LATEST_MS = 15_000;
/** The kernel counts in hundredths of a second on all that Node runs on. */
const TICK_MS = 10;

/** Processor time of a process in milliseconds, with its threads; 0 when it is gone. */
function cpuMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}

/** Takes away what a run has left, so that the next one begins as the first. */
export function forget(directory: string): void {
  rmSync(join(directory, 'out'), { recursive: true, force: true });
}
