/**
 * Changes one line of a recording at a time, in every way of mutations.ts, and counts how many of the changes
 * `trace check` sees: by a disagreement, or by a contradiction, that the whole recording does not have. Says
 * for those that it does not see why.
 *
 *     npx tsx bench/check/mutate.ts [--each 2] [--seed 1] [--only PATTERN] [--show] [--record]
 *     RECORDING.trace.gz...
 */
import { type CheckReport, checkRecording } from '../../src/check/index.js';
import type { TraceEvent } from '../../src/trace/events.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { MUTATIONS } from './mutations.js';
import { generator } from './scramble.js';
import { subjectOf } from './subject.js';

const given = argumentsOf({ each: 2, seed: 1, only: '', show: false }, 'RECORDING.trace.gz...');
const { each, seed, isRecorded, positionals: files } = given;
const names = Object.keys(MUTATIONS).filter((name) => new RegExp(given.only).test(name));
/**
 * Lines from either end of a recording that are left alone: what they decide may be a first sight, or be cut
 * off.
 */
const MARGIN = 0.1;

/** Why a change was not seen, as the verdicts of the changed recording show. */
type Unseen = 'raced' | 'learnt' | 'nothing compared';
interface Tally {
  tried: number;
  seen: number;
  refused: number;
  readonly unseen: Record<Unseen, number>;
}
const tallies = new Map<string, Tally>(
  names.map((name) => [
    name,
    { tried: 0, seen: 0, refused: 0, unseen: { raced: 0, learnt: 0, 'nothing compared': 0 } },
  ]),
);

const faults = (report: CheckReport): number =>
  report.disagreed + Object.values(report.contradicted).reduce((sum, number) => sum + number, 0);

function why(whole: CheckReport, changed: CheckReport): Unseen {
  if (changed.raced > whole.raced) return 'raced';
  return changed.learnt > whole.learnt ? 'learnt' : 'nothing compared';
}

function tryOne(name: string, file: string, start: number): void {
  const { recording, version, log, whole } = load(file);
  const random = generator(start);
  const tally = tallies.get(name) as Tally;
  const { events, cpus } = recording;
  for (let attempt = 0; attempt < 20_000; attempt++) {
    const index = Math.floor(events.length * MARGIN) + random(Math.floor(events.length * (1 - 2 * MARGIN)));
    const place = MUTATIONS[name](events[index], random, { events, index, cpus });
    if (place === null) continue;
    tally.tried++;
    const changed: TraceEvent[] = [...events.slice(0, index), ...place, ...events.slice(index + 1)];
    try {
      const report = checkRecording({ ...recording, events: changed }, version, log);
      if (faults(report) > faults(whole)) tally.seen++;
      else {
        tally.unseen[why(whole, report)]++;
        if (given.show)
          process.stdout.write(
            `${name}: ${recording.name} line ${events[index].line}: ${why(whole, report)}\n`,
          );
      }
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      tally.refused++;
    }
    return;
  }
}

type Loaded = NonNullable<ReturnType<typeof read>>;
function read(file: string) {
  const subject = subjectOf(file);
  if (subject === null) throw new TraceError(file, null, 'there is no profile of its kernel');
  return { file, ...subject, whole: checkRecording(subject.recording, subject.version, subject.log) };
}
let loaded: Loaded | null = null;
function load(file: string): Loaded {
  if (loaded?.file !== file) loaded = read(file);
  return loaded;
}

files.forEach((file, number) => {
  for (const [kind, name] of names.entries())
    for (let round = 0; round < each; round++)
      tryOne(name, file, seed * 1_000_003 + number * 10_007 + kind * 101 + round);
});

let [tried, seen] = [0, 0];
for (const [name, tally] of tallies) {
  tried += tally.tried;
  seen += tally.seen + tally.refused;
  const reasons = Object.entries(tally.unseen).filter(([, count]) => count > 0);
  const text = reasons.map(([reason, count]) => `${count} ${reason}`).join(', ');
  process.stdout.write(
    `${name.padEnd(24)} ${tally.seen + tally.refused} of ${tally.tried} ` +
      `seen${text === '' ? '' : `; ${text}`}\n`,
  );
}
const result = `${seen} of ${tried} (${((100 * seen) / Math.max(1, tried)).toFixed(1)} %)`;
console.log(`all: ${result}`);
const command = `npx tsx bench/check/mutate.ts --each ${each} --seed ${seed} RECORDING...`;
if (isRecorded) record({ what: 'changes of one line that trace check sees', result, command });
