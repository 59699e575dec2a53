import { Worker } from 'node:worker_threads';
import { argumentsOf } from '../arguments.js';
import { alternate, record } from '../harness.js';
import { median, quantile } from '../statistics.js';
import { compileC } from './compile-c.js';

/**
 * What bounds runs on threads on this machine, whatever they do: a cache line's way between two cores, and a
 * thread woken by another that then sleeps, in C (bounds.c) and with `Atomics.wait` and `notify`. Least and
 * median of several short runs, in turn: other work adds to them, and a virtual core may be anywhere:
 *
 *     npx tsx bench/stress/bounds.ts [--runs 8] [--record]
 */
const SECONDS = 0.3;

const { runs, isRecorded } = argumentsOf({ runs: 8 });
const bounds = compileC('bounds');
try {
  const inC: Readonly<Record<string, number>>[] = [];
  const { byAtomics } = await alternate(runs, {
    byAtomics: wakeByAtomics,
    inC: () => {
      if (bounds !== null) inC.push(bounds.run(SECONDS));
      return 0;
    },
  });
  const spread = (values: readonly number[]): { least: number; median: number } | null =>
    values.length === 0
      ? null
      : { least: Math.round(quantile(values, 0)), median: Math.round(median(values)) };
  const line = {
    bench: 'bounds',
    lineNanoseconds: spread(inC.map(({ lineNanoseconds }) => lineNanoseconds)),
    wakeNanoseconds: spread(inC.map(({ wakeNanoseconds }) => wakeNanoseconds)),
    wakeByAtomicsNanoseconds: spread(byAtomics),
    node: process.version,
  };
  console.log(JSON.stringify(line));
  const told = (value: ReturnType<typeof spread>): string =>
    value === null ? '-' : `${value.median} ns (least ${value.least})`;
  const result =
    `a line's way ${told(line.lineNanoseconds)}, wake and sleep in C ${told(line.wakeNanoseconds)}, by Atomics ` +
    told(line.wakeByAtomicsNanoseconds);
  const command = `npx tsx bench/stress/bounds.ts --runs ${runs}`;
  if (isRecorded) record({ what: 'what bounds threads on this machine', result, command });
} finally {
  bounds?.dispose();
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
