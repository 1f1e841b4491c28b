import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** The forms of `--listen` over UDP that work here; without multicast, only the first. */
export async function datagramListens(): Promise<ReadonlyMap<string, string>> {
  const listens = new Map([['udp', 'udp://127.0.0.1:0']]);
  const group = await usableGroup();
  if (group !== undefined) listens.set('multicast', `udp://127.0.0.1:0?multicast=${group}`);
  return listens;
}

/** A multicast group that is heard on the loopback interface, if there is such a thing here. */
async function usableGroup(): Promise<string | undefined> {
  const host = `239.255.${process.pid % 251}.${Math.floor(Math.random() * 250) + 1}`;
  const incoming = createSocket({ type: 'udp4', reuseAddr: true });
  const outgoing = createSocket('udp4');
  try {
    await bound(incoming, '0.0.0.0');
    await bound(outgoing, '127.0.0.1');
    incoming.addMembership(host, '127.0.0.1');
    outgoing.setMulticastInterface('127.0.0.1');
    outgoing.setMulticastLoopback(true);
    const { port } = incoming.address();
    const heard = once(incoming, 'message', { signal: AbortSignal.timeout(1000) });
    outgoing.send('x', port, host);
    await heard;
    return `${host}:${port}`;
  } catch {
    return undefined;
  } finally {
    incoming.close();
    outgoing.close();
  }
}

async function bound(socket: Socket, host: string): Promise<void> {
  socket.bind(0, host);
  await once(socket, 'listening');
}
