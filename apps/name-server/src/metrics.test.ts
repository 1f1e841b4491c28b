import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EtcdHealth } from './etcd/health.js';
import { nameServerMetrics } from './metrics.js';
import { NameServerTally } from './tally.js';

const table = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');

it('every metric has the kind and the labels that operators are told, those on etcd too', () => {
  const { definitions } = nameServerMetrics({
    life: () => undefined,
    lead: {
      mayAnswer: true,
      state: undefined,
      etcd: new EtcdHealth(),
      stepDown: undefined,
      start: () => {},
      close: async () => {},
    },
    tally: new NameServerTally(),
    certificates: [],
    version: '1.2.3',
    wireMinor: 0,
  });
  expect(definitions.map(({ name }) => name)).toContain('group_services_etcd_failures_total');
  for (const { name, kind, labels } of definitions) {
    const row = table.split('\n').find((line) => line.includes(`\`${name}\``)) ?? '';
    const told = row.split('|').map((cell) => cell.trim());
    expect([name, told[2], told[3]]).toEqual([name, kind, labels.join(', ')]);
  }
});
