/** `--watch`: a command again and again, whenever a file that its modules are made of has changed. */

import { relative } from 'node:path';
import { visible } from '../../report/escape.js';
import { InputError } from '../../vocabulary/errors.js';
import { type CliContext, errColors } from '../command-context.js';
import type { NamedFile } from '../commands/hunt/distinct-files.js';
import { EXIT_INTERRUPTED, EXIT_UNREAD, EXIT_USAGE } from '../exit-codes.js';
import { printLine } from '../io.js';
import { WatchedFiles } from './watched-files.js';

/** Names of files in a line. */
const NAMED_MAX = 3;

interface WatchFlags {
  readonly watch: boolean;
  readonly shard?: unknown;
  readonly state?: unknown;
  readonly kernelSource?: unknown;
  /** A document has stdout for itself. */
  readonly isAlone: boolean;
}

/**
 * Whether the command is to be watched from here on. Throws InputError where there is nothing to watch, or
 * something that makes no sense again and again.
 */
export function isToBeWatched({ io }: CliContext, modules: readonly string[], flags: WatchFlags): boolean {
  if (!flags.watch || io.isWatched === true) return false;
  if (modules.length === 0)
    throw new InputError('--watch: no module is given, and nothing else is watched', 'give the file of one');
  const { shard, state, kernelSource, isAlone } = flags;
  const why: readonly (readonly [isGiven: boolean, what: string, remedy: string])[] = [
    [shard !== undefined, 'a shard is a part of one run', 'give one of --watch and --shard'],
    [state !== undefined, 'a search is kept for one run to be resumed', 'give one of --watch and --state'],
    [kernelSource !== undefined, 'C text is not watched', 'give one of --watch and --kernel-source'],
    [isAlone, 'a document on stdout would come several times', 'give it a file with --reporter-file'],
  ];
  const found = why.find(([isGiven]) => isGiven);
  if (found !== undefined) throw new InputError(`--watch: ${found[1]}`, found[2]);
  return true;
}

/**
 * Runs the command until Ctrl-C, which is the exit code then, whatever the runs came to. `named`: files that
 * the command line names.
 */
export async function watchModules(context: CliContext, named: readonly NamedFile[]): Promise<number> {
  const { io } = context;
  if (io.again === undefined)
    throw new InputError('--watch: this process cannot start another', 'run shootdown on a command line');
  const abort = new AbortController();
  let interrupt = (): void => undefined;
  const stopListening = io.onInterrupt(() => {
    abort.abort();
    interrupt();
  });
  try {
    let earlier: readonly string[] = [];
    while (!abort.signal.aborted) {
      const files: WatchedFiles = new WatchedFiles(
        named.map(({ path }) => path),
        earlier,
      );
      const run = io.again((file, state) => files.note(file, state));
      interrupt = run.interrupt;
      const changed = files.changed(abort.signal);
      const code = await Promise.race([run.ended, changed.then(() => null)]);
      if (code === EXIT_UNREAD) return code;
      if (code === null) {
        if (!abort.signal.aborted) run.cut();
      } else {
        if (code === EXIT_USAGE) files.watchFolders();
        else files.forgetEarlier();
        say(context, `waiting for file changes (${nameOf(files.written)}; Ctrl-C ends)`);
      }
      const names = await changed;
      interrupt = () => undefined;
      await run.ended;
      earlier = files.files;
      if (names.length > 0) say(context, `rerun: ${nameOf(names)} changed`);
    }
    return EXIT_INTERRUPTED;
  } finally {
    abort.abort();
    stopListening();
  }
}

/** On stderr: what is on stdout are the runs' reports. */
function say(context: CliContext, text: string): void {
  printLine(context.io.stderr, errColors(context).dim(`\n${visible(text)}`));
}

function nameOf(files: readonly string[]): string {
  const names = files.map((file) => relative(process.cwd(), file) || '.');
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${names.slice(0, NAMED_MAX).join(', ')} and ${more} more` : names.join(', ');
}
