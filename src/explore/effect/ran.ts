/**
 * What a bundle with users' modules notes of their code while it runs (bundle/cover.ts); nothing where there
 * is none.
 */

interface Covered {
  shootdownCovered?: Map<string, Uint8Array>;
  shootdownMute?: (muted: boolean) => void;
}

/** Sites of a file that ran, in ascending order. */
export interface RanSites {
  readonly file: string;
  readonly sites: readonly number[];
}

export function forgetRan(): void {
  for (const ran of (globalThis as Covered).shootdownCovered?.values() ?? []) ran.fill(0);
}

export function ranSites(): RanSites[] {
  const files = [...((globalThis as Covered).shootdownCovered ?? [])];
  return files.map(([file, ran]) => ({
    file,
    sites: Array.from(ran.keys()).filter((site) => ran[site] !== 0),
  }));
}

/** Runs code that counts as nobody's: what the base is asked. */
export function unnoted<T>(run: () => T): T {
  const mute = (globalThis as Covered).shootdownMute;
  if (mute === undefined) return run();
  mute(true);
  try {
    return run();
  } finally {
    mute(false);
  }
}
