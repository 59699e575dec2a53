import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CARRIED } from '../../trace/recordings.js';
import type { LargeFile } from './large.js';

/** Recordings, and what may lie beside one, as large as may be. */

const MIB = 1024 * 1024;

/** Recordings, plain and packed. */
export function largeRecordings(directory: string): LargeFile[] {
  const real = gunzipSync(readFileSync(CARRIED)).toString('utf8');
  const [some] = /^.*(?:tlb_flush|mmap).*$/m.exec(real) ?? [''];
  const nothing = gzipSync(Buffer.alloc(64 * MIB));
  const contents: Readonly<Record<string, string | Buffer>> = {
    'one line': 'x'.repeat(63 * MIB),
    lines: '\n'.repeat(63 * MIB),
    'a line again and again': `${some}\n`.repeat(Math.floor((40 * MIB) / (some.length + 1))),
    'no recording': 'nobody knows what this is\n'.repeat(2_000_000),
    'itself again and again': real.repeat(Math.floor((30 * MIB) / real.length)),
    'zeros, packed': nothing,
    'zeros, packed again and again': Buffer.concat(Array(100).fill(nothing)),
    'packed and cut': gzipSync(Buffer.from(real.repeat(5))).subarray(0, -1_000),
  };
  const whole = Object.entries(contents).flatMap(([name, content]) => {
    const file = join(directory, `recording-${name.replaceAll(/\W+/g, '-')}`);
    writeFileSync(file, content);
    return ['check', 'info'].map((command) => ({
      name: `recording, ${command}: ${name}`,
      argv: ['trace', command, file],
    }));
  });
  const again = join(directory, 'recording-itself-again-and-again');
  const out = ['--out', join(directory, 'out'), '--executions', '10', '--jobs', '1'];
  const hunted = {
    name: 'recording, hunt: itself again and again',
    argv: ['hunt', '--variant', 'b3-fixed', '--scenario', `trace:${again}`, ...out],
  };
  return [...whole, hunted, ...largeBeside(directory, real)];
}

/** Descriptions and hypervisor logs of a small recording. */
function largeBeside(directory: string, real: string): LargeFile[] {
  // Without the head, which tells how many events there are.
  const beginning = real.split('\n').slice(0, 4_000);
  const start = `${beginning.filter((line) => !line.startsWith('#')).join('\n')}\n`;
  const fields = (value: unknown): object =>
    Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`e${i}`, value]));
  const metas: Readonly<Record<string, string>> = {
    brackets: '['.repeat(MIB - 1),
    'empty lists': `{"x":[${'[],'.repeat(Math.floor(MIB / 3) - 10)}[]]}`,
    'counts that are none': JSON.stringify({ summary: { by_event: fields('x') } }),
    counts: JSON.stringify({ kernel: '6.12.117', check: { kprobe_misses: fields(1) } }),
    'a name': JSON.stringify({ kernel: 'k'.repeat(MIB - 100) }),
    'more than may be': ' '.repeat(60 * MIB),
  };
  const line = (i: number): string =>
    `${1 + Math.floor(i / 1e6)}.${String(i % 1e6).padStart(6, '0')} 1 0 put halt\n`;
  const lines = Array.from({ length: 2_500_000 }, (_, i) => line(i)).join('');
  const logs: Readonly<Record<string, string>> = {
    'one line': 'x'.repeat(60 * MIB),
    'empty lines': '\n'.repeat(60 * MIB),
    puts: lines,
  };
  const beside = (kind: string, ending: string, files: Readonly<Record<string, string>>): LargeFile[] =>
    Object.entries(files).map(([name, text]) => {
      const file = join(directory, `${kind}-${name.replaceAll(/\W+/g, '-')}.trace`);
      writeFileSync(file, start);
      writeFileSync(file.replace(/trace$/, ending), text);
      return {
        name: `recording's ${kind}: ${name}`,
        argv: ['trace', 'check', '--profile', '6.12.117', file],
      };
    });
  return [...beside('description', 'meta.json', metas), ...beside('hypervisor log', 'hv', logs)];
}
