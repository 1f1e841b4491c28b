import { createConnection, type Socket } from 'node:net';
import type { DeliveryHandler, Endpoint } from '../member/endpoint.js';
import type { RelayLink } from '../member/member-calls.js';
import { eachFrame, FRAME_HEADER_BYTES, GREETING, LENGTH_BYTES } from './frame.js';
import { FrameSplitter } from './frame-splitter.js';
import { decodeMessage, encodeMessage, type RelayMessage } from './message-codec.js';
import { Outlet } from './outlet.js';

/** Connects a member to its relay daemon; resolves when the daemon has accepted it. */
export async function connectRelay(
  link: RelayLink,
  onDelivery: DeliveryHandler,
): Promise<Endpoint> {
  const socket = createConnection(link.socketPath);
  await greeted(socket);
  const deliver = link.mode === 'frame' ? deliverFrames(onDelivery) : deliverMessages(onDelivery);
  const splitter = new FrameSplitter(deliver);
  socket.on('data', (chunk) => splitter.push(chunk));
  const outlet = new Outlet();
  outlet.add(socket);
  const write = link.mode === 'frame' ? writeFrame : encodeMessage;
  const send = (data: Uint8Array) => write({ number: 0, data }, outlet);
  return {
    send,
    changeState: send,
    proposeBarrier: () => undefined,
    enterBarrier: (data, parties) => write({ number: parties, data }, outlet),
  };
}

/** Resolves when the other side of a connection has said that it accepted it. */
export function greeted(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onReadable = () => {
      if (socket.read(GREETING.length) === null) return;
      socket.off('readable', onReadable);
      resolve();
    };
    socket.on('readable', onReadable);
    socket.once('error', reject);
  });
}

function deliverFrames(onDelivery: DeliveryHandler): (run: Buffer) => void {
  return (run) =>
    eachFrame(run, (start, end) => {
      if (end - start > FRAME_HEADER_BYTES) onDelivery(run, start + FRAME_HEADER_BYTES);
    });
}

function deliverMessages(onDelivery: DeliveryHandler): (run: Buffer) => void {
  return (run) =>
    eachFrame(run, (start, end) => {
      const message = decodeMessage(run, start, end);
      if (message !== undefined) onDelivery(message.data, 0);
    });
}

function writeFrame({ number, data }: RelayMessage, outlet: Outlet): void {
  const at = outlet.reserve(FRAME_HEADER_BYTES + data.length);
  outlet.slab.writeUInt32LE(FRAME_HEADER_BYTES - LENGTH_BYTES + data.length, at);
  outlet.slab.writeUInt32LE(number, at + LENGTH_BYTES);
  outlet.slab.set(data, at + FRAME_HEADER_BYTES);
}
