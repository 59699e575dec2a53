import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeBaseline } from '../../src/findings/baseline.js';
import * as api from '../../src/index.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { B1_PLACEHOLDER, COMMANDS, type How, OPTIONS } from './commands.js';
import { commandsIn, type Fence, fencesIn, optionsIn } from './markdown.js';
import { ReducedEngines, type Reduction } from './reduced-engine.js';

/**
 * README.md and docs/ say nothing that is not so: each command line in them is executed (`commands.ts` says
 * how), each file that they quote is as quoted, and their screens are what the commands print, except for
 * times, for how many executions the time allowed, and for line numbers. After a change of what is printed,
 * run the command and paste.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A log tells what was run at its time. */
const LOG = 'results-log.md';
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name === LOG ? [] : [`docs/${name}`])),
];
const pages = new Map(PAGES.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')]));
const text = [...pages.values()].join('\n');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const EXECUTIONS = 60;

const engines = new ReducedEngines();
const before = process.cwd();
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-readme-'));
  cpSync(join(ROOT, 'examples'), join(directory, 'examples'), { recursive: true });
  for (const file of readdirSync(join(ROOT, 'data'))) {
    const name = file.replace('server-6.12', 'my');
    if (name !== file) cpSync(join(ROOT, 'data', file), join(directory, name));
  }
  writeFileSync(join(directory, 'known.json'), serializeBaseline([]));
  process.chdir(directory);
});

