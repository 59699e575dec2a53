import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from '../../src/trace/file-bytes.js';
import { metaPath, readMeta } from '../../src/trace/meta.js';
import { textOf } from '../../src/trace/read-file.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { TraceError } from '../../src/trace/trace-error.js';
import { GOLDEN } from './golden.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shootdown-trace-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('a recording on disk', () => {
  it('is the same plain and gzipped, and has the meta file beside it', () => {
    put(
      'same.meta.json',
      JSON.stringify({
        kernel: { release: '6.1.0', version: '#1' },
        vcpus: 2,
        tlb_single_page_flush_ceiling: 33,
      }),
    );
    const plain = readRecording(put('same.trace', GOLDEN));
    const packed = readRecording(put('same.trace.gz', gzipSync(GOLDEN)));
    expect(packed.events).toEqual(plain.events);
    expect(packed.name).toBe('same');
    expect(packed.meta).toEqual({ kernel: '6.1.0', kernelVersion: '#1', cpus: 2, flushCeiling: 33 });
  });

  it('may be several gzip members', () => {
    const half = GOLDEN.length >> 1;
    const bytes = Buffer.concat([gzipSync(GOLDEN.slice(0, half)), gzipSync(GOLDEN.slice(half))]);
    expect(textOf(bytes, 'f')).toBe(GOLDEN);
  });

  it('cannot be absent or a directory', () => {
    expect(() => readRecording(join(folder, 'absent'))).toThrow(
      /absent: cannot be read \(no such file\); expected an ftrace recording$/,
    );
    expect(() => readRecording(folder)).toThrow(/is a directory/);
    const path = put('beside.trace', GOLDEN);
    mkdirSync(join(folder, 'beside.meta.json'));
    expect(() => readRecording(path)).toThrow(
      /beside\.meta\.json: cannot be read \(is a directory\); expected the description of the recording/,
    );
  });

  it('is named where what lies beside it is given in its place', () => {
    const recording = put('own.trace.gz', gzipSync(GOLDEN));
    for (const [name, what] of [
      ['own.meta.json', 'the description of a recording'],
      ['own.hv', "a hypervisor's log"],
      ['own.hv.gz', "a hypervisor's log"],
    ]) {
      const path = put(name, '{}');
      expect(() => readRecording(path)).toThrow(
        new TraceError(
          path,
          null,
          `is ${what}, not the recording`,
          `give ${recording}; what lies beside it is found by its name`,
        ),
      );
      rmSync(path);
    }
    expect(() => readRecording(join(folder, 'lost.meta.json'))).toThrow(/; give the recording itself; /);
  });

  it('is told as cut when its gzip data ends early, with the line it came to', () => {
    const noise = Array.from(
      { length: 400 },
      (_, i) => `a-1 [000] ..... 1.000000: x: ${(i * 2654435761) >>> 0}`,
    ).join('\n');
    const bytes = gzipSync(`${noise}\n`);
    const cut = put('cut.trace.gz', bytes.subarray(0, bytes.length - 700));
    expect(() => readRecording(cut)).toThrow(
      /cut\.trace\.gz:\d+: compressed data ends early after \d+ whole lines; expected the rest/,
    );
    expect(() => readRecording(put('head.gz', bytes.subarray(0, 8)))).toThrow(
      /head\.gz:1: compressed data ends early/,
    );
  });

  it('is told as damaged when its gzip data is', () => {
    const bytes = gzipSync(GOLDEN);
    bytes.fill(0xff, 12, 40);
    expect(() => readRecording(put('damaged.gz', bytes))).toThrow(
      /damaged\.gz: gzip data is damaged \(Z_DATA_ERROR\); expected an intact gzip file/,
    );
  });

  it('cannot fill the memory: a file that unpacks to far more than text does is refused', () => {
    const bomb = put('bomb.gz', gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    expect(() => readRecording(bomb)).toThrow(
      /bomb\.gz: holds more than 32 MiB of text in \d+ compressed bytes; expected an ftrace recording/,
    );
  });

  it('is read up to a limit only', () => {
    expect(() => readBytes(put('big', 'x'.repeat(2_000)), 1_000)).toThrow(TraceError);
  });
});

describe('a meta file', () => {
  it('stands beside the recording under its name', () => {
    expect(metaPath('a/b.trace.gz')).toBe('a/b.meta.json');
    expect(metaPath('b.trace')).toBe('b.meta.json');
    expect(metaPath('b.gz')).toBe('b.meta.json');
  });

  it('is optional, but must be one', () => {
    expect(readMeta(join(folder, 'absent.meta.json'))).toBeUndefined();
    expect(() => readMeta(put('bad.meta.json', '{'))).toThrow(/bad\.meta\.json: is not JSON/);
    expect(() => readMeta(put('wrong.meta.json', '{"vcpus": "two"}'))).toThrow(
      /wrong\.meta\.json: has a wrong vcpus:/,
    );
    expect(readMeta(put('short.meta.json', '\ufeff{}\r\n'))).toEqual({ kernel: 'not named' });
  });
});
