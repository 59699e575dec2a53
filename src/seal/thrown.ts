import { received, type ThrownError, type Told } from '../vocabulary/told.js';

/**
 * What a user's code threw, whatever it is: `null`, an object that throws again when it is looked at, an
 * error whose stack was overwritten. From here on it is an Error with a name, a message and a stack, which
 * say where it was thrown; no more.
 */

/** What the bundler puts into modules notes here; see `bundle/note-throws.ts`. */
const NOTES = globalThis as { shootdownThrew?: { readonly value: unknown; readonly at: string } };

/** The error as data, for another thread. Never throws. */
export function thrownOf(value: unknown): ThrownError {
  // Before anything is looked at: what is thrown by a look would be noted in its place.
  const noted = notedFrame(value);
  if (!isError(value)) {
    const message = `threw ${brief(value)}, which is no Error`;
    return { name: 'Error', message, stack: `Error: ${message}${noted}`, told: { told: 'no-error' } };
  }
  const name = text(value, 'name', 'Error');
  const message = text(value, 'message', '');
  const stack = text(value, 'stack', '');
  // Last, since a frame of the stack itself, if there is one, says more.
  return {
    name,
    message,
    stack: `${stack === '' ? `${name}: ${message}` : stack}${noted}`,
    told: toldOf(field(value, 'cause')),
  };
}

/** An Error that is safe to look at; one that is, is left as it is. */
export function plainError(value: unknown): Error {
  if (notedFrame(value) === '' && isError(value) && isPlain(value)) return value;
  return received(thrownOf(value));
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Whether its fields are what they are in every Error, so that nothing runs when they are read. */
function isPlain(error: Error): boolean {
  return (['name', 'message', 'stack'] as const).every((key) => typeof field(error, key) === 'string');
}

function text(error: Error, key: 'name' | 'message' | 'stack', otherwise: string): string {
  const value = field(error, key);
  return typeof value === 'string' ? value : otherwise;
}

function field(object: object, key: string): unknown {
  try {
    return (object as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

/**
 * What an error says as data, copied: an object of the same shape may be a user's, with anything else in it.
 */
function toldOf(cause: unknown): Told | null {
  if (typeof cause !== 'object' || cause === null) return null;
  const told = field(cause, 'told');
  if (told === 'no-error') return { told };
  if (told === 'definition') {
    const program = field(cause, 'program');
    return { told, program: typeof program === 'string' ? program : null };
  }
  const place = field(cause, 'place');
  if (told !== 'loop' || typeof place !== 'object' || place === null) return null;
  const [file, line] = [field(place, 'file'), field(place, 'line')];
  return typeof file === 'string' && typeof line === 'number' ? { told, place: { file, line } } : null;
}

function notedFrame(value: unknown): string {
  const note = NOTES.shootdownThrew;
  return note !== undefined && Object.is(note.value, value) ? `\n    at ${note.at}` : '';
}

/** A value in a few words, without calling anything of it. */
function brief(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
