/** A line of a file, as people are told it. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What stands on a line of a file, in one line; null where it is not to be had. */
export type LineText = (place: Place) => string | null;

/** `file:line`. */
export function placeWords({ file, line }: Place): string {
  return `${file}:${line}`;
}

/**
 * What an error says as data. An error that leaves a thread loses its class and the fields of that; its
 * `cause` is kept.
 */
export type Told =
  /** Our own words about what a user has defined; `program`: the plain program concerned, where it is one. */
  | { readonly told: 'definition'; readonly program: string | null }
  /** Something was thrown that is no Error. */
  | { readonly told: 'no-error' }
  /** A loop of a user's module that does not end. */
  | { readonly told: 'loop'; readonly place: Place };

/** What the error says as data; null for one that is not ours. */
export function toldBy({ cause }: Error): Told | null {
  return typeof cause === 'object' && cause !== null && 'told' in cause ? (cause as Told) : null;
}

/** An error that was thrown in a thread, as that thread hands it on; made by `seal/thrown.ts`. */
export interface ThrownError {
  readonly message: string;
  readonly stack: string;
  readonly name: string;
  readonly told: Told | null;
}

/** The error again, with the stack of where it was thrown. */
export function received({ message, stack, name, told }: ThrownError): Error {
  return Object.assign(new Error(message, told === null ? undefined : { cause: told }), { stack, name });
}
