import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isUserFile } from '../../bundle/user-files.js';
import { stateOf } from '../../modules/reads.js';

/**
 * The files of one run, and whether they are still what it has read. They are asked for, not listened to:
 * there are few, editors put another file in a file's place, and not every file system tells of changes.
 */

const POLL_MS = 150;

const IN_PACKAGE = /[\\/]node_modules[\\/]/;
const DECLARATIONS = /\.d\.[cm]?ts$/;
const SOURCE = /\.[cm]?[jt]sx?$/;
const IMPORTABLE = /\.(?:[cm]?[jt]sx?|json)$/;

export class WatchedFiles {
  private readonly states = new Map<string, string>();
  /** What could be imported from there, by folders of the user's own files. */
  private readonly listings = new Map<string, string>();
  private readonly told = new Set<string>();
  private readonly named: ReadonlySet<string>;
  private hasFolders = false;

  /**
   * `named`: those that there are before the run has told of any. `earlier`: those of the run before, which
   * count until it is known that this one has read what it needs.
   */
  constructor(named: readonly string[], earlier: readonly string[] = []) {
    this.named = new Set(named.map((path) => resolve(path)));
    for (const file of [...this.named, ...earlier]) this.states.set(file, stateOf(file));
  }

  get files(): string[] {
    return [...this.states.keys()];
  }

  /** Those that people have written: no configurations. */
  get written(): string[] {
    return this.files.filter(isWritten);
  }

  /** As the run has found it. What the compiler alone reads of packages and of us changes with no module. */
  note(file: string, state: string): void {
    if (!isUserFile(file) && (!IN_PACKAGE.test(file) || DECLARATIONS.test(file))) return;
    // It is read several times.
    if (!this.told.has(file)) this.states.set(file, state);
    this.told.add(file);
    const folder = dirname(file);
    if (isWritten(file) && !this.listings.has(folder)) this.listings.set(folder, listingOf(folder));
  }

  /** The run has read all that it needs. */
  forgetEarlier(): void {
    for (const file of this.files)
      if (!this.told.has(file) && !this.named.has(file)) this.states.delete(file);
  }

  /** From now on a file that is new counts too: one that does not run may lack just that. */
  watchFolders(): void {
    this.hasFolders = true;
  }

  /** Resolves to what has changed once it has held still; to nothing where `signal` comes first. */
  async changed(signal: AbortSignal): Promise<string[]> {
    let before: string | null = null;
    for (;;) {
      try {
        await setTimeout(POLL_MS, undefined, { signal });
      } catch {
        return [];
      }
      const now = this.differing();
      if (now.length > 0 && JSON.stringify(now) === before) return now.map(([path]) => path);
      before = JSON.stringify(now);
    }
  }

  private differing(): [path: string, state: string][] {
    const files = [...this.states].flatMap(([file, state]) => differs(file, stateOf(file), state));
    if (!this.hasFolders) return files;
    return [
      ...files,
      ...[...this.listings].flatMap(([folder, names]) => differs(folder, listingOf(folder), names)),
    ];
  }
}

function isWritten(file: string): boolean {
  return SOURCE.test(file) && !IN_PACKAGE.test(file);
}

function differs(path: string, now: string, before: string): [string, string][] {
  return now === before ? [] : [[path, now]];
}

function listingOf(folder: string): string {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || IMPORTABLE.test(entry.name)))
      .map(({ name }) => name)
      .sort()
      .join('\n');
  } catch {
    return 'missing';
  }
}
