/**
 * Keeps the findings of a run, whatever becomes of the directory meanwhile: what cannot be saved there is
 * saved among the temporary files, and what cannot be saved there either is printed. Each failure is said at
 * once, where an hour of hunting may still lie ahead.
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfrastructureError, InputError, systemReason } from '../vocabulary/errors.js';
import type { Finding } from '../vocabulary/finding.js';
import { serializeFinding } from './serialize.js';
import { findingName, saveFinding } from './store.js';
import { syncDirectory, writeSynced } from './synced-file.js';

export class Keeper {
  /** A finding could not be saved where it should have been. */
  failed = false;
  private refuge: string | null = null;

  constructor(
    private readonly directory: string,
    /** Prints a line, or the text of a finding. */
    private readonly say: (text: string) => void,
  ) {}

  /** Where the finding is kept; null if it could only be printed. */
  keep(finding: Finding): string | null {
    try {
      return saveFinding(finding, this.directory).path;
    } catch (error) {
      this.failed = true;
      if (error instanceof InfrastructureError) return this.rescue(finding, error.what);
      // Not of the form that a replay accepts: a bug of ours or a witness beyond all bounds, and the only
      // witness all the same.
      const why = error instanceof InputError ? error.what : systemReason(error);
      return this.rescue(finding, `a finding could not be read again (${why})`, '.rejected');
    }
  }

  private rescue(finding: Finding, why: string, suffix = ''): string | null {
    const text = serializeFinding(finding);
    try {
      this.refuge ??= mkdtempSync(join(tmpdir(), 'shootdown-findings-'));
      const path =
        suffix === ''
          ? saveFinding(finding, this.refuge).path
          : join(this.refuge, findingName(finding) + suffix);
      if (suffix !== '') writeSynced(path, Buffer.from(text, 'utf8'));
      syncDirectory(this.refuge);
      this.say(`${why}; it is kept as ${path}`);
      return path;
    } catch (error) {
      this.say(
        `${why}, nor under ${tmpdir()} (${systemReason(error)}); the finding follows, put it into a file:`,
      );
      this.say(text.trimEnd());
      return null;
    }
  }
}
