import type { Socket } from 'node:net';
import type { Dialler, DialOptions, Link, LinkHandlers } from './contract.js';
import { dialSocket, type LinkEnds } from './sockets.js';
import { unixAddresses } from './unix-address.js';

/**
 * The half of {@link unix} that connects. Who listens makes and watches a file, too, of which a program that
 * is bundled with the client library need not carry anything.
 */
export function unixDialler(): Dialler {
  return { ...unixAddresses, delivery: 'stream', privacy: 'host', dial };
}

async function dial(
  address: string,
  handlers: LinkHandlers,
  options: DialOptions = {},
): Promise<Link> {
  const { path } = unixAddresses.partsOf(address);
  const ends = (socket: Socket): LinkEnds => ({
    local: 'unix:(dialled)',
    remote: address,
    abort: abortOf(socket),
  });
  return await dialSocket({ path }, address, { handlers, options, ends });
}

/** A Unix socket has no reset: the peer sees a broken link only if it had more to read or write. */
export function abortOf(socket: Socket): () => void {
  return () => void socket.destroy();
}
