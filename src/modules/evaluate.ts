import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { noteEvaluated } from '../bundle/evaluated.js';
import { type BundlePlaces, userError } from '../bundle/places.js';
import { displayPath } from '../bundle/user-files.js';
import { plainError } from '../seal/thrown.js';
import { InputError } from '../vocabulary/errors.js';
import { apiKey } from './bundle-modules.js';

/** Evaluates bundled modules in this process. */

/** How long a module may take until it is evaluated. */
const PATIENCE_MS = 10_000;

/** What each of the modules exports, in the order of the files. Throws InputError. */
export async function evaluate(
  files: readonly string[],
  outfile: string,
  api: object,
  places: BundlePlaces,
): Promise<object[]> {
  noteEvaluated({ paths: files, places });
  const known = globalThis as Record<symbol, unknown>;
  known[Symbol.for(apiKey(outfile))] = api;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new InputError(
            `${awaitIn(files)}: not loaded after ${PATIENCE_MS / 1000} s: an await at its top does not end`,
          ),
        );
      }, PATIENCE_MS);
    });
    const namespace = (await Promise.race([
      import(/* @vite-ignore */ pathToFileURL(outfile).href),
      late,
    ])) as Record<string, object>;
    return files.map((_, index) => namespace[`module${index}`]);
  } catch (error) {
    throw loadMistake(error, files, places);
  } finally {
    clearTimeout(timer);
    delete known[Symbol.for(apiKey(outfile))];
  }
}

/** What a module threw while it was evaluated or looked at. */
export function loadMistake(thrown: unknown, files: readonly string[], places: BundlePlaces): InputError {
  if (thrown instanceof InputError) return thrown;
  const message = `${files.map(displayPath).join(', ')}: cannot be loaded: ${plainError(thrown).message}`;
  return userError(thrown, places, files) ?? new InputError(message);
}

/** Where the first await of the modules stands; there is one, or they would have been loaded. */
function awaitIn(files: readonly string[]): string {
  for (const file of files) {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => /(?<!\/\/.*)\bawait\b/.test(text));
    if (line >= 0) return `${displayPath(file)}:${line + 1}`;
  }
  return displayPath(files[0]);
}
