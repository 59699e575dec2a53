import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../src/cli/engine.js';
import { type CliRun, cli } from '../../cli/run-cli.js';
import type { ModuleFolder } from '../../modules/write-module.js';
import type { Kind } from './kinds.js';
import { type Lie, lies, type Thoroughness } from './mutate.js';

/**
 * A finding cannot lie: any single place of it is changed, and its replay refuses the file, or names what
 * differs, or prints not one character else. The last only where a replay uses nothing of the place, which is
 * said here.
 */

/** Of the hunt, which a replay does not do again. */
const OF_THE_HUNT = /^(?:strategy|seed|execution)$/;
/**
 * Of a scenario that the file brings: it is what the replay starts from, and what changes nothing in this
 * execution is told nowhere. One of the catalogue is compared whole.
 */
const OF_AN_OWN_SCENARIO = /^scenario\./;
/** What a replay executes, and what comes of it. */
const OF_THE_EXECUTION = /^(?:memory|cpus|schedule|steps|violation|latent|traceHash)$/;
/** An answer to a choice that changed nothing: another schedule of the very same execution. */
const ANSWER = /^=\d+$/;

export interface Told {
  readonly lies: number;
  /** Those that were neither refused nor named, and how. */
  readonly unnoticed: readonly string[];
}

/** Tells lies about a finding of the kind. `turn`: see mutate.ts. */
export async function tellLies(
  kind: Kind,
  folder: ModuleFolder,
  turn: number,
  thoroughness: Thoroughness,
): Promise<Told> {
  const text = await kind.make(folder);
  const file = join(folder.path, `${kind.name}.json`);
  const replay = (content: string): Promise<CliRun> => {
    writeFileSync(file, content);
    return cli(['replay', file, ...(kind.flags ?? [])], { engine: createEngine() });
  };
  const honest = await replay(text);
  if (honest.exitCode !== 1 || honest.stderr !== '')
    throw new Error(`${kind.name} is not reproduced: exit ${honest.exitCode}: ${honest.stderr}`);
  const isBrief = kind.byExecution === true && !thoroughness.everyWay;
  const fields = isBrief ? { fields: OF_THE_EXECUTION } : {};
  const all = lies(JSON.parse(text), turn, { ...thoroughness, ...fields });
  const unnoticed: string[] = [];
  for (const lie of all) {
    const why = whyUnnoticed(lie, await replay(JSON.stringify(lie.document)), honest, file);
    if (why !== null) unnoticed.push(`${lie.path} ${lie.how}: ${why}`);
  }
  return { lies: all.length, unnoticed };
}

/** Null where the lie was refused or named. */
function whyUnnoticed(lie: Lie, run: CliRun, honest: CliRun, file: string): string | null {
  const [field] = lie.path.split(/[.[]/);
  if (run.exitCode === 2) {
    const isOneLine = /^shootdown: [^\n]+\n$/.test(run.stderr);
    return isOneLine && !run.stdout.includes('reproduced:') ? null : `refused without a line: ${run.stderr}`;
  }
  if (run.exitCode !== 1) return `exit code ${run.exitCode}: ${run.stderr}`;
  if (run.stderr !== '')
    return run.stderr.includes(`${file}: ${field}`) ? null : `another place is named: ${run.stderr}`;
  if (run.stdout !== honest.stdout) return 'is told as if it had been seen';
  if (field === 'schedule' && ANSWER.test(entryAt(lie))) return null;
  return OF_THE_HUNT.test(lie.path) || OF_AN_OWN_SCENARIO.test(lie.path)
    ? null
    : 'neither compared nor known to be of no use';
}

function entryAt({ path, document }: Lie): string {
  const { schedule } = document as { readonly schedule: readonly string[] };
  return schedule[Number(/\d+/.exec(path)?.[0])] ?? '';
}
