import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // As a user's project resolves the package.
    alias: [
      { find: /^shootdown$/, replacement: source('src/index.ts') },
      { find: /^shootdown\/vitest$/, replacement: source('src/vitest/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    // Forks, not threads: some tests start worker threads of their own and install signal handlers, which
    // belong to a whole process.
    pool: 'forks',
    // Vitest leaves a core free; most files are one thread's work, and a red build should be red soon.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
