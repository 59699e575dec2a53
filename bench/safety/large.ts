/**
 * Files of megabytes through the command line, each in a process of its own: none may cost more than 512 MB or 10 s
 * of processor time, whatever is in it. Then all of them in one process, three times over, where what is slow only
 * once it has been compiled would show.
 *
 *     node --import tsx bench/safety/large.ts [beginning of the names to take]
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/cli/engine.js';
import { largeFiles } from '../../test/cli/fuzz/large.js';
import { cli } from '../../test/cli/run-cli.js';

const MEGABYTES_MAX = 512;
const SECONDS_MAX = 10;
const ROUNDS = 3;

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'shootdown-large-'));
const usage = join(directory, 'usage');
const hook = join(directory, 'hook.mjs');
writeFileSync(
  hook,
  `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.resourceUsage())));`,
);
let wrong = 0;
const only = process.argv[2] ?? '';
const files = largeFiles(directory).filter(({ name }) => name.startsWith(only));
for (const { name, argv } of files) {
  const command = ['--import', 'tsx', '--import', hook, join(root, 'src/cli/main.ts'), ...argv];
  const { status, signal, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8', timeout: 300_000 });
  const { userCPUTime, systemCPUTime, maxRSS } = signal === null ? JSON.parse(readFileSync(usage, 'utf8')) : { maxRSS: NaN };
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  const megabytes = maxRSS / 1024;
  const isLine = status !== 2 || /^shootdown: [^\n]{1,1000}\n$/.test(stderr);
  const isWithin = seconds <= SECONDS_MAX && megabytes <= MEGABYTES_MAX && [0, 1, 2].includes(status ?? -1) && isLine;
  if (!isWithin) wrong++;
  const told = stderr.split('\n')[0]?.slice(0, 110);
  console.log(`${isWithin ? 'ok   ' : 'WRONG'} ${name}: exit ${status}, ${seconds.toFixed(1)} s, ${Math.round(megabytes)} MB  ${told}`);
}
const engine = createEngine();
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, argv } of files) {
    const began = process.cpuUsage();
    const { exitCode } = await cli(argv, { engine });
    const { user, system } = process.cpuUsage(began);
    const seconds = (user + system) / 1e6;
    if (seconds <= SECONDS_MAX && [0, 1, 2].includes(exitCode)) continue;
    wrong++;
    console.log(`WRONG in one process, round ${round + 1}: ${name}: exit ${exitCode}, ${seconds.toFixed(1)} s`);
  }
}
console.log(`one process, ${ROUNDS} rounds of ${files.length} files: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`);
console.log(`wrong: ${wrong}`);
rmSync(directory, { recursive: true });
process.exitCode = wrong === 0 ? 0 : 1;
