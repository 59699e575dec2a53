import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseFinding } from '../../src/findings/schema.js';
import { type CliRun, cli } from '../cli/run-cli.js';
import { type FileCall, type Hand, withHand } from './faulty-fs.js';
import type { Subject } from './subjects.js';

/** One run of a command in a directory of its own, with a hand in its file operations. */

export interface Attempt {
  readonly run: CliRun;
  readonly calls: readonly FileCall[];
  /** Texts of the findings that are in files, and those that were printed. */
  readonly findings: readonly string[];
  /** What the run has done wrong, whatever failed in it. */
  readonly wrongs: readonly string[];
}

/** `found`: texts of the findings of a run in which nothing failed. */
export async function attempt(
  subject: Subject,
  hand: Hand,
  found: readonly string[] | null,
): Promise<Attempt> {
  const root = mkdtempSync(join(tmpdir(), 'shootdown-faults-'));
  const at = (name: string): string => join(root, name);
  const before = process.env.TMPDIR;
  const calls: FileCall[] = [];
  let isRemovalFailed = false;
  try {
    mkdirSync(at('tmp'));
    subject.prepare?.(at);
    for (const [name, text] of Object.entries(subject.old ?? {})) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    }
    const given = filesBelow(root);
    process.env.TMPDIR = at('tmp');
    const counting: Hand = {
      before: (call) => {
        calls.push(call);
        const verdict = hand.before(call);
        if (verdict instanceof Error && ['unlink', 'rmdir', 'rename'].includes(call.op))
          isRemovalFailed = true;
        return verdict;
      },
    };
    const engine = subject.engine();
    const run = await withHand([root], counting, () => cli(subject.argv(at), { engine, env: {} }));
    const place = { at, files: filesBelow(root), given };
    const wrongs = [
      ...wrongsOfFiles(subject, run, place, isRemovalFailed),
      ...(found === null ? [] : lost(subject, run, place.files, found)),
      ...wrongsOfExit(subject, run, place, found?.length ?? subject.findings),
    ];
    const findings = [...place.files].flatMap(([path, text]) => (isFinding(path, given) ? [text] : []));
    return { run, calls, findings, wrongs };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(root, { recursive: true, force: true });
  }
}

interface Place {
  at(name: string): string;
  /** Contents by absolute path, at the end. */
  readonly files: ReadonlyMap<string, string>;
  /** The same, before the run. */
  readonly given: ReadonlyMap<string, string>;
}

function filesBelow(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

const isFinding = (path: string, given: ReadonlyMap<string, string>): boolean =>
  path.endsWith('.json') && /\/(?:out|shootdown-findings-\w+)\//.test(path) && !given.has(path);

/** Nothing old destroyed, nothing half, nothing that nobody asked for. */
function wrongsOfFiles(
  { old = {}, written = [] }: Subject,
  { exitCode }: CliRun,
  { at, files, given }: Place,
  isRemovalFailed: boolean,
): string[] {
  const wrong: string[] = [];
  const mayChange = new Set([...written, ...Object.keys(old)].map(at));
  for (const [path, text] of given) {
    const now = files.get(path);
    if (now === undefined) wrong.push(`${path} is gone`);
    else if (now !== text && !mayChange.has(path)) wrong.push(`${path} has changed`);
    else if (now !== text && path.endsWith('.jsonl') && !now.startsWith(text))
      wrong.push(`${path} has lost what was in it`);
  }
  for (const [path, text] of files) {
    if (text === given.get(path)) continue;
    const isTemporary = path.split('/').some((part) => part.startsWith('.') || part.endsWith('.tmp'));
    if (isTemporary && !isRemovalFailed) wrong.push(`${path} is left behind`);
    if (!isTemporary && !isWhole(path, text)) wrong.push(`${path} is not whole: ${text.slice(-40)}`);
  }
  for (const name of written)
    if ([0, 1].includes(exitCode) && (files.get(at(name)) ?? old[name]) === old[name])
      wrong.push(`all well, and no ${name}`);
  return wrong;
}

function isWhole(path: string, text: string): boolean {
  try {
    if (/\/(?:out|shootdown-findings-\w+|findings)\/[^/]*\.json$/.test(path)) parseFinding(text, path);
    else if (path.endsWith('.json')) JSON.parse(text);
    else if (path.endsWith('.jsonl'))
      for (const line of text.trimEnd().split('\n').slice(1)) JSON.parse(line);
    else if (path.endsWith('.html')) return text.startsWith('<!doctype html>') && /<\/html>\s*$/.test(text);
    else if (path.endsWith('.xml'))
      return text.startsWith('<?xml') && text.trimEnd().endsWith('</testsuites>');
    return true;
  } catch {
    return false;
  }
}

/** Nothing that was found is lost: it is in a file that a line names, or the line is it. */
function lost(
  { tells = /./ }: Subject,
  { stdout, stderr, exitCode }: CliRun,
  files: ReadonlyMap<string, string>,
  found: readonly string[],
): string[] {
  // What was refused before anything ran has found nothing.
  if (exitCode === 2 || !tells.test(stdout)) return [];
  const printed = stdout + stderr;
  const lines = printed.replaceAll(/\n */g, '');
  // By its path, or by the directory where all are.
  const isNamed = (path: string): boolean =>
    lines.includes(path) || lines.includes(`in ${dirname(path)}; "shootdown replay"`);
  const isKept = (text: string): boolean =>
    printed.includes(text.trimEnd()) ||
    [...files].some(([path, content]) => content === text && isNamed(path));
  return found.filter((text) => !isKept(text)).map((text) => `a finding is lost: ${text.slice(0, 80)}`);
}

function wrongsOfExit(subject: Subject, run: CliRun, { at, files }: Place, findings: number): string[] {
  const { exitCode, stdout, stderr } = run;
  const wrong: string[] = [];
  if (![subject.exitCode, 2, 3].includes(exitCode)) wrong.push(`exit code ${exitCode}`);
  if (exitCode !== subject.exitCode && !/^shootdown: /m.test(stderr))
    wrong.push(`exit code ${exitCode} and no word why`);
  if (exitCode === 2 && findings > 0 && /\.json\b/.test(stdout)) wrong.push('bad input, after a hunt');
  if (/internal error|\n {4}at /.test(stderr)) wrong.push(`an internal error: ${stderr.slice(0, 300)}`);
  const told = (stdout + stderr).replaceAll(/\n */g, '\n').matchAll(/\/\S+\.(?:json|html)(?=\s|$|;|\))/g);
  for (const [path] of told)
    if (path.startsWith(at('out')) && !files.has(path) && exitCode !== 2 && !stderr.includes('cannot'))
      wrong.push(`${path} was named and is not there`);
  if (stdout.includes('report: ') && !files.has(at('report/index.html'))) wrong.push('a page was told');
  return wrong;
}
