import { defineConfig } from 'shootdown';

/** What "shootdown run" hunts, and what is to come of it. */
export default defineConfig({
  projects: [
    // A kernel as it is. What is known to be wrong in it is gone past ("shootdown list findings").
    { name: 'mainline', variant: '6.18', expect: 'clean', budget: { change: '30s', batch: '10m' } },
    // A bug that must be found: if it is not, the hunts above say little.
    { name: 'finds-a-known-bug', variant: 'b1', executions: 20_000, expect: 'violation:stale-use' },
    // A variant of yours: what its base has too is no failure of a change.
    // { name: 'mine', modules: 'my-variant.ts', expect: 'clean' },
  ],
  reporters: ['default', 'junit'],
  reporterFiles: { junit: 'junit.xml' },
});
