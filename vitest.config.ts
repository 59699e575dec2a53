import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Tests with a process for each file: they change what outlives a test, such as the working directory, Node's
 * own functions, or what a module reads when it is loaded, or they count threads and listeners. The others
 * share processes, which load the sources once; whatever such a test changes it puts back.
 */
const OWN = [
  'examples/**/*.test.ts',
  'test/{browser,faults,readme,seal,vitest}/**/*.test.ts',
  'test/bundle/{bundler,temporary}.test.ts',
  'test/explore/pool.test.ts',
  'test/findings/{keeper,no-links}.test.ts',
];

/**
 * What takes longest of each project, longest first: begun late, one file alone would be waited for. Without
 * a run before it Vitest only knows how large files are.
 */
const LONG = [
  'readme/readme',
  'csource/command-line',
  'seal/attacks',
  'faults/commands',
  'cli/compare',
  'examples/papers',
  'examples/examples',
  'findings/lies/lies',
  'rules/rules',
  'scripts/run',
  'study/study',
  'explore/hunt',
].map((name) => source(`test/${name}.test.ts`));

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const turns = new Map(LONG.map((path, turn) => [path, turn]));
    const turnOf = ({ moduleId }: TestSpecification): number => turns.get(moduleId) ?? LONG.length;
    // A shared process ends where a file of its own comes between: each project stays together.
    return [...new Set(sorted.map(({ project }) => project))].flatMap((project) =>
      sorted.filter((one) => one.project === project).sort((a, b) => turnOf(a) - turnOf(b)),
    );
  }
}

export default defineConfig({
  resolve: {
    // As a user's project resolves the package.
    alias: [
      { find: /^shootdown$/, replacement: source('src/index.ts') },
      { find: /^shootdown\/vitest$/, replacement: source('src/vitest/index.ts') },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'own', include: OWN } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...OWN],
          isolate: false,
        },
      },
    ],
    // Forks, not threads: some tests start worker threads of their own and install signal handlers, which
    // belong to a whole process.
    pool: 'forks',
    // One more than a small machine has cores: most files are one thread's work, and many wait for processes,
    // clocks and disks.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    // What Vite makes of a source is kept (node_modules/.experimental-vitest-cache) by its text: the second
    // project needs nearly all that the first does, and so does the next run.
    experimental: { fsModuleCache: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
