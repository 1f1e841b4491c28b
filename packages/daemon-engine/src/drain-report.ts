import { daemonOf } from '@group-services/core';
import type { DrainReport } from '@group-services/wire';
import type { ClientStatus } from './client-status.js';
import type { GroupSession } from './group-session.js';
import type { InspectParts } from './inspect.js';
import type { Peers } from './peers.js';

/** What keeps this daemon from being empty: for whoever waits to stop it. */
export function drainReport({ shared, peers, groups, clients }: InspectParts): DrainReport {
  const led = groups.all().filter(isLed);
  const processes = clients.list().filter(({ handles }) => handles > 0);
  const providers = processes.map((one) => countOf(one, 'provider'));
  const subscriptions = processes.map((one) => countOf(one, 'subscription'));
  return {
    drained: shared.drained,
    leads: led.length,
    processes: processes.length,
    providers: sum(providers),
    subscriptions: sum(subscriptions),
    waitsFor: [
      ...led.slice(0, NAMED_MAX).map((session) => leadText(session, peers)),
      ...processes.slice(0, NAMED_MAX).map(processText),
    ],
  };
}

/** Groups, and processes, that are named at most. */
const NAMED_MAX = 8;

function isLed({ metagroup }: GroupSession): boolean {
  return metagroup?.role === 'leader' || metagroup?.role === 'taking-over';
}

function leadText({ group, metagroup, membership }: GroupSession, peers: Peers): string {
  const others = metagroup?.entry?.members.filter(({ id }) => id !== membership) ?? [];
  const successor = others.find(({ id, full }) => {
    const daemon = daemonOf(id);
    return full && !peers.isSuspected(daemon) && !peers.isDrained(daemon);
  });
  if (successor !== undefined) return `group ${group}: its lead is being handed over`;
  const joins = others.some(({ full }) => !full);
  const why = joins
    ? 'the other daemon is still getting its state'
    : 'no other daemon could lead it';
  return `group ${group}: ${why}`;
}

function processText(status: ClientStatus): string {
  const [providers, subscriptions] = [countOf(status, 'provider'), countOf(status, 'subscription')];
  const name = status.name === '' ? `number ${status.client}` : status.name;
  return `process ${name}: ${providers} as provider, ${subscriptions} subscribed`;
}

function countOf({ memberships }: ClientStatus, kind: 'provider' | 'subscription'): number {
  return memberships.filter((one) => one.kind === kind).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
