import type { Column } from '../study.js';

/** Where the witness is kept. */
export const findingColumn: Column = {
  key: 'finding',
  title: ['FINDING'],
  width: 8,
  jsonOnly: true,
  value: ({ verdict }) => verdict?.finding ?? null,
  text: ({ verdict }) => verdict?.finding ?? '-',
};
