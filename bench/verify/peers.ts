import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../../src/bundle/bundle.js';
import { makeTemporary } from '../../src/bundle/temporary.js';
import { loweringPlugin } from '../../src/lowering/plugin.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import type * as Entry from './peers-entry.js';

/**
 * All executions of the peers' programs, on one core, in processor time:
 *
 *     npx tsx bench/verify/peers.ts [--record] [NAME...]
 *
 * Beside them stands what SPIN needs for the same models (docs/verify.md).
 */

const outfile = join(makeTemporary(), 'peers.mjs');
const entry = fileURLToPath(new URL('peers-entry.ts', import.meta.url));
await bundle({ entry, outfile, plain: true, delegating: true, plugins: [loweringPlugin()] });
const { names, verifyPeer } = (await import(pathToFileURL(outfile).href)) as typeof Entry;
const { positionals: given, isRecorded } = argumentsOf({}, '[NAME...]');
for (const name of names.filter((each) => given.length === 0 || given.includes(each))) {
  for (const memory of ['sc', 'tso'] as const) {
    if (memory === 'tso' && name === 'P3 3x8') continue;
    const { states, transitions, depth, schedule, cpuMs, complete, localStates, memories, peakMemoryBytes } =
      verifyPeer(name, memory);
    const verdict = complete
      ? 'holds'
      : schedule === null
        ? 'incomplete'
        : `violated in ${schedule.length} decisions`;
    const result =
      `${verdict}; ${states} states, ${transitions} transitions, depth ${depth}, ` +
      `${localStates} local states, ` +
      `${memories} memories, ${(cpuMs / 1000).toFixed(2)} s, ${(peakMemoryBytes / states).toFixed(0)} ` +
      'bytes a state';
    console.log(`${name} ${memory}: ${result}`);
    const command = `npx tsx bench/verify/peers.ts '${name}'`;
    if (isRecorded)
      record({ what: `all executions of ${name} under ${memory.toUpperCase()}`, result, command });
  }
}
