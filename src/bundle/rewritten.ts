import { readFileSync } from 'node:fs';

/**
 * Our own sources as a bundle has them, rewritten once in a process: commands and tests that make one bundle
 * after the other, each with other users' modules, would parse the same two hundred files for each.
 */

type Rewrite = (source: string, path: string) => string;

interface Rewritten {
  readonly source: string;
  /** Null where rewriting changed nothing. */
  readonly text: string | null;
}

/**
 * Rewrites files, each once while its text is the same; null for one that stays as it is. It is read each
 * time: whoever works on the sources while a process runs gets what there is now.
 */
export function rewriter(rewrite: Rewrite): (path: string) => string | null {
  const known = new Map<string, Rewritten>();
  return (path) => {
    const source = readFileSync(path, 'utf8');
    const before = known.get(path);
    if (before?.source === source) return before.text;
    const rewritten = rewrite(source, path);
    const text = rewritten === source ? null : rewritten;
    known.set(path, { source, text });
    return text;
  };
}
