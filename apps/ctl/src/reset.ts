import type { GroupName } from '@group-services/core';
import { dialSession } from '@group-services/runtime';
import { transportFor } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unix } from '@group-services/transport/unix';
import {
  decodeToClient,
  encodeFromClient,
  MAGIC,
  type ToClient,
  WIRE_VERSION,
} from '@group-services/wire';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { printable } from './printable.js';
import type { Report } from './report.js';

/** As every process: it belongs to the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

/** The request number of the only question on its connection. */
const REQUEST = 1;

/**
 * `gsctl group reset NAME`: the name server gives the group up, with all of its state. Its processes
 * are told `removed` (reason `group-lost`), its subscriptions `dissolved`, and the next join starts it
 * anew. No call of the client library does this, so it has a connection of its own.
 */
export async function resetGroup(daemon: DaemonSession, group: string): Promise<Report> {
  const answer = await answered(daemon, ask(daemon, group));
  if (answer?.kind === 'done') {
    const text = `Group ${printable(group)} is given up; the next join starts it anew.`;
    return { json: { group, reset: true }, text };
  }
  const why = answer?.kind === 'refused' ? answer.text : 'the daemon closed the connection';
  throw new CommandFailure(EXIT_STATUS.failed, `cannot reset group ${group}: ${why}`);
}

/** The daemon's answer; undefined when the connection ends before. */
async function ask(daemon: DaemonSession, group: string): Promise<ToClient | undefined> {
  const { endpoint } = daemon;
  // The command line has checked it.
  const name = group as GroupName;
  return await new Promise((resolve, reject) => {
    dialSession({
      transport: transportFor(endpoint, [tcp(), unix()]),
      address: endpoint,
      hello: {
        kind: 'hello',
        magic: MAGIC,
        role: 'client',
        wire: WIRE_VERSION,
        domain: ANY_DOMAIN,
        features: [],
        name: `gsctl ${process.pid}`,
      },
      opened: (link) => {
        link.send(encodeFromClient({ kind: 'reset', request: REQUEST, group: name }));
        return {
          onFrame: (frame) => {
            const message = decodeToClient(frame);
            if (!message.ok || !isAnswer(message.value)) return;
            resolve(message.value);
            link.close();
          },
          onClose: () => resolve(undefined),
        };
      },
    }).catch(reject);
  });
}

function isAnswer(message: ToClient): boolean {
  return (message.kind === 'done' || message.kind === 'refused') && message.request === REQUEST;
}
