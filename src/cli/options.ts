/**
 * Flags and arguments: what they are called, what they say of themselves, and the type of what they give.
 * Those that commands share stand here.
 */

import { availableParallelism } from 'node:os';
import { Argument, Option } from 'commander';
import { memoryModelWords } from '../memory-order/index.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import { byteSize, duration, lineWindow, memoryModel, names, path, wholeNumber } from './flag-values.js';

/** A flag that gives a `Value`. */
export class Flag<Value> {
  declare readonly type: Value;

  constructor(
    private readonly make: (text: string) => Option,
    private readonly text: string,
  ) {}

  /** The same flag, with what it means to one command. */
  saying(text: string): Flag<Value> {
    return new Flag(this.make, text);
  }

  option(): Option {
    return this.make(this.text);
  }
}

/**
 * Reads a flag's value; it is told what the flag is called, for messages, and of a repeated one what came
 * before.
 */
type Reader<Value> = (flag: string) => (text: string, before: Value | undefined) => Value;

/** `--name <value>`; undefined where it is not given. */
export function flag<Value>(flags: string, text: string, read: Reader<Value>): Flag<Value | undefined> {
  return new Flag((said) => new Option(flags, said).argParser(read(nameOf(flags))), text);
}

/** `--name <value>`, with a default. `shown`: how help names it. */
export function flagOr<Value>(
  flags: string,
  text: string,
  read: Reader<Value>,
  initial: NoInfer<Value>,
  shown?: string,
): Flag<Value> {
  return new Flag(
    (said) => new Option(flags, said).argParser(read(nameOf(flags))).default(initial, shown),
    text,
  );
}

/** `--name`, false where it is not given; `--no-name`, true. */
export function toggle(flags: string, text: string): Flag<boolean> {
  return new Flag(
    (said) => (flags.startsWith('--no-') ? new Option(flags, said) : new Option(flags, said).default(false)),
    text,
  );
}

function nameOf(flags: string): string {
  return flags.split(' ')[0];
}

/** An argument that gives a `Value`. */
export class Positional<Value> {
  declare readonly type: Value;

  constructor(private readonly make: () => Argument) {}

  argument(): Argument {
    return this.make();
  }
}

export const required = (name: string, text: string): Positional<string> =>
  new Positional(() => new Argument(`<${name}>`, text));
export const optional = (name: string, text: string): Positional<string | undefined> =>
  new Positional(() => new Argument(`[${name}]`, text));
export const atLeastOne = (name: string, text: string): Positional<string[]> =>
  new Positional(() => new Argument(`<${name}...>`, text));
export const anyNumber = (name: string, text: string): Positional<string[]> =>
  new Positional(() => new Argument(`[${name}...]`, text));

/** Flags or arguments by the names that code knows them by: commander's, `--dry-run` is `dryRun`. */
export type Table<Entry> = Readonly<Record<string, Entry>>;
export type Given<Of extends Table<{ readonly type: unknown }>> = {
  readonly [Name in keyof Of]: Of[Name]['type'];
};

const SEED_MAX = 2 ** 32 - 1;
const JOBS_MAX = 256;
const EXECUTIONS_MAX = 1e12;

export const SEED = flagOr(
  '--seed <N>',
  'seed of every random choice',
  (name) => wholeNumber(name, 0, SEED_MAX),
  1,
);
export const JOBS = flagOr(
  '--jobs <N>',
  'worker threads; the result does not depend on it',
  (name) => wholeNumber(name, 1, JOBS_MAX),
  Math.min(availableParallelism(), JOBS_MAX),
  // The number of cores stays out of the help text, which should be the same everywhere.
  'all cores',
);
export const MEMORY = flagOr<MemoryModel>('--memory <model>', memoryModelWords(), memoryModel, 'tso');
export const MEMORY_LIMIT = flagOr(
  '--memory-limit <size>',
  'what the states of a program or scenario may take, such as 512m or 4g',
  byteSize,
  4 * 2 ** 30,
  '4g',
);
export const OUT = flagOr('--out <dir>', 'directory for finding files', path, './findings');
export const TYPE_CHECK = toggle('--no-type-check', 'take modules without checking their types');
export const JSON_FLAG = toggle('--json', 'one JSON document on stdout, nothing else');
export const ALLOW_NO_EFFECT = toggle(
  '--allow-no-effect',
  'a variant that changed nothing of its base in any execution is no failure',
);
export const VARIANTS = flag(
  '--variant <names>',
  'variant, alias or CVE; repeat it or give a comma list',
  names,
);
export const PROGRAMS = flag('--program <names>', 'programs of the modules', names);
export const STRATEGIES = flag(
  '--strategy <names>',
  'strategies, alternating in each scenario (default: all)',
  names,
);

/** What is explored, beside the catalogue. */
export const SCENARIOS = {
  scenario: flag(
    '--scenario <names>',
    'catalogue names, or trace:FILE for a recording (default: the whole catalogue)',
    names,
  ),
  window: flag(
    '--window <A..B>',
    'lines of the recording of trace:FILE (default: the first that the rule accepts)',
    lineWindow,
  ),
};

/** How long it is explored. */
export const LIMITS = {
  budget: flag('--budget <time>', 'time: 500ms, 30s, 2m, 1h; a plain number is seconds', duration),
  executions: flag('--executions <N>', 'executions; without --budget there is no time limit', (name) =>
    wholeNumber(name, 1, EXECUTIONS_MAX),
  ),
};

/** How it is explored, and where findings go. */
export const EXPLORATION = { seed: SEED, jobs: JOBS, memory: MEMORY, out: OUT, typeCheck: TYPE_CHECK };

/** Modules of users. */
export const MODULES = anyNumber(
  'modules',
  'TypeScript or JavaScript files with programs, variants or scenarios of your own',
);

export const WATCH = toggle('--watch', 'run again whenever a file of the modules changes, until Ctrl-C');

/** The tree of a finding of C text, where it is not what it was. */
export const FINDING_TREE = flag(
  '--kernel-source <dir>',
  'tree of the C text that the finding is of, as it is now',
  path,
);

/** A finding, and its modules where they are not what they were when it was made. */
export const FINDING = required('file', 'a finding that "shootdown hunt" wrote');
export const FINDING_MODULES = flag(
  '--module <file>',
  'module that the finding is of, as it is now; repeat it for several',
  names,
);
