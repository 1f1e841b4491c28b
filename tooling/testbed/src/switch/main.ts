// The program in the switch namespace. Arguments: number of hosts, prefix of the testbed's namespaces.
// Commands are JSON lines on standard input, each answered by the counters.
//
// It is also the testbed's guard: its standard input ends when the test process does, in whatever way,
// and then it removes everything. So it must not follow the signals that end a test run.
import { createInterface } from 'node:readline';
import { removeAll } from '../namespaces.js';
import { Fabric } from './fabric.js';
import type { Rules } from './rules.js';

const [hosts, prefix] = process.argv.slice(2);
const fabric = new Fabric(Number(hosts));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

await fabric.open();
answer();
for await (const line of createInterface({ input: process.stdin })) {
  // Written by `SwitchControl`, nobody else.
  const { rules } = JSON.parse(line) as { readonly rules?: Rules };
  if (rules !== undefined) fabric.apply(rules);
  answer();
}
await removeAll(prefix ?? '');
process.exit(0);

function answer(): void {
  process.stdout.write(`${JSON.stringify(fabric.counters)}\n`);
}
