import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../src/cli/engine.js';
import { hunted } from '../cli/fake-engine.js';
import { sampleVerdict } from '../report/verdicts.js';
import type { Subject } from './subjects.js';

/**
 * A hunt of C text: what the cache of translations reads and writes. The compiler runs once; then a script
 * gives again what it has made.
 */

const TREE = fileURLToPath(new URL('../csource/fixtures/tree', import.meta.url));

/** What was asked for is the last argument. */
const SCRIPT = `#!/bin/sh
here=\${0%/*}
case "$1" in
  --version) echo 'a compiler that has done its work'; exit;;
  -print-prog-name=*) echo "$here/wasm-ld"; exit;;
esac
for last; do :; done
made="$here/\${last##*/}"
[ -e "$made" ] || { "\${0##*/}" "$@" && mv "$last" "$made"; } || exit 1
cp "$made" "$last"
`;

let compiler: string | null = null;
function onceCompiling(): string {
  if (compiler !== null) return compiler;
  const folder = mkdtempSync(join(tmpdir(), 'compiled-once-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  compiler = join(folder, 'clang');
  writeFileSync(compiler, SCRIPT);
  chmodSync(compiler, 0o755);
  symlinkSync('clang', join(folder, 'wasm-ld'));
  return compiler;
}

export const C_TEXT: Subject = {
  name: 'hunt of C text',
  exitCode: 0,
  // Before the room's own directory for temporary files is.
  prepare: () => void onceCompiling(),
  argv: (at) => [
    ...['hunt', '--kernel-source', TREE, '--clang', onceCompiling(), '--scenario', 'ping-pong-munmap'],
    ...['--executions', '100', '--jobs', '1', '--no-base', '--out', at('out')],
  ],
  findings: 0,
  engine: () => ({
    ...createEngine(),
    loadModules: async (_files, _typeCheck, _expected, sources = []) => {
      for (const { module } of sources) if (!existsSync(module)) throw new Error('there is no translation');
      return { variants: sources.map(({ ref }) => ref.variant), programs: [], scenarios: [] };
    },
    findVariant: async (name) => name,
    openPool: async () => ({ close: async () => undefined }),
    hunt: async ({ variant, memory }) => hunted(sampleVerdict({ variant, memory })),
  }),
};
