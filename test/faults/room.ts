import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFinding } from '../../src/findings/schema.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { readTrace } from '../report/perfetto/read-trace.js';
import { type Hand, withHand } from './faulty-fs.js';
import { makeRoot } from './in-memory.js';
import type { Subject } from './subjects.js';

/** What `init` writes. */
const EXAMPLES = {
  config: example('config/shootdown.config.ts'),
  workflow: example('ci/run.yml'),
};

function example(name: string): string {
  return readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'latin1');
}

/** A directory in which a command is run once, with all that it reads and writes. */

export interface Room {
  readonly root: string;
  /** A path in it. */
  at(name: string): string;
  /** Contents by absolute path, before the run. */
  readonly given: ReadonlyMap<string, string>;
  /** Runs the command, with a hand in its file operations. */
  run(hand: Hand, onWrite?: (text: string) => void): Promise<CliRun>;
}

/** Makes the room of a subject for `work`, and takes it away. Not for two at once. */
export async function inRoom<T>(subject: Subject, work: (room: Room) => Promise<T>): Promise<T> {
  const root = makeRoot();
  const at = (name: string): string => join(root, name);
  const directory = process.cwd();
  const before = { TMPDIR: process.env.TMPDIR, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME };
  try {
    mkdirSync(at('tmp'));
    subject.prepare?.(at);
    for (const [name, text] of Object.entries(subject.old ?? {})) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    }
    const given = filesBelow(root);
    process.env.TMPDIR = at('tmp');
    process.env.XDG_CACHE_HOME = at('cache');
    const engine = subject.engine();
    if (subject.directory !== undefined) process.chdir(at(subject.directory));
    const run: Room['run'] = (hand, onWrite) =>
      withHand([root], hand, () => cli(subject.argv(at), { engine, env: {}, onWrite }));
    return await work({ root, at, given, run });
  } finally {
    process.chdir(directory);
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(root, { recursive: true, force: true });
  }
}

/** Files of which a line tells that they are written, and that are not there. */
export function toldAndMissing(
  { directory = '' }: Subject,
  told: string,
  { at }: Pick<Room, 'at'>,
  has: (path: string) => boolean,
): string[] {
  const names = [...told.matchAll(/^written: (\S+)$/gm)].map(([, name]) => name);
  return names.filter((name) => !has(at(join(directory, name)))).map((name) => `no ${name}, and it was told`);
}

/** Contents by absolute path. */
export function filesBelow(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

/** A file that nobody asked for, and that goes before the run ends. */
export function isTemporary(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '.github');
  return parts.some((part) => /^(?:\.|making-)|\.tmp$/.test(part));
}

/** Whether a file that a command has written is all there. */
export function isWhole(path: string, text: string): boolean {
  try {
    if (/\/(?:out|shootdown-findings-\w+|findings)\/[^/]*\.json$/.test(path)) parseFinding(text, path);
    else if (path.endsWith('.json')) JSON.parse(text);
    else if (path.endsWith('.jsonl'))
      for (const line of text.trimEnd().split('\n').slice(1)) JSON.parse(line);
    else if (path.endsWith('.of-c.mjs')) return /\/\/# sourceMappingURL=[^\n]*\n$/.test(text);
    else if (path.endsWith('.html')) return text.startsWith('<!doctype html>') && /<\/html>\s*$/.test(text);
    else if (path.endsWith('/shootdown.config.ts')) return text === EXAMPLES.config;
    else if (path.endsWith('/shootdown.yml')) return text === EXAMPLES.workflow;
    else if (path.endsWith('.xml'))
      return text.startsWith('<?xml') && text.trimEnd().endsWith('</testsuites>');
    else if (path.endsWith('.pftrace')) readTrace(Buffer.from(text, 'latin1'));
    return true;
  } catch {
    return false;
  }
}
