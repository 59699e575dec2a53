/**
 * The page's engine beside the package: every witness that travels with it, executed by both. What differs in
 * hash, violation, sentence or any told step is printed.
 *
 *     npx tsx bench/page-engine.ts
 */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { decodeSchedule } from '../src/drive/schedule.js';
import { allKnownWitnesses } from '../src/known/witnesses.js';
import { replayFinding } from '../src/replay/replay-finding.js';
import { bundleEngine } from '../src/report/page/engine/bundle.js';
import type { KernelFinding } from '../src/vocabulary/finding.js';
import { pageEngine } from '../test/by-hand/page-engine.js';

async function main(): Promise<void> {
  const ask = pageEngine(await bundleEngine());
  let [steps, different] = [0, 0];
  const witnesses = allKnownWitnesses();
  for (const { file } of witnesses) {
    const finding: KernelFinding = JSON.parse(readFileSync(file, 'utf8'));
    const { variant, scenario, memory, schedule } = finding;
    const subject = { variant, scenario, memory };
    const decisions = decodeSchedule(schedule);
    const { answer, error } = ask('execute', { subject, decisions, tail: { by: 'nobody' } });
    const { traceHash, violation, sentence, trace, start, links } = replayFinding(finding);
    const told = { traceHash, violation, sentence, trace, start, links };
    const isSame = Object.entries(told).every(([field, value]) =>
      isDeepStrictEqual(answer?.[field as keyof typeof told], value),
    );
    steps += trace.length;
    if (isSame) continue;
    different++;
    console.log(`${file}: ${error ?? `${answer?.traceHash} in the page, ${traceHash} in the package`}`);
  }
  console.log(`${witnesses.length} witnesses, ${steps} steps, ${different} different`);
  process.exitCode = different === 0 ? 0 : 1;
}

await main();
