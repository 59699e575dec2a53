import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/cli/engine.js';
import { findCompiler } from '../../src/csource/clang.js';
import type { Optimisation } from '../../src/csource/flags.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { huntTree } from './hunt-tree.js';

/**
 * The small kernel that is right as long as the compiler does what is written, at -O0, at -O2, and at -O2
 * with READ_ONCE: by plain hunts over the catalogue, and all executions of a small scenario.
 *
 *     npx tsx bench/csource/optimised.ts [--seeds 5] [--executions 10000] [--jobs 1] [--seconds 60]
 *
 * Exit code 1 where the violation is met elsewhere than at -O2 without READ_ONCE, or not there.
 */

const LAST_FLUSH = fileURLToPath(new URL('../../test/csource/fixtures/last-flush', import.meta.url));
const SUBJECTS: readonly { readonly optimisation: Optimisation; readonly config: readonly string[] }[] = [
  { optimisation: 0, config: [] },
  { optimisation: 2, config: [] },
  { optimisation: 2, config: ['LOOK_ONCE'] },
];

const given = argumentsOf({ seeds: 5, executions: 10_000, jobs: 1, seconds: 60 });

await findCompiler();
for (const subject of SUBJECTS) {
  const isWrong = subject.optimisation === 2 && subject.config.length === 0;
  const after: number[] = [];
  let [found, executions] = [0, 0];
  for (let seed = 1; seed <= given.seeds; seed++) {
    const { verdict } = await huntTree(LAST_FLUSH, { ...given, ...subject, seed });
    executions += verdict.executions;
    if (verdict.violation === null) continue;
    found++;
    after.push(verdict.executions);
  }
  const proved = await allExecutions(subject);
  if (found !== (isWrong ? given.seeds : 0) || proved.isWrong !== isWrong) process.exitCode = 1;
  const name = `-O${subject.optimisation}${subject.config.length === 0 ? '' : ' with READ_ONCE'}`;
  const hunts =
    found === 0
      ? `none in ${executions.toLocaleString('en')}`
      : `found by ${found} of ${given.seeds} seeds, after ${after.join(', ')} executions`;
  const result = `${hunts}; all executions of switch-back: ${proved.said}`;
  console.log(`${name}: ${result}`);
  const command = `npx tsx bench/csource/optimised.ts --seeds ${given.seeds}`;
  if (given.isRecorded) record({ what: `the kernel of a merged second look, ${name}`, result, command });
}

async function allExecutions(subject: (typeof SUBJECTS)[number]) {
  const engine = createEngine();
  const source = await engine.prepareSource(LAST_FLUSH, subject);
  await engine.loadModules([], false, undefined, [source]);
  const scenario = (await engine.verifyScenarios()).find(({ name }) => name === 'switch-back');
  if (scenario === undefined) throw new Error('no scenario switch-back');
  const verifier = await engine.verifier();
  try {
    const asked = { subject: { variant: source.variant, scenario }, memory: 'tso' } as const;
    const limits = { memoryLimit: 4 * 2 ** 30, budgetMs: given.seconds * 1000 };
    const { verdict } = await verifier.verify({ ...asked, ...limits });
    const { violation, complete, states, latent } = verdict;
    const met = [...(violation === null ? [] : [violation]), ...latent.map((one) => `latent ${one.class}`)];
    const said = met.length > 0 ? met.join(', ') : complete ? 'none goes wrong' : 'not decided';
    return { isWrong: met.length > 0, said: `${said}, ${states.toLocaleString('en')} states` };
  } finally {
    verifier.close();
  }
}
