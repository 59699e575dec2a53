import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unfit } from './input-size.js';

const COMMENT = /[#@][ \t]*sourceMappingURL=([^\s'"*]+)/g;

/**
 * Why the map that a file's text names is not read, or null: the bundler follows such a comment to whatever
 * file it names, to its end.
 */
export function unfitMap(path: string, text: string): string | null {
  for (const [, url] of text.matchAll(COMMENT)) {
    if (url.startsWith('data:')) continue;
    for (const file of filesOf(url, dirname(path))) {
      const found = unfit(file);
      if (found !== null) return found;
    }
  }
  return null;
}

/** As it stands there, and as a URL. */
function filesOf(url: string, directory: string): string[] {
  const files = [resolve(directory, url)];
  try {
    files.push(url.startsWith('file:') ? fileURLToPath(url) : resolve(directory, decodeURIComponent(url)));
  } catch {
    // Not a URL: it can name nothing but what stands there.
  }
  return files;
}
