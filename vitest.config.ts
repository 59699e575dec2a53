import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Rooms whose tests change nothing that outlives them: one process runs file after file and loads the sources
 * once. The others have a process for each file.
 */
const SHARED = (
  'backends check drive explain explore/effect kernel known litmus lockstep lowering machine memory-order ' +
  'merge oracles programs reference report rules scenarios study subset trace variants verify vocabulary'
)
  .split(' ')
  .map((room) => `test/${room}/**/*.test.ts`);

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
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          name: 'own',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
    ],
    // Forks, not threads: some tests start worker threads of their own and install signal handlers, which
    // belong to a whole process.
    pool: 'forks',
    // Vitest leaves a core free; most files are one thread's work, and a red build should be red soon.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
