import { saveFinding } from '../../src/findings/store.js';
import { sampleFinding, sampleScenario } from './sample.js';

/**
 * Saves one finding after the other in the directory that is its argument, and prints the path of each, until
 * it is killed.
 */
const [directory = '', first = '0'] = process.argv.slice(2);
const notes = Array.from({ length: 100 }, (_, note) => `note ${note} ${'x'.repeat(500)}`);
for (let seed = Number(first); ; seed++) {
  const traceHash = seed.toString(16).padStart(8, '0');
  const { path } = saveFinding(
    sampleFinding({ seed, traceHash, scenario: sampleScenario({ notes }) }),
    directory,
  );
  process.stdout.write(`${path}\n`);
}
