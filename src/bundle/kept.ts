import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundle } from './bundle.js';

/**
 * Bundles of nothing but our own sources are the same for everybody who runs those. They are kept beside the
 * translated sources: `npm run build` makes them for the package (ship.ts), and a clone's first command that
 * needs one makes it for those after it (scripts/run.mjs translates anew when a source has changed).
 */

/** Without users' modules, and without a place of its own. */
export type OwnBundle = Omit<BundleOptions, 'outfile' | 'modules'>;

/** Makes one for the package. Throws as `bundle` does. */
export async function ship(options: OwnBundle): Promise<void> {
  const outfile = keptFile(options);
  if (outfile === null) throw new Error('what is shipped is made of what `npm run build` has translated');
  await bundle({ ...options, outfile });
}

/**
 * The bundle's file: the one that is kept, or `outfile`, made now, with users' modules or where nothing can
 * be kept. Throws as `bundle` does.
 */
export async function bundled(options: BundleOptions): Promise<string> {
  const { outfile, modules } = options;
  const kept = modules === undefined || modules.paths.length === 0 ? keptFile(options) : null;
  if (kept !== null && (existsSync(kept) || (await keep(options, kept)))) return kept;
  await bundle(options);
  return outfile;
}

/** Whether it is kept now: a package's directory may be anybody's, and a disk full. */
async function keep(options: BundleOptions, kept: string): Promise<boolean> {
  const folder = dirname(kept);
  // As deep as the folder itself: the source map's paths are relative.
  const temporary = `${folder}-${process.pid}`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(temporary);
  } catch {
    return false;
  }
  try {
    await bundle({ ...options, outfile: join(temporary, basename(kept)) });
    // Whole or not at all, since others may look for it meanwhile.
    renameSync(temporary, folder);
    return true;
  } catch {
    // Somebody else was first, or the disk is full. What is wrong with the sources is told when the bundle
    // is made where it always can be.
    return existsSync(kept);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Where it is kept; null where nothing is: TypeScript that is run as it stands may change at any time. */
function keptFile({ entry }: OwnBundle): string | null {
  if (!import.meta.url.endsWith('.js') || isAbsolute(entry)) return null;
  const name = basename(entry);
  return fileURLToPath(new URL(`../../bundles/${name}/${name}.mjs`, import.meta.url));
}
