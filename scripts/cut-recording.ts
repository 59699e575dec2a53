/**
 * Cuts the recording that the project carries: the first lines of a recording, with its header put right and
 * a short meta file.
 *
 *     npx tsx scripts/cut-recording.ts RECORDING.trace.gz LINES OUT.trace.gz [WORKLOAD]
 *
 * `data/server-6.12.trace.gz` is the first 17,600 lines of `k612native4-w8` with the workload "a small
 * server: worker pool, malloc/free, a second process, short forks": all windows of that recording (see
 * src/trace/window.ts). It is cut from the beginning, not around a window: the slots, generations and masks
 * at a window's start are learnt from everything before it. The same input gives the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readBytes } from '../src/trace/file-bytes.js';
import { metaPath, readMeta } from '../src/trace/meta.js';
import { parseTrace } from '../src/trace/parse.js';
import { textOf } from '../src/trace/read-file.js';
import { recordingName } from '../src/trace/read-recording.js';

const [source, linesText, target, workload] = process.argv.slice(2);
const wanted = Number(linesText);
if (source === undefined || target === undefined || !Number.isInteger(wanted) || wanted < 20) {
  process.stderr.write(
    'usage: npx tsx scripts/cut-recording.ts RECORDING.trace.gz LINES OUT.trace.gz [WORKLOAD]\n',
  );
  process.exit(2);
}

const lines = textOf(readBytes(source), source).split('\n').slice(0, wanted);
const events = lines.filter((line) => !line.startsWith('#')).length;
const COUNTS = /^(# entries-in-buffer\/entries-written: )\d+\/\d+/;
const text = `${lines.map((line) => line.replace(COUNTS, `$1${events}/${events}`)).join('\n')}\n`;
const recording = parseTrace(text, target);

const packed = gzipSync(text, { level: 9 });
packed[9] = 255; // Operating system: unknown, so that the bytes do not depend on it.
writeFileSync(target, packed);

const meta = readMeta(metaPath(source));
const description = {
  name: recordingName(target),
  origin: `lines 1 to ${lines.length} of the recording ${recordingName(source)}`,
  kernel: { release: meta?.kernel ?? 'not named', version: meta?.kernelVersion },
  machine: meta?.machine,
  vcpus: recording.cpus,
  cpu_flags: { pcid: meta?.pcid },
  tlb_single_page_flush_ceiling: meta?.flushCeiling,
  workload: (workload ?? meta?.workload) === undefined ? undefined : { name: workload ?? meta?.workload },
};
writeFileSync(metaPath(target), `${JSON.stringify(description, null, 2)}\n`);
process.stdout.write(`${target}: ${events} events, ${packed.length} bytes\n`);
