import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * What bounds runs on threads on this machine, whatever they do: a cache line's way between two cores, and a
 * thread woken by another that then sleeps, in C (bounds.c) and with `Atomics.wait` and `notify`. Least and
 * median of several short runs: other work adds to them, and a virtual core may be anywhere:
 *
 *     node --import tsx bench/stress/bounds.ts
 */
const RUNS = 8;
const SECONDS = 0.3;

const folder = mkdtempSync(join(tmpdir(), 'shootdown-bench-'));
try {
  const binary = join(folder, 'bounds');
  const source = fileURLToPath(new URL('./bounds.c', import.meta.url));
  const made = spawnSync('gcc', ['-O2', '-pthread', '-o', binary, source], { encoding: 'utf8' });
  if (made.status !== 0) console.error('the bounds in C are skipped: gcc is not present or failed');
  const inC: Record<string, number>[] = [];
  const inJs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    if (made.status === 0)
      inC.push(JSON.parse(execFileSync(binary, [String(SECONDS)], { encoding: 'utf8' })));
    inJs.push(await wakeByAtomics());
  }
  const spread = (values: readonly number[]): { least: number; median: number } | null => {
    const sorted = values.map(Math.round).sort((a, b) => a - b);
    return sorted.length === 0 ? null : { least: sorted[0], median: sorted[sorted.length >> 1] };
  };
  const line = {
    bench: 'bounds',
    lineNanoseconds: spread(inC.map(({ lineNanoseconds }) => lineNanoseconds)),
    wakeNanoseconds: spread(inC.map(({ wakeNanoseconds }) => wakeNanoseconds)),
    wakeByAtomicsNanoseconds: spread(inJs),
    node: process.version,
  };
  console.log(JSON.stringify(line));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Nanoseconds from one thread to the other and asleep, with two workers that hand a word on. */
async function wakeByAtomics(): Promise<number> {
  const text = `
    const { workerData: { buffer, self, ms }, parentPort } = require('node:worker_threads');
    const words = new Int32Array(buffer);
    const end = performance.now() + ms;
    let handed = 0;
    while (handed % 64 !== 0 || performance.now() < end) {
      const seen = Atomics.load(words, 0);
      if (seen === 2) break;
      if (seen !== self) { Atomics.wait(words, 0, seen); continue; }
      handed++;
      Atomics.store(words, 0, 1 - self);
      Atomics.notify(words, 0);
    }
    Atomics.store(words, 0, 2);
    Atomics.notify(words, 0);
    parentPort.postMessage(handed);
  `;
  const buffer = new SharedArrayBuffer(4);
  const counts = await Promise.all(
    [0, 1].map(
      (self) =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(text, { eval: true, workerData: { buffer, self, ms: SECONDS * 1000 } });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
  return (SECONDS * 1e9) / (counts[0] + counts[1]);
}
