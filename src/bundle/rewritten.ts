import { readFileSync } from 'node:fs';

/**
 * Our own sources as bundles have them, rewritten once in a process. Users' modules make each bundle another
 * one; whoever makes one bundle after the other would parse the same two hundred files for each.
 */

interface Rewritten {
  readonly source: string;
  /** Null where rewriting changed nothing. */
  readonly text: string | null;
}

const known = new Map<string, Rewritten>();

/**
 * The text of a file, rewritten; null for one that stays as it is. `how`: all that the result depends on but
 * the path and the text. The file is read each time: who works on the sources while a process runs gets what
 * there is now.
 */
export function rewritten(path: string, how: string, rewrite: (source: string) => string): string | null {
  const source = readFileSync(path, 'utf8');
  const key = `${how}\0${path}`;
  const before = known.get(key);
  if (before?.source === source) return before.text;
  const after = rewrite(source);
  const text = after === source ? null : after;
  known.set(key, { source, text });
  return text;
}