afterAll(async () => {
  process.chdir(before);
  await engines.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Command lines that have been run, by what was run and how. */
const runs = new Map<string, Promise<CliRun>>();

function run(line: string, reduction: Reduction): Promise<CliRun> {
  const key = `${line} ${JSON.stringify(reduction)}`;
  const known = runs.get(key) ?? cli(line.split(' '), { engine: engines.for(reduction), env: {} });
  runs.set(key, known);
  return known;
}

async function finding(): Promise<string> {
  const { stdout } = await runAs('shootdown hunt --variant b1', COMMANDS['shootdown hunt --variant b1']);
  return /findings\/b1--\S+\.json/.exec(stdout)![0];
}

async function runAs(line: string, how: How): Promise<CliRun> {
  if (how.by !== 'cli') throw new Error(`${line} is not for the command line of shootdown`);
  const argv = how.argv ?? line.replace(/^shootdown /, '');
  for (const before of how.after ?? []) await run(before, { executions: EXECUTIONS, perRow: 1 });
  const placed = argv.includes(B1_PLACEHOLDER) ? argv.replace(B1_PLACEHOLDER, await finding()) : argv;
  return run(placed, {
    executions: how.executions ?? EXECUTIONS,
    perRow: how.perRow ?? 1,
    countsAll: how.perRow !== undefined,
  });
}

async function requireRuns(line: string, how: How): Promise<void> {
  if (how.by !== 'cli') return;
  const result = await runAs(line, how);
  expect(how.exit, `${line}\n${result.stderr}`).toContain(result.exitCode);
  // What is refused, where it has to be, says why.
  if (result.exitCode !== 2) expect(result.stderr).not.toMatch(/^shootdown: (?!reproduced)/m);
  if (how.prints !== undefined) expect(result.stdout).toMatch(how.prints);
}

/** `list a|b`: one line for each. */
function alternatives(line: string): string[] {
  const match = /^(.* )((?:\w+\|)+\w+)$/.exec(line);
  return match === null ? [line] : match[2].split('|').map((word) => match[1] + word);
}

function child(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

const SCRIPT_RUNNER = 'node ';

/** Runs a script of package.json as npm would, with arguments more. */
function script(name: string, args: readonly string[]): string {
  const line: string = manifest.scripts[name];
  expect(line.startsWith(SCRIPT_RUNNER)).toBe(true);
  return child(process.execPath, [...line.slice(SCRIPT_RUNNER.length).split(' '), ...args]);
}

/** That it is run where it says. */
function requireIsIn({ test, of }: Extract<How, { by: 'another test' }>): void {
  expect(readFileSync(join(ROOT, test), 'utf8')).toContain(of);
}

let packedPaths: readonly string[] | null = null;
function packed(): readonly string[] {
  packedPaths ??= (
    JSON.parse(child('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'])) as {
      files: { path: string }[];
    }[]
  )[0].files.map(({ path }) => path);
  return packedPaths;
}

const CHECKS: Readonly<Record<Exclude<How['by'], 'cli' | 'another test'>, () => void>> = {
  'npm ci': () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages[''];
    for (const key of ['version', 'dependencies', 'devDependencies', 'engines'])
      expect(lock[key]).toEqual(manifest[key]);
  },
  'npm start': () => {
    const out = join(directory, 'npm-start');
    const stdout = script('start', [
      '--variant',
      'hypercall/v1',
      '--scenario',
      'slots-recycled',
      '--executions',
      '9',
      '--count',
      '1',
      '--out',
      out,
    ]);
    expect(stdout).toMatch(/^v1 +stale-use after 7 /m);
  },
  'npm test': () => {
    expect(manifest.scripts.test).toBe('vitest run');
    expect(process.env.VITEST).toBeDefined();
  },
  'npm run': () => {
    expect(script('shootdown', ['list', 'strategies'])).toMatch(/^pct /m);
  },
  'npm run site': () => {
    // It takes a quarter of a minute, and is a step of its own there.
    expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toMatch(/^step site npm run --silent site /m);
    expect(manifest.scripts.site).toBe('node --import tsx scripts/site.ts');
  },
  'npm pack': () => {
    expect(packed()).toEqual(
      expect.arrayContaining([
        'README.md',
        'examples/my-rule.ts',
        'src/index.ts',
        'data/server-6.12.trace.gz',
      ]),
    );
    expect(manifest.scripts.prepack).toBe('npm run build');
  },
  'npm install': () => {
    expect(text).toContain(`${manifest.name}-${manifest.version}.tgz`);
  },
  npx: () => {
    expect(Object.keys(manifest.bin)).toEqual(['shootdown']);
    expect(manifest.exports).toHaveProperty('./vitest');
  },
};

/** A command by its name alone, such as `shootdown trace check`. */
const isName = (line: string): boolean =>
  /^shootdown(?: (?:hunt|stress|replay|trace (?:info|check)))?$/.test(line);

describe('each command line of README.md and docs/', () => {
  const all = commandsIn(text);
  const scripts = all.flatMap((line) => /^npx tsx (\S+\.ts)/.exec(line)?.[1] ?? []);
  const commands = all.filter((line) => !isName(line) && !line.startsWith('npx tsx '));

  it('is in the table, and the table has no other', () => {
    expect(commands.toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
  });

  // They take minutes; what they are fit for is asked where they are.
  it.each(scripts)('%s is there', (script) => {
    expect(() => readFileSync(join(ROOT, script))).not.toThrow();
  });

  it.each(all.filter(isName))('%s is a command', async (line) => {
    expect(
      (await run(`${line.replace(/^shootdown ?/, '')} --help`.trim(), { executions: 1, perRow: 1 })).exitCode,
    ).toBe(0);
  });

  it('has options that there are; those of the table are tried', async () => {
    const options = optionsIn(text);
    expect(options).toEqual(expect.arrayContaining(Object.keys(OPTIONS)));
    const helps = [
      'hunt',
      'study',
      'stress',
      'replay',
      'show',
      'compare',
      'trace check',
      'litmus',
      'merge',
      'minimise',
      'orderings',
      'run',
      'verify',
    ];
    const runs = await Promise.all(helps.map((name) => run(`${name} --help`, { executions: 1, perRow: 1 })));
    const known = runs.map(({ stdout }) => stdout).join('\n');
    for (const option of options)
      for (const [flag] of option.matchAll(/--[a-z-]+/g)) expect(known).toContain(`  ${flag} `);
  });

  it.each(
    commands
      .filter((line) => line in COMMANDS)
      .flatMap((line) => alternatives(line).map((one) => [one, line])),
  )('%s', async (line, key) => {
    const how = COMMANDS[key];
    if (how.by === 'cli') await requireRuns(line, how);
    else if (how.by === 'another test') requireIsIn(how);
    else CHECKS[how.by]();
  });

  it.each(Object.keys(OPTIONS))('option %s', async (option) => {
    await requireRuns(option, OPTIONS[option]);
  });

  it('is fit for what it names', () => {
    for (const name of ['kvm/v4', 'hypercall/v12', '6.12/kvm/v4', 'kvm/v4~hostAtomicClear']) {
      expect(text).toContain(`\`${name}\``);
      expect(api.findVariant(name)).toBeDefined();
    }
    for (const [, names] of text.matchAll(/`import \{ (.*?) \} from 'shootdown'`/g))
      for (const name of names.split(', ')) expect(api).toHaveProperty(name);
    for (const [page, body] of pages)
      for (const [, path] of body.matchAll(/\]\(((?!http|#)[^)#]+)[^)]*\)/g))
        expect(() => readdirOrRead(join(ROOT, dirname(page), path)), `${page}: ${path}`).not.toThrow();
  });
});

function readdirOrRead(path: string): void {
  if (/\.\w+$/.test(path)) readFileSync(path);
  else readdirSync(path);
}

describe('what they quote', () => {
  const noted = (kind: string): [string, Fence][] =>
    fencesIn(text).flatMap((fence): [string, Fence][] =>
      fence.note?.startsWith(`${kind}: `) ? [[fence.note.slice(kind.length + 2), fence]] : [],
    );

  it.each(noted('file'))('%s is that file, within 15 lines of code', (path, { lines }) => {
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(join(ROOT, path), 'utf8'));
    expect(lines.filter((line) => line.trim() !== '' && !line.startsWith('/**')).length).toBeLessThanOrEqual(
      15,
    );
  });

  it.each(noted('part of'))('lines of %s are in that file', (path, { lines }) => {
    const all = readFileSync(join(ROOT, path), 'utf8').split('\n');
    for (const line of lines) expect(all).toContain(line);
  });

  /**
   * Without times and what depends on them, and without line numbers and hashes, which every edit of a source
   * moves.
   */
  const timeless = (line: string): string =>
    line
      .replace(/none in [\d,]+( executions?)?/, 'none')
      .replace(/latent (\S+) [\d,]+ of [\d,]+/, 'latent $1')
      .replace(/[\d,]+ states/, 'N states')
      .replace(/(\s[\d,]+)?\s+\d+\.\d( +-)?$/, (_all, executions: string | undefined) =>
        line.includes('none in') ? '' : (executions ?? ''),
      )
      .replace(/(\.[cm]?ts):\d+\]/, '$1]')
      .replace(/--[0-9a-f]{8}\.json/, '.json')
      .replaceAll(/\s+/g, ' ')
      .trim();

  /** A line that says that others were cut out of the screen. */
  const isCut = (line: string): boolean => /^\s*│? *\.\.\.$/.test(line);
  const isBlank = (line: string): boolean => line.trim() === '';

  it.each(noted('screen').filter(([command]) => command !== 'shootdown study remote-tlb-gen'))(
    '%s prints that',
    async (command, { lines }) => {
      const how = COMMANDS[command];
      const { stdout } = await runAs(command, how);
      const printed = new Set(stdout.split('\n').map(timeless));
      const missing = lines.filter((line) => !isCut(line) && !isBlank(line) && !printed.has(timeless(line)));
      expect(missing).toEqual([]);
    },
  );

  it('the study prints those rows', async () => {
    const [[, { lines }]] = noted('screen').filter(
      ([command]) => command === 'shootdown study remote-tlb-gen',
    );
    let group = '';
    const rows: string[] = [];
    for (const line of lines) {
      group = /^([\w.-]+): /.exec(line)?.[1] ?? group;
      const row = /^(v\d\S*) /.exec(line)?.[1];
      if (row !== undefined && !line.includes('makes no sense')) rows.push(`${group}/${row}`);
    }
    expect(rows).toHaveLength(9);
    const { stdout } = await run(`study remote-tlb-gen --variant ${rows.join(',')}`, {
      executions: 1,
      perRow: 115,
      countsAll: true,
    });
    const printed = new Set(stdout.split('\n').map(timeless));
    expect(
      lines.filter(
        (line) => !/makes no sense|which hypercall does not have/.test(line) && !printed.has(timeless(line)),
      ),
    ).toEqual([]);
  }, 180_000);
});
