import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../vocabulary/package-root.js';

/** The package's own sources, which travel with it: what lists of functions and operations are read from. */

/** A file of the sources. */
export interface SourceText {
  /** From the root of the package: `src/kernel/smp.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files of these folders under `src`, and of those in them, by path. */
export function sourcesOf(...folders: readonly string[]): SourceText[] {
  const root = fileURLToPath(packageRoot());
  return folders.flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${folder}/${name.replaceAll('\\', '/')}`)
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

/** A docstring's text in one line, without its tags; the tags by name. */
export interface Doc {
  readonly text: string;
  readonly tags: Readonly<Record<string, string>>;
}

const TAG = /^@(\w+) ([\s\S]*)$/;

export function docOf(comment: string): Doc {
  const lines = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim());
  const parts = lines.join('\n').split(/\n\s*\n|\n(?=@)/);
  const tags: Record<string, string> = {};
  const words: string[] = [];
  for (const part of parts) {
    const text = part.replace(/\s+/g, ' ').trim();
    const tag = TAG.exec(text);
    if (tag !== null) tags[tag[1]] = tag[2].replace(/\.$/, '');
    else if (text !== '') words.push(text);
  }
  return { text: words.join(' '), tags };
}
