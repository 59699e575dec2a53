import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { harmless } from '../../../findings/store.js';
import type { Subject } from '../../../programs/subject.js';
import { visible } from '../../../report/escape.js';
import type { Progress } from '../../../report/progress.js';
import { groupDigits } from '../../../report/text-columns.js';
import type { KeptRequest, VerifyVerdict } from '../../../verify/api.js';
import type { KeptNews } from '../../../verify/checkpoint/search-keeper.js';
import { InputError } from '../../../vocabulary/errors.js';
import { PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import { isThere } from '../../../vocabulary/is-there.js';
import type { CliContext } from '../../command-context.js';
import { duration, path } from '../../flag-values.js';
import { printLine } from '../../io.js';
import { flag, flagOr, toggle } from '../../options.js';

/** Where `verify` keeps its searches, and what it says of that: on stderr, a line each. */

const EVERY_MS = 30_000;
const MEBIBYTE = 2 ** 20;

export const KEEPING = {
  state: flag(
    '--state <dir>',
    'keeps each search there, in a file: a run that is killed or out of time can be gone on with',
    path,
  ),
  resume: toggle('--resume', 'goes on with what --state has; what it has not begins'),
  stateEvery: flagOr(
    '--state-every <time>',
    'how often a search is kept; it takes at most a tenth of the time',
    duration,
    EVERY_MS,
    '30s',
  ),
};

interface KeepingFlags {
  readonly state: string | undefined;
  readonly resume: boolean;
  readonly stateEvery: number;
}

/**
 * Null where nothing is to be kept. Throws InputError for flags that make no sense, and for a directory that
 * has such a search already, unless that is gone on with.
 */
export function keptSearches(
  context: CliContext,
  subjects: readonly Subject[],
  { state, resume, stateEvery }: KeepingFlags,
): KeptSearches | null {
  if (state === undefined) {
    if (!resume) return null;
    throw new InputError(
      '--resume: no search is named',
      'give the directory that it was kept in with --state',
    );
  }
  if (resume && !isThere(state))
    throw new InputError(
      `--resume: there is no ${state}`,
      'give the directory that --state was given before',
    );
  checkOutDirectory(state, ['--state', 'search']);
  const searches = new KeptSearches(context, state, resume, stateEvery);
  const there = resume ? undefined : subjects.map((subject) => searches.file(subject)).find(isThere);
  if (there !== undefined)
    throw new InputError(
      `${there}: a search of an earlier run`,
      'go on with it by --resume, or give another directory with --state',
    );
  return searches;
}

export class KeptSearches {
  /** Files that hold a search, with their sizes. */
  private readonly bytes = new Map<string, number>();
  private readonly failed = new Set<string>();

  constructor(
    private readonly context: CliContext,
    private readonly directory: string,
    private readonly isResumed: boolean,
    private readonly everyMs: number,
  ) {}

  file(subject: Subject): string {
    const [name, scenario] =
      'program' in subject ? [subject.program, PLAIN_PROGRAM] : [subject.variant, subject.scenario.name];
    // Two names that are the same where they are made harmless are two files.
    const hash = createHash('sha256')
      .update(JSON.stringify([name, scenario]))
      .digest('hex')
      .slice(0, 8);
    return join(this.directory, `${[name, scenario].map(harmless).join('--')}--${hash}.search`);
  }

  request(subject: Subject, progress: Progress): KeptRequest {
    const { isResumed, everyMs } = this;
    const file = this.file(subject);
    const onNews = (news: KeptNews): void => {
      if (news.kind === 'kept') {
        this.bytes.set(file, news.bytes);
        progress.show(`${file}: kept, ${groupDigits(news.states)} states`);
        return;
      }
      // A disk that is full stays it for a while: once is enough.
      if (news.kind === 'failed' && this.failed.has(file)) return;
      if (news.kind === 'failed') this.failed.add(file);
      progress.clear();
      this.say(`${file}: ${words(news)}`);
    };
    return { file, everyMs, isResumed, onNews };
  }

  /** Of a search that has no answer: where it can be gone on with. */
  tell(subject: Subject, { ended }: VerifyVerdict): void {
    const file = this.file(subject);
    const bytes = this.bytes.get(file);
    if (ended === null || bytes === undefined) return;
    this.say(
      `${file}: the search is kept (${(bytes / MEBIBYTE).toFixed(1)} MiB); the same command with --resume ` +
        'goes on with it',
    );
  }

  private say(text: string): void {
    printLine(this.context.io.stderr, `shootdown: ${visible(text)}`);
  }
}

function words(news: Exclude<KeptNews, { kind: 'kept' }>): string {
  if (news.kind === 'failed') return `the search cannot be kept: ${news.reason}; it goes on without`;
  return `goes on with ${groupDigits(news.states)} states of ${news.seconds.toFixed(0)} s`;
}
