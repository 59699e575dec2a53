import { verifyCatalogue } from '../src/scenarios/verify/index.js';
import type { Cell, DecidedCell } from '../src/study/exhaustive/decided-cell.js';
import { remoteTlbGen } from '../src/study/remote-tlb-gen.js';
import type { ShippedCell } from '../src/study/shipped/shipped-file.js';
import type { Scenario } from '../src/vocabulary/scenario.js';

/** What the package is to bring: which rows in which scenarios. */

/** Those of every row, the small ones first. */
const OF_ALL = [
  ...['preempted-read', 'preempted-whole', 'preempted-write', 'running-behind', 'dontneed-read'],
  ...['dontneed-full', 'lazy-exit', 'lazy-table', 'switch-back', 'switch-back-whole', 'lazy-back'],
  ...['lazy-back-whole', 'slot-to-another'],
];

/** Those of rows that go wrong in none of the others, and of what they are compared with. */
const OF_SOME: readonly { readonly scenario: string; readonly variants: RegExp }[] = [
  { scenario: 'slot-to-another-equal', variants: /^native-5\.10\// },
  { scenario: 'lazy-back-drop-then-whole', variants: /^hypercall\/v(0|4|5|7|12|16)$/ },
  { scenario: 'lazy-back-two-drops', variants: /^hypercall\/v(0|4|6|7|12|16)$/ },
  { scenario: 'whole-and-reclaim', variants: /\/v(0|4|7|9|12|16)$/ },
  { scenario: 'back-by-another-two-drops', variants: /^(native|kvm)\/v(0|4|6|7|12|16)$/ },
];

/** A search that has more states than that ends, and the package says nothing of it. */
export const STATES_MAX = 3_000_000;

export function proofCells(): Cell[] {
  const rows = remoteTlbGen.rows.filter(({ senseless }) => senseless === undefined);
  return [
    ...OF_ALL.flatMap((name) => rows.map((row) => ({ row, scenario: scenarioOf(name) }))),
    ...OF_SOME.flatMap(({ scenario, variants }) =>
      rows
        .filter(({ variant }) => variants.test(variant))
        .map((row) => ({ row, scenario: scenarioOf(scenario) })),
    ),
  ];
}

/** A decided cell as the package has it. */
export function shippedCell({ scenario, verdict }: DecidedCell): ShippedCell {
  const { states, violation, depth, known, latent } = verdict;
  return {
    ...{ scenario: scenario.name, states },
    ...(violation === null
      ? {}
      : { violation: { class: violation, steps: depth, ...(known === null ? {} : { known }) } }),
    ...(latent.length === 0 ? {} : { latent: latent.map(({ class: name }) => name) }),
  };
}

function scenarioOf(name: string): Scenario {
  const found = verifyCatalogue.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}
