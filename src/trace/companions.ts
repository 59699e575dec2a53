import { existsSync } from 'node:fs';
import { escapeText, TraceError } from './trace-error.js';

/**
 * The files that lie beside a recording under its name. A shell's `*` or a completed name gives one of them
 * in the recording's place.
 */
const COMPANIONS: readonly { readonly ending: RegExp; readonly what: string }[] = [
  { ending: /\.meta\.json$/, what: 'the description of a recording' },
  { ending: /\.hv(?:\.gz)?$/, what: "a hypervisor's log" },
];

/** What recordings are called, the usual name first. */
const ENDINGS = ['.trace.gz', '.trace', '.gz'];

/** Throws TraceError, with the name of the recording, for a file that lies beside one. */
export function refuseCompanion(path: string): void {
  for (const { ending, what } of COMPANIONS) {
    if (!ending.test(path)) continue;
    const base = path.replace(ending, '');
    const recording = ENDINGS.map((end) => base + end).find((name) => existsSync(name));
    throw new TraceError(
      path,
      null,
      `is ${what}, not the recording`,
      recording === undefined
        ? 'give the recording itself; what lies beside it is found by its name'
        : `give ${escapeText(recording)}; what lies beside it is found by its name`,
    );
  }
}
