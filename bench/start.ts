import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { argumentsOf } from './arguments.js';
import { alternate, record } from './harness.js';
import { median, quantile, ratiosOf } from './statistics.js';

/**
 * How long a command of a clone takes until it has answered: through scripts/run.mjs, which keeps a
 * translation of the sources, and by tsx.
 *
 *     npx tsx bench/start.ts [--rounds 15] [--record]
 *
 * In turn, in wall time: what else the computer does is in it, least of all in the shortest. The first start
 * after a change of the sources translates them, and is told apart.
 */

const { rounds, isRecorded } = argumentsOf({ rounds: 15 });
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function seconds(...args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args, 'list', 'strategies'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - began) / 1_000;
}

const first = seconds('scripts/run.mjs');
const { translated, tsx } = await alternate(rounds, {
  translated: () => seconds('scripts/run.mjs'),
  tsx: () => seconds('--import', 'tsx', 'src/cli/main.ts'),
});
const told = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} s (least ${quantile(values, 0).toFixed(2)})`;
const ratio = median(ratiosOf(translated, tsx)).toFixed(2);
const result = `median ${told(translated)}, by tsx ${told(tsx)}; ${ratio} of it, median of ${rounds} pairs`;
console.log(`first start ${first.toFixed(2)} s; then ${result}`);
if (isRecorded)
  record({
    what: "a clone's command, `list strategies`",
    result,
    command: `npx tsx bench/start.ts --rounds ${rounds}`,
  });
