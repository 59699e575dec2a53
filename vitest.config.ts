import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Tests with a process for each file: they change what outlives a test, such as the working directory, Node's
 * own functions, or what a module reads when it is loaded, or they count threads and listeners. The others
 * share processes, which load the sources once; whatever such a test changes it puts back.
 */
const OWN = [
  'examples/**/*.test.ts',
  'test/{browser,csource,faults,readme,seal,stress,vitest}/**/*.test.ts',
  'test/bundle/{bundler,temporary}.test.ts',
  'test/explore/pool.test.ts',
  'test/findings/{keeper,no-links}.test.ts',
];

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
    // Vitest leaves a core free; most files are one thread's work, and a red build should be red soon.
    maxWorkers: 2,
    // What Vite makes of a source is kept (node_modules/.experimental-vitest-cache) by its text: the second
    // project needs nearly all that the first does, and so does the next run.
    experimental: { fsModuleCache: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
