import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceName } from './user-files.js';

/**
 * Our own sources as bundles have them, rewritten once. Users' modules make each bundle another one; whoever
 * makes one bundle after the other would parse the same two hundred files for each. A process keeps them in
 * memory; beside translated sources they are kept for the processes after it, as whole bundles are (kept.ts).
 */

interface Rewritten {
  /** Of the text that was rewritten. */
  readonly hash: string;
  /** Null where rewriting changed nothing. */
  readonly text: string | null;
}

type Kept = Record<string, Rewritten>;

let known: Map<string, Rewritten> | null = null;
let isMore = false;

/**
 * The text of a file, rewritten; null for one that stays as it is. `how`: all that the result depends on but
 * the path and the text. The file is read each time: who works on the sources while a process runs gets what
 * there is now.
 */
export function rewritten(path: string, how: string, rewrite: (source: string) => string): string | null {
  known ??= new Map(Object.entries(read()));
  const source = readFileSync(path, 'utf8');
  const hash = createHash('sha256').update(source).digest('base64url');
  const key = `${how} ${sourceName(path) ?? path}`;
  const before = known.get(key);
  if (before?.hash === hash) return before.text;
  const after = rewrite(source);
  const text = after === source ? null : after;
  known.set(key, { hash, text });
  isMore = true;
  return text;
}

/** Keeps for later processes what this one has rewritten, where that can be; `isKept`: of which keys. */
export function keepRewritten(isKept: (how: string) => boolean): void {
  const file = keptFile();
  if (!isMore || known === null || file === null) return;
  isMore = false;
  const kept: Kept = Object.fromEntries([...known].filter(([key]) => isKept(key)));
  const temporary = `${file}-${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, JSON.stringify(kept));
    // Whole or not at all: others may read it meanwhile.
    renameSync(temporary, file);
  } catch {
    // Somebody else's directory, or a full disk: each process rewrites for itself.
    rmSync(temporary, { force: true });
  }
}

function read(): Kept {
  const file = keptFile();
  if (file === null) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Null where the sources are run as they stand: they may change at any time. */
function keptFile(): string | null {
  if (!import.meta.url.endsWith('.js')) return null;
  return fileURLToPath(new URL('../../bundles/rewritten.json', import.meta.url));
}
