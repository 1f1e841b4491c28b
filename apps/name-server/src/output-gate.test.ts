import type { DaemonId, GroupName } from '@group-services/core';
import type { NameServerOutput } from '@group-services/name-server';
import { expect, it } from 'vitest';

import { OutputGate } from './output-gate.js';

const persist = (group: string): NameServerOutput => ({
  kind: 'persist',
  record: { kind: 'gone', group: group as GroupName, generation: 1 },
});
const disconnect = (daemon: string): NameServerOutput => ({
  kind: 'disconnect',
  daemon: daemon as DaemonId,
  code: 'superseded',
  text: '',
});

/** A gate whose disk answers when the test says so. */
function gateWithDisk() {
  const events: string[] = [];
  const writes: { readonly done: () => void; readonly break: (error: Error) => void }[] = [];
  const gate = new OutputGate({
    append: async (records) => {
      events.push(
        `write ${records.map((one) => (one.kind === 'gone' ? one.group : '')).join(' ')}`,
      );
      await new Promise<void>((resolve, reject) => {
        writes.push({ done: resolve, break: reject });
      });
    },
    perform: (output) => {
      events.push(output.kind === 'disconnect' ? output.daemon : output.kind);
    },
    written: () => events.push('written'),
    failed: (error) => events.push(`failed ${error instanceof Error ? error.message : ''}`),
  });
  return { gate, events, writes };
}

async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

it('performs at once what no record precedes', () => {
  const { gate, events } = gateWithDisk();
  gate.take(disconnect('a'));
  gate.turnEnded();
  expect(events).toEqual(['a']);
});

it('holds back what follows a record until it is durable, and gathers records meanwhile', async () => {
  const { gate, events, writes } = gateWithDisk();
  gate.take(disconnect('before'));
  gate.take(persist('g1'));
  gate.take(disconnect('after g1'));
  gate.turnEnded();
  gate.take(disconnect('no record, but later'));
  gate.take(persist('g2'));
  gate.turnEnded();
  gate.take(persist('g3'));
  gate.take(disconnect('after g3'));
  gate.turnEnded();
  await settle();
  expect(events).toEqual(['before', 'write g1']);
  writes[0]?.done();
  await settle();
  expect(events.slice(2)).toEqual(['after g1', 'written', 'write g2 g3']);
  writes[1]?.done();
  await settle();
  expect(events.slice(5)).toEqual(['no record, but later', 'after g3', 'written']);
  gate.take(disconnect('idle again'));
  expect(events.at(-1)).toBe('idle again');
});

it('performs nothing any more once a write has failed', async () => {
  const { gate, events, writes } = gateWithDisk();
  gate.take(persist('g1'));
  gate.take(disconnect('after g1'));
  gate.turnEnded();
  writes[0]?.break(new Error('disk full'));
  await gate.settled();
  gate.take(disconnect('later'));
  gate.take(persist('g2'));
  gate.turnEnded();
  await settle();
  expect(events).toEqual(['write g1', 'failed disk full']);
  expect(gate.size).toBe(0);
});
