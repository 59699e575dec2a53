import type { CheckedVersion } from '../../src/check/index.js';
import { type HypervisorEvent, readHypervisorLog } from '../../src/trace/hypervisor-log.js';
import { profileOf } from '../../src/trace/identify.js';
import { readRecording } from '../../src/trace/read-recording.js';
import type { Recording } from '../../src/trace/recording.js';

/** A recording with what it is checked by: the profile of its kernel, and the hypervisor's log beside it. */
export interface Subject {
  readonly recording: Recording;
  readonly version: CheckedVersion;
  readonly log: readonly HypervisorEvent[] | null;
}

/** Reads a recording; null where no profile is that of its kernel. Throws TraceError. */
export function subjectOf(file: string): Subject | null {
  const recording = readRecording(file);
  const version = profileOf(recording);
  if (version === null) return null;
  const log = readHypervisorLog(file, Math.max(recording.cpus, recording.meta?.cpus ?? 0));
  return { recording, version, log };
}
