import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { argumentsOf } from './arguments.js';
import { alternate, record } from './harness.js';
import { median, quantile, ratiosOf } from './statistics.js';

/**
 * How fast the explorer of this clone is beside that of another one, such as an older commit:
 *
 *     npx tsx bench/pairs.ts OTHER-CLONE [--rounds 15] [--cpu-ms 300] [--record]
 *
 * Each side is one process; rounds alternate and are measured in processor time, so what else the computer
 * does meets both alike. Told is the median of the pairs' ratios (this one's steps/s over the other's), with
 * its quartiles.
 */

const given = argumentsOf({ rounds: 15, 'cpu-ms': 300 }, 'OTHER-CLONE');
const { rounds, 'cpu-ms': cpuMs, isRecorded, positionals } = given;
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
    const { bundle } = (await import(
      resolve(root, 'src/bundle/bundle.ts')
    )) as typeof import('../src/bundle/bundle.js');
    await bundle({ entry, outfile, plain: true });
  } finally {
    rmSync(entry);
  }
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [outfile]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async round(workload) {
      child.stdin.write(`${workload} ${cpuMs}\n`);
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

const [other, own] = await Promise.all([side(positionals[0], 'other'), side(here, 'own')]);
try {
  for (const workload of WORKLOADS) {
    for (const one of [other, own]) for (let i = 0; i < 3; i++) await one.round(workload);
    const rates = await alternate(rounds, {
      other: () => other.round(workload),
      own: () => own.round(workload),
    });
    const ratios = ratiosOf(rates.own, rates.other);
    const [middle, low, high] = [0.5, 0.25, 0.75].map((q) => quantile(ratios, q).toFixed(3));
    const result =
      `${(median(rates.own) / 1e6).toFixed(2)} M steps/s, ratio ${middle} (quartiles ` + `${low} to ${high})`;
    console.log(`${workload.padEnd(20)} ${result}`);
    const command = `npx tsx bench/pairs.ts OTHER-CLONE --rounds ${rounds} --cpu-ms ${cpuMs}`;
    if (isRecorded) record({ what: `explorer, ${workload}, beside ${positionals[0]}`, result, command });
  }
} finally {
  other.close();
  own.close();
}
