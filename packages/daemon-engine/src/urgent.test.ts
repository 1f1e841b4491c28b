import { Driver, daemonId, type NodeName } from '@group-services/core';
import { expect, it } from 'vitest';
import { DaemonEngine } from './engine.js';
import type { DaemonInput, DaemonOutput } from './inputs.js';
import { DEFAULT_DAEMON_OPTIONS } from './options.js';
import { isUrgent } from './urgent.js';

const peer = daemonId('n2' as NodeName, 1);
const heartbeat: DaemonInput = {
  kind: 'fromPeer',
  peer,
  message: { kind: 'node', message: { kind: 'heartbeat', hears: [] } },
};

/** A daemon with much to do takes one input in a turn. */
function busyDaemon() {
  const turns: (() => void)[] = [];
  const host = { now: () => 0, setTimer: () => {}, defer: (turn: () => void) => turns.push(turn) };
  const node = 'n1' as NodeName;
  const options = { ...DEFAULT_DAEMON_OPTIONS, node, incarnation: 1, address: 'tcp://n1:1' };
  const outputs: DaemonOutput[] = [];
  const driver = new Driver<DaemonInput, DaemonOutput>({
    engine: new DaemonEngine(options),
    host,
    perform: (output) => outputs.push(output),
    isUrgent,
    inputsPerTurnMax: 1,
  });
  for (let client = 1; client <= 100; client += 1) {
    driver.enqueue({ kind: 'clientOpened', client, name: 'c' });
  }
  return { driver, outputs, turn: () => turns.shift()?.() };
}

it('M7: whoever dials a busy daemon and is new to it hears of it before all else is done', () => {
  const { driver, outputs, turn } = busyDaemon();
  driver.enqueue({ kind: 'peerUp', peer, address: 'tcp://n2:1' });
  driver.enqueue(heartbeat);
  while (driver.backlog > 90) turn();
  expect(outputs).toContainEqual(expect.objectContaining({ kind: 'toPeer', peer }));
});
