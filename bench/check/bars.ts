/**
 * How far the checks of recordings agree: by kernel and machine the decisions, the share agreed or raced, the
 * worst recording and the worst kind. Bars: 99.9 % of the decisions, 99 % of every kind. With --features the
 * features that only newer kernels have are switched off, one by one.
 *
 *     npx tsx bench/check/bars.ts [--features] [--record] RECORDING.trace.gz...
 */
import {
  agreement,
  type CheckReport,
  checkRecording,
  KIND_NAMES,
  KIND_WITHOUT_BAR,
  type Score,
} from '../../src/check/index.js';
import { findVariant } from '../../src/variants/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { subjectOf } from './subject.js';

const {
  features,
  isRecorded,
  positionals: files,
} = argumentsOf({ features: false }, 'RECORDING.trace.gz...');
/** Features of which a recording could show that its kernel has them. */
const FEATURES = [
  'lazyCpumask',
  'filterLoadedMm',
  'filterSwitching',
  'freedTablesReachLazy',
  'barrierWhenBitSet',
];

const percent = (share: number): string => `${(Math.floor(share * 100_000) / 1000).toFixed(3)} %`;
const decidedOf = ({ agreed, raced, disagreed }: Score): number => agreed + raced + disagreed;

interface Group {
  recordings: number;
  agreed: number;
  decided: number;
  contradicted: number;
  worst: readonly [share: number, name: string];
  worstKind: readonly [share: number, name: string];
}
const groups = new Map<string, Group>();

function note(config: string, name: string, report: CheckReport): void {
  const group = groups.get(config) ?? {
    recordings: 0,
    agreed: 0,
    decided: 0,
    contradicted: 0,
    worst: [1, '-'],
    worstKind: [1, '-'],
  };
  groups.set(config, group);
  group.recordings++;
  group.agreed += report.agreed + report.raced;
  group.decided += decidedOf(report);
  group.contradicted += Object.values(report.contradicted).reduce((sum, number) => sum + number, 0);
  if (agreement(report) < group.worst[0]) group.worst = [agreement(report), name];
  for (const kind of KIND_NAMES) {
    const share = agreement(report.kinds[kind]);
    if (kind !== KIND_WITHOUT_BAR && share < group.worstKind[0])
      group.worstKind = [share, `${kind} in ${name}`];
  }
}

for (const file of files) {
  const subject = subjectOf(file);
  if (subject === null) continue;
  const { recording, version, log } = subject;
  const report = checkRecording(recording, version, log);
  note(recording.name.replace(/-w\d+$/, ''), recording.name, report);
  if (!features) continue;
  for (const feature of FEATURES.filter(
    (name) => version.features[name as keyof typeof version.features] === true,
  )) {
    const without = findVariant(`${version.name}~${feature}`);
    if (without === undefined) continue;
    const { disagreed } = checkRecording(recording, without, log);
    if (disagreed > report.disagreed)
      process.stdout.write(`${recording.name} without ${feature}: ${report.disagreed} -> ${disagreed}\n`);
  }
}
for (const [config, { recordings, agreed, decided, contradicted, worst, worstKind }] of groups) {
  process.stdout.write(
    `${config}: ${recordings} recordings, ${decided} decisions, ${percent(agreed / decided)}, ` +
      `${contradicted} contradictions; ` +
      `worst ${worst[1]} ${percent(worst[0])}; worst kind ${worstKind[1]} ${percent(worstKind[0])}\n`,
  );
}
const all = [...groups.values()];
const total = (value: (group: Group) => number): number => all.reduce((sum, group) => sum + value(group), 0);
const [number, decided] = [total((group) => group.recordings), total((group) => group.decided)];
const [kindShare, kindName] = all.reduce((a, b) => (b.worstKind[0] < a.worstKind[0] ? b : a)).worstKind;
const result =
  `${decided} decisions, ${decided - total((group) => group.agreed)} disagree; worst kind of any recording ` +
  `${kindName} ${percent(kindShare)}`;
console.log(`${number} recordings: ${result}`);
if (isRecorded)
  record({
    what: `decisions agreed or raced, ${number} recordings of real kernels`,
    result,
    command: 'npx tsx bench/check/bars.ts RECORDING...',
  });
