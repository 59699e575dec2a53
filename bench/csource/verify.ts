import { basename } from 'node:path';
import { createEngine } from '../../src/cli/engine.js';
import { findCompiler } from '../../src/csource/clang.js';
import type { VerifyVerdict } from '../../src/verify/api.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

/**
 * All executions of small scenarios, a kernel's own C text against the lab's transcription of it: where both
 * are decided they must be decided alike.
 *
 *     npx tsx bench/csource/verify.ts [--seconds 20] [--only NAME,NAME] TREE...
 *
 * Exit code 1 where they differ.
 */

const given = argumentsOf({ seconds: 20, only: '' }, 'TREE...');
const only = given.only === '' ? [] : given.only.split(',');

await findCompiler();
for (const tree of given.positionals) {
  const engine = createEngine();
  const source = await engine.prepareSource(tree, { config: [] });
  const { base, variant } = source.ref;
  await engine.loadModules([], false, undefined, [source]);
  const verifier = await engine.verifier();
  const verify = async (name: string, scenario: Awaited<ReturnType<typeof scenarios>>[number]) => {
    const asked = { subject: { variant: name, scenario }, memory: 'tso', memoryLimit: 4 * 2 ** 30 } as const;
    return (await verifier.verify({ ...asked, budgetMs: given.seconds * 1000 })).verdict;
  };
  const scenarios = () => engine.verifyScenarios();
  let [decided, alike, cMs, baseMs] = [0, 0, 0, 0];
  try {
    for (const scenario of await engine.fittingScenarios([variant], undefined, await scenarios())) {
      if (only.length > 0 && !only.includes(scenario.name)) continue;
      const [inC, transcribed] = [await verify(variant, scenario), await verify(base, scenario)];
      const isDecided = wholly(inC) && wholly(transcribed);
      const isAlike = inC.violation === transcribed.violation;
      if (isDecided) {
        decided++;
        if (isAlike) alike++;
        cMs += inC.seconds * 1000;
        baseMs += transcribed.seconds * 1000;
      }
      console.log(
        `${scenario.name}: ${words(inC)}; ${base} ${words(transcribed)}${isDecided && !isAlike ? ' DIFFERENT' : ''}`,
      );
    }
  } finally {
    verifier.close();
  }
  if (alike < decided) process.exitCode = 1;
  const ratio = (cMs / baseMs).toFixed(2);
  const result = `${alike} of ${decided} scenarios that both complete are decided alike; C takes ${ratio} of the time`;
  const name = basename(tree);
  console.log(`${name} (${variant}): ${result}`);
  const command = `npx tsx bench/csource/verify.ts --seconds ${given.seconds} TREE`;
  if (given.isRecorded)
    record({ what: `all executions of C text of ${variant.replace('c/', '')}`, result, command });
}

/** Whether it was decided for all executions. */
function wholly({ complete, violation }: VerifyVerdict): boolean {
  return complete || violation !== null;
}

function words({ complete, violation, states, seconds }: VerifyVerdict): string {
  const said = violation ?? (complete ? 'none' : 'not decided');
  return `${said}, ${states.toLocaleString('en')} states, ${seconds.toFixed(1)} s`;
}
