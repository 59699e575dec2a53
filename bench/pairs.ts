import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * How fast the explorer of this clone is beside that of another one, such as an older commit:
 *
 *     npx tsx bench/pairs.ts OTHER-CLONE [--rounds 15] [--cpu-ms 300]
 *
 * Each side is one process; rounds alternate and are measured in processor time, so what else the computer does meets both alike. Told is
 * the median of the pairs' ratios (this one's steps/s over the other's), with its quartiles.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '15' }, 'cpu-ms': { type: 'string', default: '300' } },
});
if (positionals.length !== 1) throw new Error('give the directory of the other clone');
const WORKLOADS = ['ping-pong-dontneed', 'ping-pong-munmap', 'lazy-other-mm', 'P3', 'P4'];
const here = fileURLToPath(new URL('..', import.meta.url));

interface Side {
  round(workload: string): Promise<number>;
  close(): void;
}

/** Bundles the workloads as that clone bundles its workers, and starts them. */
async function side(root: string, name: string): Promise<Side> {
  const entry = join(root, 'bench', `.pairs-${process.pid}.ts`);
  const outfile = join(tmpdir(), `shootdown-pairs-${process.pid}-${name}.mjs`);
  copyFileSync(new URL('./pairs-main.ts', import.meta.url), entry);
  try {
    const { bundle } = (await import(resolve(root, 'src/bundle/bundle.ts'))) as typeof import('../src/bundle/bundle.js');
    await bundle({ entry, outfile, plain: true });
  } finally {
    rmSync(entry);
  }
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [outfile]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async round(workload) {
      child.stdin.write(`${workload} ${values['cpu-ms']}\n`);
      const { value } = await lines.next();
      return (JSON.parse(value) as { perSecond: number }).perSecond;
    },
    close() {
      child.kill();
      rmSync(outfile, { force: true });
      rmSync(`${outfile}.map`, { force: true });
    },
  };
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor(q * (sorted.length - 1))];
const [other, own] = await Promise.all([side(positionals[0], 'other'), side(here, 'own')]);
try {
  for (const workload of WORKLOADS) {
    for (const one of [other, own]) for (let i = 0; i < 3; i++) await one.round(workload);
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let i = 0; i < Number(values.rounds); i++) {
      // Each side goes first in turn.
      const first = i % 2 === 0 ? await other.round(workload) : 0;
      const mine = await own.round(workload);
      ratios.push(mine / (i % 2 === 0 ? first : await other.round(workload)));
      rates.push(mine);
    }
    ratios.sort((a, b) => a - b);
    rates.sort((a, b) => a - b);
    const text = [0.5, 0.25, 0.75].map((q) => quantile(ratios, q).toFixed(3));
    const millions = (quantile(rates, 0.5) / 1e6).toFixed(2);
    console.log(`${workload.padEnd(20)} ${millions.padStart(6)} M steps/s, ratio ${text[0]} (quartiles ${text[1]} to ${text[2]})`);
  }
} finally {
  other.close();
  own.close();
}
