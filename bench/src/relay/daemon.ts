/**
 * A daemon of the bare relay: no membership, no acknowledgement, no recovery. Clients come over a
 * Unix socket; a follower hands their messages to the leader over TCP, the leader numbers them and
 * sends them to all daemons, each daemon to its clients.
 */
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { serveCalls } from '../remote-calls.js';
import type { DaemonCalls, DaemonOrder } from './daemon-calls.js';
import { GREETING } from './frame.js';
import { FrameSplitter } from './frame-splitter.js';
import { followerHop, type Hop, leaderHop } from './hop.js';
import { Outlet } from './outlet.js';
import { greeted } from './relay-endpoint.js';

serveCalls<DaemonCalls>({ start });

async function start(order: DaemonOrder): Promise<{ readonly port: number | undefined }> {
  const outlets = { up: new Outlet(), down: new Outlet() };
  if (order.leaderPort === undefined) {
    const hop = leaderHop(order.mode, outlets);
    await listen(acceptInto(hop, outlets.down), { path: order.socketPath });
    const server = await listen(acceptInto(hop, outlets.down), { host: '127.0.0.1', port: 0 });
    const address = server.address();
    return { port: typeof address === 'object' ? address?.port : undefined };
  }
  const hop = followerHop(order.mode, outlets);
  await listen(acceptInto(hop, outlets.down), { path: order.socketPath });
  const leader = createConnection({ host: '127.0.0.1', port: order.leaderPort, noDelay: true });
  await greeted(leader);
  outlets.up.add(leader);
  receive(leader, hop.onOrdered);
  return { port: undefined };
}

function acceptInto(hop: Hop, down: Outlet): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.write(GREETING);
    down.add(socket);
    receive(socket, hop.onUnordered);
  });
}

function receive(socket: Socket, onRun: (run: Buffer) => void): void {
  const splitter = new FrameSplitter(onRun);
  socket.on('data', (chunk) => splitter.push(chunk));
  // A peer that is gone takes no part any more; the bench notices its end by itself.
  socket.on('error', () => socket.destroy());
}

async function listen(
  server: Server,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<Server> {
  server.listen(where);
  await once(server, 'listening');
  return server;
}
