/** `shootdown list KIND`: the names that the other commands take, and what verdicts rest on. */

import type { Ordering } from '../../reference/listed-operations.js';
import { assumptions } from '../../report/assumptions.js';
import { visible } from '../../report/escape.js';
import { nearNames } from '../../report/near-names.js';
import { type Column, renderTable, TABLE_WIDTH } from '../../report/table.js';
import { wrap } from '../../report/text-columns.js';
import { InputError } from '../../vocabulary/errors.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import { type CliContext, outColors } from '../command-context.js';
import type { Engine, Listed } from '../engine-api.js';
import { EXIT_OK } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import { JSON_FLAG, required, toggle } from '../options.js';
import { defineCommand } from './command.js';

/**
 * How a kind is listed: its items (with whatever fields they have, for --json) and the columns between name
 * and summary.
 */
interface Kind {
  readonly items: (engine: Engine) => Promise<readonly Listed[]> | readonly Listed[];
  readonly columns: readonly {
    readonly title: string;
    readonly text: (item: Readonly<Record<string, unknown>>) => string;
  }[];
  /** Instead of a row of a table: lines below each other, the first at the margin. */
  readonly block?: (item: Readonly<Record<string, unknown>>) => readonly unknown[];
  /** Fields that are shown in brackets after the summary. */
  readonly after?: readonly string[];
}

const field = (title: string, key: string) => ({
  title,
  text: (item: Readonly<Record<string, unknown>>) => fieldText(item[key]),
});

/** Fields after the summary whose text is a sentence or a list. */
const WITH_COLON = new Set(['assumes', 'profiles', 'scenarios', 'closes', 'windows']);

const ORDERING_WORDS: Readonly<Record<Ordering, string>> = {
  drains: 'a full barrier: the store buffer drains first',
  buffered: 'a store, which waits in the store buffer under TSO',
  load: "a load; the CPU's own waiting store is seen first",
  plain: 'one step, in order; no barrier',
  none: 'no step: nobody comes in between',
};

const KINDS: Readonly<Record<string, Kind>> = {
  variants: {
    items: (engine) => engine.variants(),
    columns: [field('ALIASES', 'aliases'), field('PROFILE', 'profile')],
  },
  rules: { items: (engine) => engine.rules(), columns: [], after: ['assumes'] },
  backends: {
    items: (engine) => engine.backends(),
    columns: [field('HAS', 'has'), field('PROFILE', 'profile')],
  },
  scenarios: {
    items: async (engine) => (await engine.scenarios()).map(scenarioItem),
    columns: [field('CPUS', 'cpus'), field('MMS', 'mms'), field('PAGES', 'pages'), field('SLOTS', 'slots')],
  },
  // Releases and commits are told in words of any length: after the summary they wrap with it, in a column
  // they would squeeze it out.
  features: { items: (engine) => engine.features(), columns: [], after: ['since', 'commit'] },
  functions: {
    items: (engine) => engine.functions(),
    columns: [],
    block: (item) => [
      item.signature,
      item.summary,
      ...(item.c === null ? [] : [`C: ${[item.c, item.file].filter((part) => part !== null).join(', ')}`]),
      ...(item.assumes === null ? [] : [`assumes: ${fieldText(item.assumes)}`]),
      `called by: ${fieldText(item.callers)}`,
      item.source,
    ],
  },
  operations: {
    items: (engine) => engine.operations(),
    columns: [],
    block: ({ signature, summary, c, ordering }) => [
      signature,
      summary,
      ...(c === null ? [] : [`C: ${fieldText(c)}`]),
      `ordering: ${ORDERING_WORDS[ordering as Ordering]}`,
    ],
  },
  findings: {
    items: (engine) => engine.openFindings(),
    columns: [field('CLASS', 'class')],
    after: ['profiles', 'scenarios', 'since', 'until', 'closes', 'windows'],
  },
  oracles: { items: (engine) => engine.oracles(), columns: [field('LATENT', 'latent')] },
  strategies: { items: (engine) => engine.strategies(), columns: [] },
  assumptions: { items: () => assumptions, columns: [field('MODELLED', 'modelled')] },
};

/** What there are lists of. */
export const LISTS = Object.keys(KINDS);

const FLAGS = {
  verify: toggle('--verify', 'of scenarios the small ones, which "verify" goes through'),
  json: JSON_FLAG.saying('one JSON array on stdout, [{name, summary, ...}], nothing else'),
};

/** Scenarios that all executions can be looked at of. */
const SMALL_SCENARIOS: Partial<Kind> = {
  items: async (engine) => (await engine.verifyScenarios()).map(scenarioItem),
};

const HELP = `
Examples:
  $ shootdown list variants
  $ shootdown list scenarios --json | jq -r '.[].name'`;

export const listCommand = defineCommand({
  name: 'list',
  summary: `list ${LISTS.join(', ')}`,
  description: 'Lists what there is, with a summary of each.',
  arguments: { kind: required('kind', LISTS.join(', ')) },
  flags: FLAGS,
  help: HELP,
  run: (context, { kind }, { json, verify }) => list(context, kind, verify, json),
});

async function list(context: CliContext, name: string, isSmall: boolean, isJson: boolean): Promise<number> {
  const known = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (isSmall && name !== 'scenarios')
    throw new InputError('list: --verify is of scenarios', 'say "list scenarios --verify"');
  const kind = isSmall && known !== undefined ? { ...known, ...SMALL_SCENARIOS } : known;
  if (kind === undefined) {
    const near = nearNames(name, LISTS);
    throw new InputError(
      `list: there is no list of ${JSON.stringify(name.slice(0, 60))}`,
      `give ${(near.length > 0 ? near : LISTS).join(', ')}`,
    );
  }
  const items = await kind.items(context.engine);
  if (isJson) {
    printJson(context.io.stdout, items);
    return EXIT_OK;
  }
  const { block } = kind;
  if (block !== undefined) {
    for (const item of items) printLine(context.io.stdout, blockText(block({ ...item }).map(String)));
    return EXIT_OK;
  }
  const columns: Column[] = [
    { title: 'NAME' },
    ...kind.columns.map(({ title }) => ({ title })),
    { title: 'SUMMARY' },
  ];
  const rows = items.map((item) => {
    const fields: Readonly<Record<string, unknown>> = { ...item };
    const after = (kind.after ?? [])
      .filter((key) => key !== 'windows' || fields[key] !== undefined)
      .map((key) => `${key}${WITH_COLON.has(key) ? ':' : ''} ${fieldText(fields[key])}`);
    const summary =
      after.length === 0
        ? item.summary
        : `${item.summary} [${after.join(name === 'findings' ? '; ' : ', ')}]`;
    return [item.name, ...kind.columns.map(({ text }) => text(fields)), summary].map(visible);
  });
  printLine(context.io.stdout, renderTable(columns, rows, { colors: outColors(context) }));
  return EXIT_OK;
}

const INDENT = '    ';

function blockText([head, ...lines]: readonly string[]): string {
  const below = lines.flatMap((line) => wrap(visible(line), TABLE_WIDTH - INDENT.length));
  return [visible(head), ...below.map((line) => `${INDENT}${line}`)].join('\n');
}

/** A scenario in the list: its size, not its scripts. */
function scenarioItem({ name, summary, cpus, mms, pages, slots, pcid, lazy, walks }: Scenario): Listed {
  return { name, summary, ...{ cpus, mms: mms.length, pages, slots, pcid, lazy, walks } };
}

function fieldText(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, text]) => `${key}: ${String(text)}`)
      .join(', ');
  return String(value);
}
