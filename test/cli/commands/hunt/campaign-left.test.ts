import { expect, it } from 'vitest';
import { campaignLeftMs } from '../../../../src/cli/commands/hunt/campaign-left.js';

const SECOND_OF_FOUR = { index: 1, count: 4, turnMs: 5_000 };

it('takes turns to come to be limited as the one that it is, where nobody says otherwise', () => {
  const left = campaignLeftMs({ elapsedMs: 4_000, leftMs: 6_000 }, SECOND_OF_FOUR);
  expect(left).toBe(6_000 + 2 * 10_000);
  expect(campaignLeftMs({ elapsedMs: 4_000 }, SECOND_OF_FOUR)).toBeUndefined();
});

it('goes by the limits of turns where they have their own, of which a hunt may be a part', () => {
  const hunt = { elapsedMs: 1_000, leftMs: 100 };
  expect(campaignLeftMs(hunt, SECOND_OF_FOUR, [1, 20_000, 7_000, 3_000])).toBe(25_000);
  expect(campaignLeftMs(hunt, SECOND_OF_FOUR, [1, 20_000, undefined, 3_000])).toBeUndefined();
});
