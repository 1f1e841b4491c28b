import { readFileSync } from 'node:fs';
import { Counts, type NodeName } from '@group-services/core';
import { DaemonEngine, DEFAULT_DAEMON_OPTIONS } from '@group-services/daemon-engine';
import { Traffic } from '@group-services/runtime';
import { expect, it } from 'vitest';
import { daemonMetrics } from './metrics.js';

// That programs write these is looked for in apps/daemon/test/metrics.test.ts. Many have no value there, so their
// labels are compared here, as they were declared.

const table = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');

/** Name, kind and labels of each metric in the table of docs/OPERATIONS.md. */
function documented(): Map<string, readonly [string, string]> {
  const rows = table.matchAll(/^\| (`group_services_.*?) \| (\w+) \| ?([a-z_, ]*?) ?\| /gmu);
  return new Map(
    [...rows].flatMap(([, names = '', kind = '', labels = '']) =>
      [...names.matchAll(/\bgroup_services_[a-z_]+\b/gu)].map(
        ([name]) => [name, [kind, labels]] as const,
      ),
    ),
  );
}

it('every metric has the kind and the labels that operators are told', () => {
  const address = 'tcp://127.0.0.1:1';
  const itself = { node: 'n1' as NodeName, incarnation: 1, address };
  const { definitions } = daemonMetrics({
    engine: new DaemonEngine({ ...DEFAULT_DAEMON_OPTIONS, ...itself }),
    traffic: new Traffic(),
    handshakes: new Counts(),
    clients: { size: 0, queuedBytesMax: 0, lost: new Counts() },
    version: '1.2.3',
    wireMinor: 0,
    certificates: [],
    groupsMax: 200,
  });
  expect(definitions.length).toBeGreaterThan(25);
  const told = documented();
  for (const { name, kind, labels } of definitions) {
    expect([name, told.get(name)]).toEqual([name, [kind, labels.join(', ')]]);
  }
});
