import { existsSync } from 'node:fs';
import { saveFinding } from '../../src/findings/store.js';
import { sampleFinding, sampleScenario } from './sample.js';

/**
 * A process that saves findings beside others that do the same: ten that all of them have, and twenty of its
 * own under the same name. Prints seed and path of each once it is saved. Arguments: the directory, its own
 * number, and a file that means go.
 */
const [directory = '', own = '0', go = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
while (!existsSync(go));
for (let i = 0; i < 30; i++) {
  const seed = i < 10 ? i : 1_000 * Number(own) + i;
  // Large enough that a half-written one would be seen as that.
  const scenario = sampleScenario({
    notes: Array.from({ length: 50 }, (_, note) => `note ${note} of ${seed} ${'x'.repeat(200)}`),
  });
  const { path } = saveFinding(sampleFinding({ seed, scenario }), directory);
  process.stdout.write(`${seed} ${path}\n`);
}
