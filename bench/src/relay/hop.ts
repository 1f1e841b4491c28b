import { eachFrame, FRAME_HEADER_BYTES, LENGTH_BYTES } from './frame.js';
import { decodeMessage, encodeMessage, type RelayMessage } from './message-codec.js';
import type { Outlet } from './outlet.js';
import type { RelayMode } from './relay-mode.js';

/** What a relay daemon does with runs of whole frames. */
export interface Hop {
  /** From a client, or at the leader also from another daemon: not yet numbered. */
  onUnordered(run: Buffer): void;
  /** From the leader. */
  onOrdered(run: Buffer): void;
}

export interface Outlets {
  /** Towards the leader; nobody is there at the leader itself. */
  readonly up: Outlet;
  /** Towards local clients, and at the leader also towards the other daemons. */
  readonly down: Outlet;
}

/** The follower's hop passes on in both directions. */
export function followerHop(mode: RelayMode, { up, down }: Outlets): Hop {
  if (mode === 'frame') {
    return { onUnordered: (run) => up.forward(run), onOrdered: (run) => down.forward(run) };
  }
  const recode = (run: Buffer, outlet: Outlet) =>
    eachMessage(run, (message) => encodeMessage(message, outlet));
  return { onUnordered: (run) => recode(run, up), onOrdered: (run) => recode(run, down) };
}

/** The leader's hop numbers everything and sends it to all. */
export function leaderHop(mode: RelayMode, { down }: Outlets): Hop {
  const onUnordered = mode === 'frame' ? stampInPlace(down) : numberMessages(down);
  return {
    onUnordered,
    onOrdered: () => {
      throw new Error('the leader has no leader');
    },
  };
}

function stampInPlace(down: Outlet): (run: Buffer) => void {
  let number = 0;
  const opens = barrierCounter();
  return (run) => {
    // From here to the frame at hand everything is sent on, as one slice.
    let from = 0;
    eachFrame(run, (start, end) => {
      if (end - start < FRAME_HEADER_BYTES) return;
      const parties = run.readUInt32LE(start + LENGTH_BYTES);
      if (parties > 0 && !opens(parties)) {
        if (start > from) down.forward(run.subarray(from, start));
        from = end;
        return;
      }
      number = (number + 1) >>> 0;
      run.writeUInt32LE(number, start + LENGTH_BYTES);
    });
    if (run.length > from) down.forward(run.subarray(from));
  };
}

/** Keeps the latest messages as a real sequencer would for those who missed some. */
function numberMessages(down: Outlet): (run: Buffer) => void {
  const ring: (RelayMessage | undefined)[] = new Array(RING_LENGTH).fill(undefined);
  let number = 0;
  const opens = barrierCounter();
  return (run) =>
    eachMessage(run, ({ number: parties, data }) => {
      if (parties > 0 && !opens(parties)) return;
      number += 1;
      const message = { number, data };
      ring[number % RING_LENGTH] = message;
      encodeMessage(message, down);
    });
}

/** Counts who has entered a barrier; says of each whether it was the last of them. */
export function barrierCounter(): (parties: number) => boolean {
  let entered = 0;
  return (parties) => {
    entered += 1;
    if (entered < parties) return false;
    entered = 0;
    return true;
  };
}

const RING_LENGTH = 8192;

function eachMessage(run: Buffer, visit: (message: RelayMessage) => void): void {
  eachFrame(run, (start, end) => {
    const message = decodeMessage(run, start, end);
    if (message !== undefined) visit(message);
  });
}
