/**
 * Findings of every kind, each with one place after the other changed: a replay must refuse it or name what
 * differs. A line for each kind, with seconds of processor time.
 *
 *     npx tsx bench/safety/lies.ts [--only 'beginning of the names'] [--places 8] [--once] [--every 1]
 *
 * `--places`: so many of a longer list; `--once`: each place is changed in one way, not in every one; of
 * kinds that only their execution tells from others, no place that tells nothing of it; and none of slow
 * kinds. `--every`: of so many lies one is told, another one of each kind. `--record`: a row of RESULTS.md.
 * Exit code 1 where a lie is not noticed.
 */

import { KINDS } from '../../test/findings/lies/kinds.js';
import { tellLies } from '../../test/findings/lies/unnoticed.js';
import { ModuleFolder } from '../../test/modules/write-module.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

const { only, places, once, every, isRecorded } = argumentsOf({ only: '', places: 8, once: false, every: 1 });
// A replay reads the call stack at every step; where it is written in the sources matters to nobody here.
process.setSourceMapsEnabled(false);
/** A file about which fewer can be told is none of ours. */
const LIES_MIN = 15;
const folder = new ModuleFolder();
const kinds = KINDS.filter(({ name, isSlow }) => name.startsWith(only) && !(once && isSlow === true));
let [all, wrong] = [0, 0];
for (const [turn, kind] of kinds.entries()) {
  const since = process.cpuUsage();
  const told = await tellLies(kind, folder, turn, { placesMax: places, everyWay: !once, every });
  const faults =
    told.lies < LIES_MIN / every ? [`only ${told.lies} lies`, ...told.unnoticed] : told.unnoticed;
  const { user, system } = process.cpuUsage(since);
  const seconds = ((user + system) / 1e6).toFixed(1);
  console.log(`${kind.name}: ${told.lies} lies, wrong: ${faults.length} (${seconds} s)`);
  for (const fault of faults) console.log(`    ${fault.trimEnd()}`);
  all += told.lies;
  wrong += faults.length;
}
folder.remove();
const { user, system } = process.cpuUsage();
const result = `${wrong} unnoticed; ${((user + system) / 1e6).toFixed(0)} s of processor time`;
console.log(`${all} lies about ${kinds.length} kinds, ${result}`);
const fewer = `${once ? ' --once' : ''}${every === 1 ? '' : ` --every ${every}`}`;
const options = `${only === '' ? '' : ` --only '${only}'`} --places ${places}${fewer}`;
const what = `${all} findings with one place changed, of ${kinds.length} kinds`;
if (isRecorded) record({ what, result, command: `npx tsx bench/safety/lies.ts${options}` });
process.exitCode = wrong === 0 ? 0 : 1;
