import { serializeBlob } from '../../../src/findings/blob.js';
import { serializeStressBlob } from '../../../src/merge/stress/blob.js';
import { serializeStudyBlob } from '../../../src/merge/study/blob.js';
import { serializeVerifyBlob, type VerifyPart } from '../../../src/verify/shards/blob.js';
import type { KernelFinding } from '../../../src/vocabulary/finding.js';
import { sampleBlob, samplePart as sampleShard } from '../../merge/sample-blobs.js';
import { sampleLook, samplePart as sampleRun, sampleStress } from '../../merge/stress/sample-stress.js';
import { samplePairs, samplePart as sampleRow, sampleStudy } from '../../merge/study/sample-study.js';
import { samplePart as sampleSearch } from '../../verify/shards/parts.js';

/** A blob of each kind that `merge` reads, with a witness in it that replays. */
export function blobsOf(finding: KernelFinding): string[] {
  const { variant, seed, memory, scenario, shootdown, violation } = finding;
  const cause = 'no IPI';
  const hunted = { ...sampleShard(1, { variant }), witness: { finding, cause } };
  const hunt = { seed, memory, shootdown, subjects: [variant], shards: 2 };

  const look = { ...sampleLook(seed, 1), variant, executions: 10, witness: { finding, cause } };
  const place = { variant, scenario: scenario.name, cpus: scenario.cpus };
  const targets = [{ ...place, program: false }];
  const run = sampleRun(seed, [{ ...place, memory }], {
    look: { ...look, violation: violation.class },
  });

  const row = { group: 'kvm', heading: 'kvm: a backend', label: 'v0', senseless: null } as const;
  const rows = [
    { ...row, variant, baseline: null, at: [0, 0] as const },
    { ...row, variant: 'kvm/v1', label: 'v1', baseline: 'kvm/v0', at: [0, 1] as const },
  ];
  const study = sampleStudy([], { name: 'remote-tlb-gen', memory, shootdown });
  const parts = [
    sampleRow('kvm/v0', seed, { variant, did: hunted.did, witness: { finding, cause } }),
    sampleRow('kvm/v1', seed, { pairs: samplePairs('kvm/v1', seed, 4) }),
  ];

  const searched: VerifyPart = {
    ...sampleSearch(1, { variant, program: false, scenario: scenario.name, memory }),
    witness: finding,
  };
  const verdict = { ...searched.verdict, violation: violation.class, message: violation.message };
  const subjects = [{ variant, program: false, scenario: scenario.name }];
  return [
    serializeBlob(sampleBlob([hunted], hunt)),
    serializeStressBlob(sampleStress([run], { memory, shootdown, targets })),
    serializeStudyBlob({ ...study, rows, parts }),
    serializeVerifyBlob({
      ...{ format: 'shootdown-verify-blob', version: 1, parts: [{ ...searched, verdict }] },
      search: { shootdown, memory, switches: null, shards: 3, subjects },
    }),
  ];
}
