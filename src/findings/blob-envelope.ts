/**
 * What all blobs have in common, whatever command wrote them: a format and a version that say what they are,
 * a schema that bounds what is in them, and something that those which are merged must have in common.
 */

import type * as z from 'zod';
import { InfrastructureError, InputError } from '../vocabulary/errors.js';
import { printableJson } from '../vocabulary/unprintable.js';
import { brief, FINDING_BYTES_MAX, isObject, issueLine } from './schema.js';

/** A kind of blob. */
export interface BlobEnvelope<Schema extends z.ZodType> {
  readonly format: string;
  readonly version: number;
  readonly schema: Schema;
  /** What to do about one that is damaged. */
  readonly remedy: string;
}

/** Whether a value says of itself that it is a blob of the kind. */
export function isOfFormat(
  { format }: { readonly format: string },
  value: unknown,
): value is Readonly<Record<string, unknown>> {
  return isObject(value) && value.format === format;
}

/** What is in a value that says so, checked by its schema. Throws InputError. */
export function openEnvelope<Schema extends z.ZodType>(
  { version, schema, remedy }: BlobEnvelope<Schema>,
  value: Readonly<Record<string, unknown>>,
  file: string,
): z.output<Schema> {
  if (value.version !== version)
    throw new InputError(
      `${file}: version: this shootdown reads version ${version}, not ${brief(value.version)}`,
      'use the shootdown that wrote it',
    );
  const result = schema.safeParse(value, { reportInput: true });
  if (!result.success) throw new InputError(`${file}: ${issueLine(result.error)}`, remedy);
  return result.data;
}

/** `smaller`: how a command leaves less behind. Throws InfrastructureError for what no merge would read. */
export function blobText(blob: object, smaller: string): string {
  const text = printableJson(JSON.stringify(blob, null, 1));
  const bytes = Buffer.byteLength(text);
  if (bytes <= FINDING_BYTES_MAX) return text;
  throw new InfrastructureError(
    `the blob: ${bytes} bytes are more than a merge reads (at most ${FINDING_BYTES_MAX})`,
    smaller,
  );
}

/** A file, and what it says that its blob is of. */
export interface NamedOrigin<Origin> {
  readonly file: string;
  readonly of: Origin;
}

/**
 * Throws InputError where two blobs are of two `whats` ("hunts"). `fields`: all that those of one have in
 * common, in words; lists of anything but names are compared and not told.
 */
export function requireOneOrigin<Origin extends object>(
  fields: Readonly<Record<keyof Origin, string>>,
  one: NamedOrigin<Origin>,
  other: NamedOrigin<Origin>,
  whats: string,
): void {
  for (const [field, name] of Object.entries(fields) as [keyof Origin, string][]) {
    const [here, there] = [one.of[field], other.of[field]];
    if (JSON.stringify(here) === JSON.stringify(there)) continue;
    const [a, b] = [here, there].map(originWords);
    const values = a === null || b === null ? '' : ` ${a}, and ${b}`;
    throw new InputError(
      `${one.file} and ${other.file} are of two ${whats}: ${name}${values}`,
      'merge those of one',
    );
  }
}

function originWords(value: unknown): string | null {
  if (!Array.isArray(value)) return value === null ? 'none' : String(value);
  return value.every((entry) => typeof entry === 'string') ? value.join(', ') : null;
}
