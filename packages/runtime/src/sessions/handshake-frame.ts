import type { OutgoingFrame } from '@group-services/transport';
import { encodeHandshake } from '@group-services/wire';

/** A frame of the handshake, which has to arrive over datagrams too: nothing above repeats it. */
export function handshakeFrame(message: Parameters<typeof encodeHandshake>[0]): OutgoingFrame {
  return { ...encodeHandshake(message), reliable: true };
}
