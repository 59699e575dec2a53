import { spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { argumentsOf } from '../arguments.js';
import { alternate, record } from '../harness.js';
import { median, ratiosOf } from '../statistics.js';

/**
 * How fast runs on threads are in this clone beside another one, such as an older commit:
 *
 *     npx tsx bench/stress/pairs.ts OTHER-CLONE [THIS-CLONE] [--starts 5] [--rounds 5] [--ms 400] [--warm 5]
 *     [--only storm-2,dontneed-8] [--record]
 *
 * Each side is one process, whose threads first have `--warm` seconds to compile (each for itself); short
 * runs alternate, and each side goes first in turn. Told is the median of the pairs' ratios (this one's rate
 * over the other's) of each start and over all starts: what the compiler builds into what is decided once in
 * each process, and is worth up to a tenth. Both cores belong to it: run it alone, or with real-time
 * priority.
 */

const given = argumentsOf(
  { starts: 5, rounds: 5, ms: 400, warm: 5, only: 'storm-2,dontneed-8' },
  'OTHER-CLONE [THIS-CLONE]',
);
const [otherRoot, ownRoot = fileURLToPath(new URL('../..', import.meta.url))] = given.positionals;

interface Side {
  round(workload: string, ms?: number): Promise<number>;
  close(): void;
}

function side(root: string): Side {
  const entry = join(root, 'bench', 'stress', `.pairs-${process.pid}.ts`);
  copyFileSync(new URL('./pairs-main.ts', import.meta.url), entry);
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async round(workload, ms = given.ms) {
      child.stdin.write(`${workload} ${ms}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the side in ${root} ended`);
      return (JSON.parse(value) as { perSecond: number }).perSecond;
    },
    close() {
      child.kill();
      rmSync(entry, { force: true });
    },
  };
}

/** The median of the pairs' ratios, and of this one's rates, with both sides started anew. */
async function start(workload: string): Promise<{ ratio: number; rate: number }> {
  const other = side(resolve(otherRoot));
  const own = side(resolve(ownRoot));
  try {
    for (const one of [other, own]) await one.round(workload, 1000 * given.warm);
    const rates = await alternate(given.rounds, {
      other: () => other.round(workload),
      own: () => own.round(workload),
    });
    return { ratio: median(ratiosOf(rates.own, rates.other)), rate: median(rates.own) };
  } finally {
    other.close();
    own.close();
  }
}

for (const workload of given.only.split(',')) {
  const starts: { ratio: number; rate: number }[] = [];
  for (let i = 0; i < given.starts; i++) starts.push(await start(workload));
  const thousands = (median(starts.map(({ rate }) => rate)) / 1000).toFixed(0);
  const each = starts.map(({ ratio }) => ratio.toFixed(3)).join(', ');
  const ratio = median(starts.map((one) => one.ratio)).toFixed(3);
  const result = `${thousands} k/s, ratio ${ratio} (starts: ${each})`;
  console.log(`${workload.padEnd(12)} ${result}`);
  const command = `npx tsx bench/stress/pairs.ts OTHER-CLONE --only ${workload}`;
  if (given.isRecorded) record({ what: `threads, ${workload}, beside ${otherRoot}`, result, command });
}
