import type { DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { OperatorConnection, type Question } from './operator-connection.js';

/**
 * Asks the daemon for something that no call of the client library does, over a connection of its own;
 * rejects with {@link CommandFailure}, which begins with `what`, unless it is done.
 */
export async function wished(daemon: DaemonSession, wish: Question, what: string): Promise<void> {
  const connection = await OperatorConnection.open(daemon);
  try {
    const answer = await connection.ask(wish, 'limited');
    if (answer?.kind === 'done') return;
    const why = answer?.kind === 'refused' ? answer.text : 'the daemon closed the connection';
    throw new CommandFailure(EXIT_STATUS.failed, `${what}: ${why}`);
  } finally {
    connection.close();
  }
}
