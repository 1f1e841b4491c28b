import { dialSession } from '@group-services/runtime';
import { transportFor } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unix } from '@group-services/transport/unix';
import {
  decodeToClient,
  encodeFromClient,
  type FromClient,
  MAGIC,
  type ToClient,
  WIRE_VERSION,
} from '@group-services/wire';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';

/** As every process: it belongs to the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

/** The request number of the only question on its connection. */
const REQUEST = 1;

/** What only operators ask, without its number. */
type Wish =
  | Omit<Extract<FromClient, { readonly kind: 'reset' }>, 'request'>
  | Omit<Extract<FromClient, { readonly kind: 'forget' }>, 'request'>;

/**
 * Asks the daemon for something that no call of the client library does, over a connection of its own;
 * rejects with {@link CommandFailure}, which begins with `what`, unless it is done.
 */
export async function wished(daemon: DaemonSession, wish: Wish, what: string): Promise<void> {
  const answer = await answered(daemon, ask(daemon, wish));
  if (answer?.kind === 'done') return;
  const why = answer?.kind === 'refused' ? answer.text : 'the daemon closed the connection';
  throw new CommandFailure(EXIT_STATUS.failed, `${what}: ${why}`);
}

/** The daemon's answer; undefined when the connection ends before. */
async function ask({ endpoint }: DaemonSession, wish: Wish): Promise<ToClient | undefined> {
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
        link.send(encodeFromClient({ ...wish, request: REQUEST }));
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
