import { relative } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * A bench's options with their defaults: a number, a text (a list is one with commas), or a switch, false.
 */
export type Defaults = Readonly<Record<string, number | string | false>>;

type ValueOf<D> = D extends number ? number : D extends string ? string : boolean;

/** What was asked for: the options' values; `isRecorded`: `--record` asks for a row of RESULTS.md. */
export type Given<D extends Defaults> = { readonly [Name in keyof D]: ValueOf<D[Name]> } & {
  readonly isRecorded: boolean;
  readonly positionals: readonly string[];
};

const optionOf = (value: Defaults[string]) =>
  value === false
    ? { type: 'boolean' as const, default: false }
    : { type: 'string' as const, default: String(value) };

/** Takes `argv` apart. Throws for an option that is not in `defaults`, and for a number that is none. */
export function parsed<D extends Defaults>(defaults: D, argv: readonly string[]): Given<D> {
  const options: Record<string, ReturnType<typeof optionOf>> = { record: optionOf(false) };
  for (const [name, value] of Object.entries(defaults)) options[name] = optionOf(value);
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
  const given: Record<string, unknown> = { isRecorded: values.record === true, positionals };
  for (const [name, value] of Object.entries(defaults)) {
    const text = values[name];
    const isNumber = typeof text === 'string' && text.trim() !== '' && Number(text) >= 0;
    if (typeof value === 'number' && !isNumber) throw new Error(`--${name} needs a number, 0 or more`);
    given[name] = typeof value === 'number' ? Number(text) : text;
  }
  return given as Given<D>;
}

/** The line that tells how a bench is started. */
function usage(defaults: Defaults, files: string): string {
  const options = Object.entries(defaults).map(([name, value]) =>
    value === false ? `[--${name}]` : `[--${name} ${value === '' ? name.toUpperCase() : value}]`,
  );
  const command = `npx tsx ${relative(process.cwd(), process.argv[1])}`;
  return ['usage:', command, ...options, '[--record]', files].join(' ').trimEnd();
}

/**
 * The arguments of the bench that runs; `files` says what the others are, and that there must be one
 * (`RECORDING.trace.gz...`), unless it is in brackets. Wrong ones end the process with the usage, exit code
 * 2.
 */
export function argumentsOf<D extends Defaults>(defaults: D, files = ''): Given<D> {
  try {
    const given = parsed(defaults, process.argv.slice(2));
    const isOptional = files === '' || files.startsWith('[');
    if (files === '' && given.positionals.length > 0) throw new Error(`unexpected ${given.positionals[0]}`);
    if (!isOptional && given.positionals.length === 0) throw new Error(`give ${files}`);
    return given;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${what}\n${usage(defaults, files)}\n`);
    process.exit(2);
  }
}
