import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineCommand, defineGroup } from '../../../src/cli/commands/command.js';
import { wholeNumber } from '../../../src/cli/flag-values.js';
import { anyNumber, flag, flagOr, required, toggle } from '../../../src/cli/options.js';

/** What a command is given for a command line. */
async function given(argv: readonly string[]): Promise<unknown> {
  let seen: unknown;
  const command = defineCommand({
    ...{ name: 'try', summary: 's', description: 'd', help: '' },
    arguments: { file: required('file', 'one'), more: anyNumber('more', 'others') },
    flags: {
      dryRun: toggle('--dry-run', 'off at first'),
      base: toggle('--no-base', 'on at first'),
      count: flag('--count <N>', 'none at first', (name) => wholeNumber(name, 1, 9)),
      seed: flagOr('--seed <N>', 'one at first', (name) => wholeNumber(name, 0, 9), 1),
    },
    run: async (_, positionals, flags) => {
      seen = { ...positionals, ...flags };
      return 7;
    },
  });
  const program = new Command().exitOverride();
  let code = -1;
  defineGroup({ name: 'group', summary: 's', description: 'd' }, [command]).addTo(
    program,
    {} as never,
    (exitCode) => (code = exitCode),
  );
  await program.parseAsync(['group', 'try', ...argv], { from: 'user' });
  expect(code).toBe(7);
  return seen;
}

describe('a command that is a table', () => {
  it('is given its arguments and flags by the names of the table', async () => {
    expect(await given(['a'])).toEqual({ file: 'a', more: [], dryRun: false, base: true, seed: 1 });
    expect(await given(['a', 'b', 'c', '--dry-run', '--no-base', '--count', '3', '--seed', '4'])).toEqual({
      ...{ file: 'a', more: ['b', 'c'], dryRun: true, base: false, count: 3, seed: 4 },
    });
  });

  it('names the flag whose value is none', async () => {
    await expect(given(['a', '--count', 'x'])).rejects.toThrow(
      '--count: "x" is not a whole number from 1 to 9',
    );
  });

  it('refuses a flag that stands under another name than its own', () => {
    const command = defineCommand({
      ...{ name: 'try', summary: 's', description: 'd', help: '' },
      flags: { dry: toggle('--dry-run', 'x') },
      run: async () => 0,
    });
    expect(() => command.addTo(new Command(), {} as never, () => {})).toThrow(
      'try: --dry-run stands under the name dry',
    );
  });
});
