import { A, B, dontneed, read, repeat, run, script } from '../scenarios/steps.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { concurrentFlushAnswer } from './answers/concurrent-flush.js';
import {
  handlersColumn,
  localColumn,
  overlapColumn,
  roundsColumn,
  savedColumn,
  shootdownsColumn,
} from './columns/rounds.js';
import type { Study, StudyRow } from './study.js';

/** A17: local, then remote (up to 5.12), against both at once (from 5.13). */

const TARGETS = [1, 2, 3, 4, 7];
const PAGES = 4;
/** Shootdowns of a scenario. */
const SHOOTDOWNS = 4;
/**
 * Starts of the initiator, in accesses that it makes first, so that its shootdowns meet the targets at
 * different places.
 */
const STARTS = [0, 1, 2, 3, 5, 8];
/** Pages that stand for more than the ceiling of 33: a full flush. */
const FULL = 64;

/**
 * One CPU drops its pages again and again while others use the mm, and switch to another one and back now and
 * then: an interrupt that comes meanwhile waits until theirs are on again, and a CPU that has the other mm
 * loaded is no target.
 */
function shootdowns(targets: number, full: boolean, start: number): Scenario {
  const nominal = full ? FULL : undefined;
  const pages = Array.from({ length: PAGES }, (_, page) => page);
  return {
    name: `${full ? 'full' : 'partial'}-${targets}-${start}`,
    summary: 'one CPU drops its pages while others use them',
    cpus: targets + 1,
    mms: [{}, {}],
    pages: PAGES,
    slots: 2,
    pcid: true,
    lazy: true,
    walks: 0,
    start: Array.from({ length: targets + 1 }, () => ({ loadedMm: A })),
    scripts: [
      script(
        read(...pages),
        read(...Array.from({ length: start }, () => 0)),
        repeat(SHOOTDOWNS, dontneed(0, PAGES, nominal), read(...pages)),
      ),
      ...Array.from({ length: targets }, (_, i) =>
        script(repeat(6, repeat(5 + 3 * i, read(...pages)), run(B), run(A))),
      ),
    ],
  };
}

const VARIANTS = [
  { variant: 'native-5.10/v0', label: '5.10: local, then remote' },
  { variant: 'native/v0~concurrentFlush', label: '6.18, local, then remote' },
  { variant: 'native/v0', label: '6.18: both at once' },
];

const groups = TARGETS.flatMap((targets) =>
  [true, false].map((full) => ({
    name: `${full ? 'full' : 'partial'}-${targets}`,
    heading:
      `${targets === 1 ? 'one target' : `up to ${targets} targets`}, ` +
      `${full ? 'full flush' : `range of ${PAGES} pages`}`,
    targets,
    full,
  })),
);

export const concurrentFlush: Study = {
  name: 'concurrent-flush',
  rowTitle: 'KERNEL',
  summary:
    'local flush before the remote ones (up to 5.12) against both at once (from 5.13): what overlaps, ' +
    'in rounds of one step per CPU',
  groups,
  rows: groups.flatMap(({ name, targets, full }) => {
    const scenarios = STARTS.map((start) => shootdowns(targets, full, start));
    return VARIANTS.map(
      ({ variant, label }, i): StudyRow => ({
        group: name,
        variant,
        label,
        baseline: i === 0 ? null : VARIANTS[0].variant,
        scenarios,
      }),
    );
  }),
  scenarios: [],
  probes: ['rounds'],
  columns: [shootdownsColumn, roundsColumn, localColumn, handlersColumn, overlapColumn, savedColumn],
  plan: { executions: 0, executionsMin: 0, counted: 0, countedUnsafe: 0, onBrokenHost: 0, budgetMs: 46_000 },
  explainsWitnesses: false,
  answer: concurrentFlushAnswer,
};
