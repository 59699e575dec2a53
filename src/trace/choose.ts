/**
 * Windows of a recording of any length, ready to be imported: the default one, a given one, those that hold
 * most.
 */
import { type Imported, importWindow } from './import.js';
import { missingProbes, neededForScenario } from './probes.js';
import { isLargeRecording, PART_EVENTS, readParts, recordingParts } from './read-parts.js';
import { readRecording } from './read-recording.js';
import type { Recording } from './recording.js';
import { TraceError } from './trace-error.js';
import {
  listWindows,
  parseWindow,
  type RatedWindow,
  RELAXED_RULE,
  requireWindowLines,
  type TraceWindow,
  WINDOW_RULE,
  windowFacts,
} from './window.js';

/** A window, and the part of the recording that it lies in. */
export interface Chosen {
  readonly recording: Recording;
  readonly window: RatedWindow;
  /** The rule that chose it; null for one that was given. */
  readonly rule: 'strict' | 'relaxed' | null;
}

/** A chosen window as a scenario. */
export interface ChosenScenario extends Omit<Chosen, 'recording'> {
  readonly scenario: Imported['scenario'];
  readonly recording: Omit<Recording, 'events'>;
  /** Events of the recording as far as it was read. */
  readonly events: number;
}

/** Events before and after a given window of a large recording that are read with it. */
const AROUND = PART_EVENTS;

/** Throws TraceError where no probe tells who asks for flushes, or what each CPU runs. */
function requireProbes(recording: Recording): void {
  const needed = neededForScenario(missingProbes(recording.events));
  if (needed.length > 0)
    throw new TraceError(
      recording.file,
      null,
      `no scenario can be made of it without the probes ${needed.join(', ')}; docs/recording.md has them`,
    );
}

/**
 * The first window that the rule accepts, else the first that the relaxed rule accepts. Throws TraceError
 * where there is none, or where the recording lacks the probes that a window is made of.
 */
export async function defaultWindowOf(path: string): Promise<ChosenScenario> {
  let relaxed: ChosenScenario | null = null;
  let events = 0;
  for await (const recording of recordingParts(path)) {
    if (events === 0) requireProbes(recording);
    events += recording.events.length;
    const [strict] = listWindows(recording, WINDOW_RULE);
    if (strict !== undefined) return imported({ recording, window: strict, rule: 'strict' }, events);
    const [found] = relaxed === null ? listWindows(recording, RELAXED_RULE) : [];
    if (found !== undefined) relaxed = imported({ recording, window: found, rule: 'relaxed' }, events);
  }
  if (relaxed !== null) return { ...relaxed, events };
  throw noWindow(path);
}

function noWindow(path: string): TraceError {
  const { events, flushes } = RELAXED_RULE;
  return new TraceError(
    path,
    null,
    `no block of ${events} events has ${flushes} flushes and an mm that one CPU flushes and another has ` +
      'loaded',
    'expected one, or --window A..B',
  );
}

/**
 * The window `text` (`A..B`, lines of the file). Throws TraceError where it is none, or holds nothing that
 * can be hunted.
 */
export async function givenWindowOf(path: string, text: string): Promise<ChosenScenario> {
  const recording = isLargeRecording(path) ? await partAround(path, text) : readRecording(path);
  const window = parseWindow(recording, text);
  requireProbes(recording);
  return imported({ recording, window: rated(recording, window), rule: null }, recording.events.length);
}

const rated = (recording: Recording, window: TraceWindow): RatedWindow => ({
  ...window,
  ...windowFacts(recording, window),
});

/** The part of a large recording that holds the lines `A..B` of `text`, with what comes before and after. */
async function partAround(path: string, text: string): Promise<Recording> {
  const [from, to] = requireWindowLines(text, path, null);
  let parts: Recording[] = [];
  for await (const part of readParts(path, AROUND)) {
    const lastLine = part.events.at(-1)?.line ?? 0;
    const before = parts.at(-1)?.events.at(-1)?.line ?? 0;
    // One part before the window is enough of what came before it.
    if (before < from) parts = parts.slice(-1);
    parts.push(part);
    if (parts.length > MAX_PARTS)
      throw new TraceError(path, from, `window ${text} is too long`, `expected at most ${AROUND} lines`);
    if (before > to && lastLine > to) break;
  }
  return { ...(parts.at(-1) as Recording), events: parts.flatMap(({ events }) => events) };
}
/** The part before a window, two that it lies in, and the one after. */
const MAX_PARTS = 4;

function imported({ recording, window, rule }: Chosen, events: number): ChosenScenario {
  const { events: _, ...about } = recording;
  return { scenario: importWindow(recording, window).scenario, recording: about, window, rule, events };
}

/**
 * More returns first, then more flushes, then more switches: what a rule about switches and flushes can
 * count.
 */
const richer = (a: Omit<Chosen, 'recording'>, b: Omit<Chosen, 'recording'>): number =>
  b.window.returns - a.window.returns ||
  b.window.flushes - a.window.flushes ||
  b.window.switches - a.window.switches;

/**
 * The `number` windows that hold most of what a study counts, in file order; those that a scenario cannot
 * hold are passed over. Falls back to the relaxed rule as the default window does. Throws TraceError as
 * {@link defaultWindowOf} where there is none.
 */
export async function richestWindowsOf(path: string, number: number): Promise<readonly ChosenScenario[]> {
  const best: Record<'strict' | 'relaxed', ChosenScenario[]> = { strict: [], relaxed: [] };
  let events = 0;
  for await (const recording of recordingParts(path)) {
    if (events === 0) requireProbes(recording);
    events += recording.events.length;
    best.strict = richestOf([...best.strict, ...importedOf(recording, 'strict', number, events)], number);
    if (best.strict.length > 0) continue;
    best.relaxed = richestOf([...best.relaxed, ...importedOf(recording, 'relaxed', number, events)], number);
  }
  const found = best.strict.length > 0 ? best.strict : best.relaxed;
  // None: the import of the default window says why.
  if (found.length === 0) return [await defaultWindowOf(path)];
  return found
    .map((chosen) => ({ ...chosen, events }))
    .sort((a, b) => a.window.firstLine - b.window.firstLine);
}

const richestOf = (all: readonly ChosenScenario[], number: number): ChosenScenario[] =>
  [...all].sort(richer).slice(0, number);

function importedOf(
  recording: Recording,
  rule: 'strict' | 'relaxed',
  number: number,
  events: number,
): ChosenScenario[] {
  const windows = listWindows(recording, rule === 'strict' ? WINDOW_RULE : RELAXED_RULE).map((window) => ({
    recording,
    window,
    rule,
  }));
  const taken: ChosenScenario[] = [];
  for (const chosen of windows.sort(richer)) {
    if (taken.length === number) break;
    try {
      taken.push(imported(chosen, events));
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
    }
  }
  return taken;
}
