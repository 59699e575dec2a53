import { writeFileSync } from 'node:fs';
import { type Place, withTree } from './strange-places.js';
import { batches, CONFIG, FOUND, searched } from './strange-whole.js';

/** The places where commands write files, or read what they have written before. */

const study = (at: (name: string) => string): string[] => [
  ...['study', 'remote-tlb-gen', '--exhaustive', '--variant', 'kvm/v5', '--scenario', 'preempted-whole'],
  ...['--jobs', '1', '--state', at('kept.jsonl'), '--out', at('out')],
];

const WRITTEN: readonly Place[] = [
  {
    name: 'baseline, updated',
    file: 'known.json',
    whole: 'baseline',
    argv: (at) => [...FOUND, '--baseline', at('known.json'), '--update-baseline', '--out', at('out')],
  },
  { name: 'kept verdicts', file: 'kept.jsonl', whole: 'verdicts', argv: study },
  { name: '--out', file: 'out', whole: 'page', argv: (at) => [...FOUND, '--out', at('out')] },
  {
    name: 'the directory of --out',
    file: 'dir',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('dir/out')],
  },
  ...['junit', 'sarif', 'json', 'blob', 'markdown'].map(
    (reporter): Place => ({
      name: `report, ${reporter}`,
      file: 'report',
      whole: 'page',
      argv: (at) => [...FOUND, '--out', at('out'), '--reporter', reporter, '--reporter-file', at('report')],
    }),
  ),
  {
    name: '--report-dir',
    file: 'pages',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'html', '--report-dir', at('pages')],
  },
  {
    name: 'page',
    file: 'pages/index.html',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'html', '--report-dir', at('pages')],
  },
  {
    name: 'page of a finding',
    file: 'pages/index.html',
    whole: 'page',
    prepare: (at, { finding }) => writeFileSync(at('f.json'), finding),
    argv: (at) => ['show', at('f.json'), '--open', '--report-dir', at('pages')],
    env: () => ({ BROWSER: '/bin/true' }),
  },
  {
    name: 'job summary',
    isForCi: true,
    file: 'summary.md',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out'), '--reporter', 'github-actions'],
    env: (at) => ({ GITHUB_STEP_SUMMARY: at('summary.md') }),
  },
  ...(
    [
      ['corpus', 'corpus', 'page'],
      ["the corpus's batches", 'corpus/batches', 'page'],
      ['batch', ({ batchFile }) => batchFile, 'batch'],
    ] satisfies readonly [string, Place['file'], Place['whole']][]
  ).map(
    ([name, file, whole]): Place => ({
      name,
      file,
      whole,
      prepare: (at) => writeFileSync(at('c.ts'), CONFIG),
      argv: batches,
    }),
  ),
  {
    name: 'TMPDIR',
    file: 'tmp',
    whole: 'page',
    argv: (at) => [...FOUND, '--out', at('out')],
    env: (at) => ({ TMPDIR: at('tmp') }),
  },
  {
    name: 'XDG_CACHE_HOME',
    file: 'cache',
    whole: 'page',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
    env: (at) => ({ XDG_CACHE_HOME: at('cache') }),
  },
  {
    name: 'HOME',
    file: 'home',
    whole: 'page',
    prepare: withTree,
    argv: (at) => ['source', 'check', at('tree')],
    env: (at) => ({ HOME: at('home'), XDG_CACHE_HOME: '' }),
  },
];

/** Behind all others, so that parts of the whole have what they had before. */
const ADDED: readonly Place[] = [
  {
    name: "a baseline's lock",
    file: '.known.json.lock',
    whole: null,
    argv: (at) => [...FOUND, '--baseline', at('known.json'), '--update-baseline', '--out', at('out')],
  },
  ...(['stress', 'study', 'verify'] as const).map(
    (kind): Place => ({
      name: `blob of ${kind}`,
      file: 'b.json',
      whole: `${kind}Blob`,
      argv: (at) => ['merge', at('b.json'), '--allow-missing', '--out', at('out')],
    }),
  ),
  {
    name: 'page of explore',
    file: 'page.html',
    whole: 'page',
    argv: (at) => ['explore', '--output', at('page.html')],
  },
  {
    name: 'trace of show',
    file: 'a.pftrace',
    whole: 'page',
    prepare: (at, { finding }) => writeFileSync(at('f.json'), finding),
    argv: (at) => ['show', at('f.json'), '--format', 'perfetto', '--output', at('a.pftrace')],
  },
  { name: 'searches', file: 'state', whole: 'page', argv: searched },
  {
    name: 'search',
    file: ({ searchFile }) => searchFile,
    whole: 'search',
    argv: (at) => [...searched(at), '--resume'],
  },
];

export const OUTPUTS: readonly Place[] = [...WRITTEN, ...ADDED].map((place) => ({
  ...place,
  isOutput: true,
}));
