import { type ConnectedProcess, connectedProcesses } from './admin-answers.js';
import type { DaemonSession } from './daemon-session.js';
import { labelsText } from './labels-text.js';
import { byteCount } from './printable.js';
import type { Report } from './report.js';
import { table } from './table.js';

/** `gsctl clients`: the processes of the node whose daemon is asked. */
export async function clients({ api, services }: DaemonSession): Promise<Report> {
  const found = await api.get('/api/clients', connectedProcesses);
  const { node } = services;
  return { json: { node, clients: found }, text: clientsText(found, node) };
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
