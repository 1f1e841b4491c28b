import { type EncodedFrame, FRAME } from './frame.js';

/**
 * The sign of life on a connection between a process and its daemon: a frame of one byte.
 *
 * A process sends it when it has heard nothing for a while, and its daemon sends it back at once, ahead
 * of everything that waits for the engine. It belongs to the connection and not to what is said over it,
 * so it is no message: whoever owns the link answers it and passes nothing on.
 */
export const KEEP_ALIVE: EncodedFrame = Object.freeze({ head: Uint8Array.of(FRAME.keepAlive) });

/** Whether a frame is the sign of life, and nothing else. */
export function isKeepAlive(frame: Uint8Array): boolean {
  return frame.length === 1 && frame[0] === FRAME.keepAlive;
}
