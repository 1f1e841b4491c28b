import * as z from 'zod';
import { type ConnectedProcess, connectedProcesses } from './admin-answers.js';
import type { DaemonSession } from './daemon-session.js';
import { CommandFailure } from './exit-status.js';
import { labelsText } from './labels-text.js';
import type { OtherDaemon } from './pressing.js';
import { byteCount } from './printable.js';
import type { Report } from './report.js';
import { table } from './table.js';

/** The processes of another node, or why they are not known. */
export type OtherClients =
  | { readonly url: string; readonly node: string; readonly clients: readonly ConnectedProcess[] }
  | { readonly url: string; readonly error: string };

/** `gsctl clients`: the processes of the node whose daemon is asked, and of others that are given. */
export async function clients(
  { api, services }: DaemonSession,
  others: readonly OtherDaemon[],
): Promise<Report> {
  const [found, more] = await Promise.all([
    api.get('/api/clients', connectedProcesses),
    Promise.all(others.map(clientsOf)),
  ]);
  const { node } = services;
  const text = [clientsText(found, node), ...more.map(otherText)].join('\n\n');
  return { json: { node, clients: found, ...(more.length > 0 && { others: more }) }, text };
}

async function clientsOf({ url, api }: OtherDaemon): Promise<OtherClients> {
  try {
    const [{ node }, found] = await Promise.all([
      api.get('/api/status', z.object({ node: z.string() })),
      api.get('/api/clients', connectedProcesses),
    ]);
    return { url, node, clients: found };
  } catch (error) {
    if (error instanceof CommandFailure) return { url, error: error.message };
    throw error;
  }
}

export function otherText(other: OtherClients): string {
  if ('error' in other) return `Not known of ${other.url}: ${other.error}`;
  return `On ${other.node}:\n${clientsText(other.clients, other.node)}`;
}

export function clientsText(found: readonly ConnectedProcess[], node: string): string {
  if (found.length === 0) return `No process is connected to the daemon of ${node}.`;
  return table(
    ['number', 'process', 'providers', 'subscriptions', 'unread', 'state'],
    found.map((one) => [
      one.client,
      one.name,
      providersOf(one),
      one.memberships.filter(({ kind }) => kind === 'subscription').length,
      byteCount(one.queuedBytes),
      stateOf(one),
    ]),
  );
}

/** Each with its group; one that has not been let in yet is `joining`. */
function providersOf({ memberships }: ConnectedProcess): string {
  return memberships
    .filter(({ kind }) => kind === 'provider')
    .map(({ group, provider, labels }) => {
      const text = labelsText(labels);
      return `${provider ?? 'joining'} in ${group}${text === '' ? '' : ` (${text})`}`;
    })
    .join(', ');
}

function stateOf({ pressing, responsiveness }: ConnectedProcess): string {
  const groups = pressing.map(({ group, cause }) => `${cause} in ${group}`);
  if (groups.length > 0) return `slow: ${groups.join(', ')}`;
  return responsiveness ?? 'connected';
}
