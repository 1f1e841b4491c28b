import type { Server, Socket } from 'node:net';

import type { Link, LinkHandlers, Listener, ListenOptions, Transport } from './contract.js';
import { TransportError, toTransportError } from './errors.js';
import { ListeningFile } from './listening-file.js';
import { makeDirectory, removeStaleSocket, setGroup, setMode } from './socket-file.js';
import { type LinkEnds, linkServer, startListening } from './sockets.js';
import { unixAddresses } from './unix-address.js';
import { abortOf, unixDialler } from './unix-dialler.js';

/** Bound, because another process may keep taking the path between our two steps. */
const LISTEN_ATTEMPTS_MAX = 3;

/**
 * Links over Unix stream sockets, at `unix:///path`.
 *
 * Listening creates a missing directory (mode 0755) and replaces the socket file of a process that
 * is gone, never that of a living one. While it listens, a file that somebody deletes is made again.
 * Closing removes the file unless it is no longer ours.
 */
export function unix(): Transport {
  return { ...unixDialler(), listen };
}

async function listen(
  address: string,
  onLink: (link: Link) => LinkHandlers,
  options: ListenOptions = {},
): Promise<Listener> {
  const { path } = unixAddresses.partsOf(address);
  let linkCount = 0;
  const ends = (socket: Socket): LinkEnds => {
    linkCount += 1;
    return { local: address, remote: `${address}#${linkCount}`, abort: abortOf(socket) };
  };
  const listening = new ListeningFile(path, options, async () => {
    await makeDirectory(path, address);
    const server = await bind(path, address, () => linkServer(onLink, options, ends));
    if (options.groupId !== undefined) setGroup(path, options.groupId, address);
    if (options.mode !== undefined) setMode(path, options.mode, address);
    server.on('error', (error) => options.onError?.(toTransportError('listen', address, error)));
    return server;
  });
  await listening.begin();
  return { address, close: async () => listening.close() };
}

async function bind(path: string, address: string, newServer: () => Server): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const server = newServer();
    try {
      await startListening(server, address, { path });
      return server;
    } catch (error) {
      const isTaken = error instanceof TransportError && error.code === 'address-in-use';
      if (!isTaken || attempt === LISTEN_ATTEMPTS_MAX) throw error;
    }
    await removeStaleSocket(path, address);
  }
}
