import type { CliRun } from '../cli/run-cli.js';
import { Disk, type Remains } from './disk.js';
import type { FileCall } from './faulty-fs.js';
import { inRoom, isTemporary, isWhole, type Room, toldAndMissing } from './room.js';
import type { Subject } from './subjects.js';

/**
 * The power goes after any file operation or printed line of a command: what was there stays, nothing is
 * half, and what a line told is there.
 */

/** What does not change what would remain. */
export const READING: ReadonlySet<string> = new Set([
  ...['stat', 'lstat', 'read', 'readdir', 'access', 'fstat', 'realpath', 'readFile', 'close'],
]);
const shown = ({ n, op, path }: FileCall): string =>
  `${n} ${op} ${path.replace(/.*shootdown-faults-\w+/, '')}`;

/** Whether a file may be found so: of kept verdicts the last line may be half, and is passed over then. */
function isWholeOrGoesOn(path: string, text: string): boolean {
  return isWhole(path, path.endsWith('.jsonl') ? text.slice(0, text.lastIndexOf('\n') + 1) : text);
}

/** The same few files are looked at in thousands of states. */
function remembering(look: (path: string, text: string) => boolean): typeof look {
  const known = new Map<string, boolean>();
  return (path, text) => {
    const key = `${path}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = look(path, text);
    known.set(key, answer);
    return answer;
  };
}

interface Moment {
  /** What has been printed. */
  readonly told: string;
  readonly isEnded: boolean;
  /** Whether a file may be found so. */
  isFit(path: string, text: string): boolean;
}

function wrongsOf(
  subject: Subject,
  { at, given }: Room,
  texts: ReadonlyMap<string, string>,
  { told, isEnded, isFit }: Moment,
): string[] {
  const { old = {}, written = [], tells } = subject;
  const wrong: string[] = [];
  const mayChange = new Set(Object.keys(old).map(at));
  for (const [path, text] of given) {
    const now = texts.get(path);
    if (now === undefined) wrong.push(`${path} is gone`);
    else if (now !== text && !mayChange.has(path)) wrong.push(`${path} has changed`);
    else if (path.endsWith('.jsonl') && !now.startsWith(text)) wrong.push(`${path} has lost what was in it`);
  }
  for (const [path, text] of texts)
    if (text !== given.get(path) && !isTemporary(path) && !isFit(path, text))
      wrong.push(`${path} is half: ${text.slice(-40)}`);
  // What follows a `=` is a flag, of a command line that is shown.
  for (const [path] of told.replaceAll(/\n */g, '\n').matchAll(/(?<!=)\/\S+\.(?:json|html)(?=\s|$|;|\))/g))
    if (path.startsWith(at('')) && !texts.has(path)) wrong.push(`${path} was told and is gone`);
  const isNew = (name: string): boolean => (texts.get(at(name)) ?? old[name]) !== old[name];
  if (told.includes('report: ') && !isNew('report/index.html')) wrong.push('a page was told and is gone');
  if (tells?.test(told) && written.some((name) => name.endsWith('.jsonl') && !isNew(name)))
    wrong.push('a verdict was told and is gone');
  wrong.push(...toldAndMissing(subject, told, { at }, (path) => texts.has(path)));
  if (isEnded)
    for (const name of written) if (!isNew(name)) wrong.push(`it ended well, and ${name} is not there`);
  return wrong;
}

export interface Cuts {
  readonly run: CliRun;
  /** How many states of the disk were looked at. */
  readonly states: number;
  /** What was wrong with any, each once. */
  readonly wrongs: readonly string[];
}

/** One run, and what a power cut at each moment would leave of it. */
export function powerCuts(subject: Subject): Promise<Cuts> {
  return inRoom(subject, async (room) => {
    const disk = new Disk(room.root);
    const wrongs = new Set<string>();
    const isFit = remembering(isWholeOrGoesOn);
    let told = '';
    let states = 0;
    const cut = (what: string, isEnded = false): void => {
      for (const remains of disk.remains()) {
        states++;
        for (const wrong of wrongsOf(subject, room, textsOf(remains), { told, isEnded, isFit }))
          wrongs.add(`${what}: ${wrong}`);
      }
    };
    const run = await room.run(
      {
        before: () => null,
        after: (call, result) => {
          disk.after(call, result);
          if (!READING.has(call.op)) cut(shown(call));
        },
      },
      (text) => {
        told += text;
        cut('a line');
      },
    );
    cut('the end', true);
    return { run, states, wrongs: [...wrongs] };
  });
}

const texts = new WeakMap<Buffer, string>();

function textsOf(remains: Remains): Map<string, string> {
  return new Map([...remains].map(([path, bytes]) => [path, textOf(bytes)]));
}

function textOf(bytes: Buffer): string {
  const text = texts.get(bytes) ?? bytes.toString('latin1');
  texts.set(bytes, text);
  return text;
}
