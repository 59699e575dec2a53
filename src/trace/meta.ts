/**
 * The `NAME.meta.json` beside a recording: optional, and every key of it is optional.
 */
import * as z from 'zod';
import { isThere } from '../vocabulary/is-there.js';
import { readBytes } from './file-bytes.js';
import type { RecordingMeta } from './recording.js';
import { TraceError } from './trace-error.js';

/** A hundred times the longest that there is. */
const MAX_META_BYTES = 1024 * 1024;
const META = 'the description of the recording beside it (or no such file)';

const MetaFile = z.object({
  kernel: z.union([z.string(), z.object({ release: z.string(), version: z.string().optional() })]).optional(),
  machine: z.string().optional(),
  vcpus: z.number().int().min(1).max(8192).optional(),
  cpu_flags: z.object({ pcid: z.boolean().optional() }).optional(),
  invlpgb_count_max: z.number().int().min(1).max(65_535).optional(),
  tlb_single_page_flush_ceiling: z.number().int().min(0).max(1_000_000).nullish(),
  workload: z.object({ name: z.string() }).optional(),
  check: z.object({ kprobe_misses: z.record(z.string(), z.number()).optional() }).optional(),
  summary: z.object({ by_event: z.record(z.string(), z.number()).optional() }).optional(),
});

/** Where the meta file of a recording would be: `x.trace.gz`, `x.trace` and `x.gz` all have `x.meta.json`. */
export function metaPath(recording: string): string {
  return `${recording.replace(/\.gz$/, '').replace(/\.trace$/, '')}.meta.json`;
}

/**
 * The meta file's content, undefined when there is none. Throws TraceError when it is there but is not what
 * it should be.
 */
export function readMeta(path: string): RecordingMeta | undefined {
  if (!isThere(path)) return undefined;
  let json: unknown;
  try {
    // A decoder drops a byte order mark, JSON has none.
    json = JSON.parse(new TextDecoder().decode(readBytes(path, MAX_META_BYTES, META)));
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError(path, null, `is not JSON`, `expected ${META}`);
  }
  const parsed = MetaFile.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TraceError(
      path,
      null,
      `has a wrong ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'not readable'}; ` +
        'expected the description of a recording',
    );
  }
  const meta = parsed.data;
  const kernel = typeof meta.kernel === 'string' ? { release: meta.kernel, version: undefined } : meta.kernel;
  return {
    kernel: kernel?.release ?? 'not named',
    ...(kernel?.version === undefined ? {} : { kernelVersion: kernel.version }),
    ...(meta.machine === undefined ? {} : { machine: meta.machine }),
    ...(meta.vcpus === undefined ? {} : { cpus: meta.vcpus }),
    ...(meta.cpu_flags?.pcid === undefined ? {} : { pcid: meta.cpu_flags.pcid }),
    ...(meta.invlpgb_count_max === undefined ? {} : { invlpgbCountMax: meta.invlpgb_count_max }),
    ...(typeof meta.tlb_single_page_flush_ceiling === 'number'
      ? { flushCeiling: meta.tlb_single_page_flush_ceiling }
      : {}),
    ...(meta.workload === undefined ? {} : { workload: meta.workload.name }),
    ...(meta.check?.kprobe_misses === undefined ? {} : { missedProbes: meta.check.kprobe_misses }),
    ...(meta.summary?.by_event === undefined ? {} : { eventCounts: meta.summary.by_event }),
  };
}
