/**
 * Messages and state values of simulated clients name themselves: `client#handle:number`, whether
 * they are to be delivered safe, and filling up to the size that was drawn.
 */

export interface Payload {
  /** The whole name, `client#handle:number`. */
  readonly id: string;
  readonly sender: string;
  readonly number: number;
  readonly safe: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function writePayload(
  { sender, number, safe }: Omit<Payload, 'id'>,
  size: number,
): Uint8Array {
  return encoder.encode(`${sender}:${number} ${safe ? 'safe' : 'agreed'} `.padEnd(size, '.'));
}

export function readPayload(payload: Uint8Array): Payload {
  const [id = '', service] = decoder.decode(payload.subarray(0, 128)).split(' ');
  const colon = id.lastIndexOf(':');
  return {
    id,
    sender: id.slice(0, colon),
    number: Number(id.slice(colon + 1)),
    safe: service === 'safe',
  };
}
