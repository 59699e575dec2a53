/**
 * A finding as text. The bytes are a function of the finding alone: keys in one fixed order whatever order
 * the object was built in, one trailing newline. Short values stay on one line, so that a script reads as one
 * step per line and a schedule as a few lines.
 */

import type { Finding } from '../vocabulary/finding.js';
import { printableJson } from '../vocabulary/unprintable.js';

const LINE_WIDTH = 120;

/** Every key that occurs in a finding, in the order in which it is written, whatever object it belongs to. */
const KEY_ORDER: readonly string[] = [
  ...[
    'format',
    'version',
    'shootdown',
    'variant',
    'scenario',
    'program',
    'memory',
    'strategy',
    'seed',
    'execution',
    'schedule',
    'steps',
  ],
  ...['violation', 'latent', 'traceHash', 'orderings', 'modules', 'kernelSource'],
  // violation
  ...['class', 'step'],
  // the first keys of a script step and of a CPU, which share later ones with the scenario
  ...['op', 'mm', 'child', 'page', 'loadedMm'],
  // scenario
  ...[
    'name',
    'summary',
    'cpus',
    'mms',
    'pages',
    'slots',
    'pcid',
    'lazy',
    'walks',
    'start',
    'scripts',
    'source',
    'notes',
  ],
  // the rest of a script step, an mm, a CPU
  ...['end', 'nominalPages', 'write', 'deep'],
  ...['alive', 'tlbGen', 'vmas', 'cpumask', 'mapped', 'sharedWith', 'loadedMmAsid', 'nextAsid', 'cached'],
  ...['cpu', 'message'],
  // an ordering, and its steps
  ...['before', 'after', 'agent', 'operation', 'word', 'operand', 'nth'],
  // a user's module
  ...['file', 'sha256', 'inputs', 'packages'],
  // a kernel's C files
  ...['tree', 'base', 'config', 'files'],
];

/**
 * The text of a finding file. Whoever shows it in a terminal shows names and notes from recordings and users'
 * modules.
 */
export function serializeFinding(finding: Finding): string {
  return `${printableJson(format(finding, 0))}\n`;
}

function format(value: unknown, indent: number): string {
  const inline = formatInline(value);
  if (typeof value !== 'object' || value === null || (indent > 0 && indent + inline.length <= LINE_WIDTH))
    return inline;
  const pad = ' '.repeat(indent + 2);
  const close = ' '.repeat(indent);
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object' || item === null);
    const lines = isFlat
      ? fill(value.map(formatInline), indent + 2)
      : value.map((item) => format(item, indent + 2));
    return `[\n${lines.map((line) => pad + line).join(',\n')}\n${close}]`;
  }
  const lines = sortedEntries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${format(member, indent + 2)}`,
  );
  return `{\n${lines.map((line) => pad + line).join(',\n')}\n${close}}`;
}

function formatInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = sortedEntries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${formatInline(member)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Packs short items into lines, without a comma at a line's end (the caller joins). */
function fill(items: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line === '') line = item;
    else if (indent + line.length + 2 + item.length < LINE_WIDTH) line += `, ${item}`;
    else {
      lines.push(line);
      line = item;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function sortedEntries(object: object): [string, unknown][] {
  const entries = Object.entries(object).filter(([, member]) => member !== undefined);
  return entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(key: string): number {
  const index = KEY_ORDER.indexOf(key);
  return index === -1 ? KEY_ORDER.length : index;
}
