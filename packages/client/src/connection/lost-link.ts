import { assertNever } from '@group-services/core';
import type { CloseReason } from '@group-services/transport';
import { ConnectionLostError } from '../api/errors.js';

/**
 * What the end of its connection means to a process, in words that say what to look at. `told` is the
 * reason that the daemon gave, if it ended the connection itself.
 */
export function lostLink(reason: CloseReason, told: string | undefined): ConnectionLostError {
  if (told !== undefined) {
    return new ConnectionLostError(`the daemon closed the connection: ${told}`);
  }
  switch (reason.kind) {
    case 'closed':
    case 'ended':
      return new ConnectionLostError('the daemon closed the connection');
    case 'failed': {
      const { error } = reason;
      const text =
        error.code === 'malformed'
          ? `the connection to the daemon ended in the middle of a frame: the daemon was killed, or gave this process up because it did not read for too long (then its log says so): ${error.message}`
          : `the connection to the daemon broke: ${error.message}`;
      return new ConnectionLostError(text, { cause: error });
    }
    case 'frame-too-large':
      return new ConnectionLostError(
        `the daemon sent a frame of ${reason.bytes} bytes, more than ${reason.limit}`,
      );
    default:
      return assertNever(reason);
  }
}
