import { dirname } from 'node:path';
import type { CliRun } from '../cli/run-cli.js';
import type { FileCall, Hand } from './faulty-fs.js';
import { filesBelow, inRoom, isTemporary, isWhole, type Room, toldAndMissing } from './room.js';
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
  return inRoom(subject, async (room) => {
    const calls: FileCall[] = [];
    let isRemovalFailed = false;
    const counting: Hand = {
      before: (call) => {
        calls.push(call);
        const verdict = hand.before(call);
        if (verdict instanceof Error && ['unlink', 'rmdir', 'rm', 'rename'].includes(call.op))
          isRemovalFailed = true;
        return verdict;
      },
    };
    const run = await room.run(counting);
    const place = { ...room, files: filesBelow(room.root) };
    const wrongs = [
      ...wrongsOfFiles(subject, run, place, isRemovalFailed),
      ...(found === null ? [] : lost(subject, run, place.files, found)),
      ...wrongsOfExit(subject, run, place, found?.length ?? subject.findings),
    ];
    const findings = [...place.files].flatMap(([path, text]) => (isFinding(path, place.given) ? [text] : []));
    return { run, calls, findings, wrongs };
  });
}

interface Place extends Room {
  /** Contents by absolute path, at the end. */
  readonly files: ReadonlyMap<string, string>;
}

const isFinding = (path: string, given: ReadonlyMap<string, string>): boolean =>
  path.endsWith('.json') && /\/(?:out|shootdown-findings-\w+)\//.test(path) && !given.has(path);

/** Nothing old destroyed, nothing half, nothing that nobody asked for. */
function wrongsOfFiles(
  { old = {}, written = [], stays = {} }: Subject,
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
    if (isTemporary(path) && !isRemovalFailed) wrong.push(`${path} is left behind`);
    if (!isTemporary(path) && !isWhole(path, text)) wrong.push(`${path} is not whole: ${text.slice(-40)}`);
  }
  for (const [name, isThere] of Object.entries(stays))
    if (!isThere(files.get(at(name)) ?? '')) wrong.push(`${name} has lost what was in it`);
  for (const name of written)
    if ([0, 1].includes(exitCode) && (files.get(at(name)) ?? old[name]) === old[name])
      wrong.push(`all well, and no ${name}`);
  return wrong;
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
  wrong.push(...toldAndMissing(subject, stdout, { at }, (path) => files.has(path)));
  if (stdout.includes('report: ') && !files.has(at('report/index.html'))) wrong.push('a page was told');
  return wrong;
}
