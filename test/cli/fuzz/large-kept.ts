import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LargeFile } from './large.js';

/** Files in which a study keeps its verdicts. */

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
