import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LargeFile } from './large.js';

/** Files in which a study keeps its verdicts, and findings of executions as long as may be. */

const MIB = 1024 * 1024;

/** Writes them into a directory. */
export function largeVerdicts(directory: string): LargeFile[] {
  const verdict = {
    ...{ variant: 'kvm/v0', scenario: 'preempted-read', complete: true, completeWithinSwitches: false },
    ...{ withinSteps: 9, ended: null, violation: null, latent: [], states: 1, transitions: 1, depth: 1 },
    ...{ seconds: 1, bounds: { switches: null, walks: 0, preemptions: 0 }, known: null },
  };
  const line = (i: number): string =>
    JSON.stringify({ key: `k${i}`, budgetMs: null, memoryLimit: 1, verdict });
  const length = line(1_000_000).length + 1;
  const texts: Readonly<Record<string, string>> = {
    brackets: '['.repeat(30 * MIB),
    'half a line': `{"key":"${'['.repeat(30 * MIB)}`,
    'empty lines': '\n'.repeat(31 * MIB),
    'half lines': '{"key":"\n'.repeat(3 * MIB),
    'lists in a verdict': `{"key":"k","x":[${'[],'.repeat(300_000)}[]]}\n`.repeat(30),
    'as many as may be': Array.from({ length: (31 * MIB) / length }, (_, i) => `${line(i)}\n`).join(''),
    'of one key': `${line(1)}\n`.repeat((31 * MIB) / length),
    'more than may be': '\n'.repeat(60 * MIB),
  };
  const study = ['study', 'remote-tlb-gen', '--exhaustive', '--variant', 'kvm/v0', '--jobs', '1'];
  const where = ['--scenario', 'preempted-read', '--out', join(directory, 'out')];
  return Object.entries(texts).map(([name, text]) => {
    const file = join(directory, `kept-${name.replaceAll(/\W+/g, '-')}.jsonl`);
    writeFileSync(file, text);
    return { name: `verdicts: ${name}`, argv: [...study, ...where, '--state', file] };
  });
}

/** A finding of a project whose program goes on and on, and all that shows it. */
export function longExecutions(directory: string): LargeFile[] {
  const module = join(directory, 'spins.ts');
  writeFileSync(
    module,
    `import { plainProgram } from 'shootdown';
const spin = function* (cpu: any, at: any): any {
  for (let seen = 0; seen < 1e7; ) seen = yield* cpu.incReturn(at.x);
};
export const p = plainProgram({ name: 'spins', words: { x: 0 }, cpus: [spin, spin] });
`,
  );
  const file = join(directory, 'spins.json');
  const finding = {
    ...{ format: 'shootdown-finding', version: 1, shootdown: '0.1.0', program: 'spins', cpus: 2 },
    ...{ memory: 'tso', strategy: 'random', seed: 1, execution: 0, schedule: ['0*2400000', '1*2400000'] },
    ...{ steps: 4_800_000, latent: [], traceHash: '00000000' },
    violation: { class: 'livelock', step: 4_800_000, cpu: 0, message: 'no end' },
    modules: [{ file: module, sha256: '0'.repeat(64) }],
  };
  writeFileSync(file, JSON.stringify(finding));
  const given = ['--module', module];
  return [
    ['replay', file],
    ...['--plain', '--deciding', '--json'].map((flag) => ['show', file, flag]),
    ['show', file, '--format', 'perfetto'],
    ['show', file, '--open', '--report-dir', join(directory, 'page')],
  ].map((argv) => ({
    name: `a long execution: ${argv.filter((one) => !one.includes(directory)).join(' ')}`,
    argv: [...argv, ...given],
  }));
}
