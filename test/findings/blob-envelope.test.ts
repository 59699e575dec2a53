import { expect, it } from 'vitest';
import { blobText } from '../../src/findings/blob-envelope.js';
import { FINDING_BYTES_MAX } from '../../src/findings/schema.js';
import { InfrastructureError } from '../../src/vocabulary/errors.js';

it('writes no blob that no merge would read', () => {
  // As the text is laid out.
  const left = FINDING_BYTES_MAX - blobText({ notes: '' }, '').length;
  expect(blobText({ notes: 'x'.repeat(left) }, 'name fewer')).toHaveLength(FINDING_BYTES_MAX);
  const tooMuch = (): string => blobText({ notes: 'x'.repeat(left + 1) }, 'name fewer');
  expect(tooMuch).toThrow(InfrastructureError);
  expect(tooMuch).toThrow(/^the blob: 16777217 bytes are more than a merge reads [^;]*; name fewer$/);
});
