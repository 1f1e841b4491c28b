import {
  ConnectFailedError,
  ConnectionLostError,
  connect,
  type GroupServices,
  GroupServicesError,
  InvalidArgumentError,
  NotAuthorizedError,
  TimeoutError,
  UnavailableError,
} from '@group-services/client';
import { TransportError } from '@group-services/transport';
import { type Access, NO_ACCESS } from './access.js';
import { AdminClient, reachableAdmin } from './admin-client.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { within } from './time-limit.js';

const CONNECT_LIMIT_MS = 5_000;

/** The daemon itself waits up to 5 s for its name server. */
const REQUEST_LIMIT_MS = 7_000;

const CLOSE_LIMIT_MS = 1_000;

/** The daemon that a command speaks with. */
export interface DaemonSession {
  readonly endpoint: string;
  readonly services: GroupServices;
  /** URL of the admin endpoint. */
  readonly admin: string;
  readonly api: AdminClient;
  /** By what further connections prove who asks. */
  readonly access: Access;
}

/** Connects, lets `use` work, and closes; rejects with {@link CommandFailure}. */
export async function withDaemon<T>(
  endpoint: string,
  use: (daemon: DaemonSession) => Promise<T>,
  access: Access = NO_ACCESS,
): Promise<T> {
  try {
    const name = `gsctl ${process.pid}`;
    const { tls, token, transports } = access;
    const connectTimeout = CONNECT_LIMIT_MS;
    const services = await connect({ endpoint, name, connectTimeout, tls, token, transports });
    try {
      return await use(sessionOf(services, endpoint, access));
    } finally {
      await closed(services);
    }
  } catch (error) {
    throw failureOf(error, endpoint);
  }
}

/** Waits for an answer of the daemon for as long as it may take. */
export function answered<T>(daemon: DaemonSession, answer: Promise<T>): Promise<T> {
  return within(REQUEST_LIMIT_MS, answer, () => {
    const message = `the daemon at ${daemon.endpoint} did not answer within ${REQUEST_LIMIT_MS} ms`;
    return new CommandFailure(EXIT_STATUS.unreachable, message);
  });
}

function sessionOf(services: GroupServices, endpoint: string, access: Access): DaemonSession {
  if (services.admin === undefined) {
    const message = `the daemon at ${endpoint} has no admin endpoint, which gsctl reads`;
    throw new CommandFailure(EXIT_STATUS.failed, message);
  }
  const admin = reachableAdmin(services.admin, endpoint);
  return { endpoint, services, admin, api: new AdminClient(admin, { access }), access };
}

/** A daemon that does not confirm in time changes nothing: the command has its result. */
async function closed(services: GroupServices): Promise<void> {
  const late = (): Error => new Error('the daemon did not confirm the end of the connection');
  await within(CLOSE_LIMIT_MS, services.close(), late).catch(() => undefined);
}

/** What an error of the client library means for the exit status; anything else is our defect. */
export function failureOf(error: unknown, endpoint: string): unknown {
  if (!(error instanceof GroupServicesError)) return error;
  const { message } = error;
  if (error instanceof ConnectFailedError || error instanceof TimeoutError) {
    const text = `cannot reach the daemon at ${endpoint}: ${ended(message)} ${ANOTHER}`;
    return new CommandFailure(EXIT_STATUS.unreachable, text, { cause: error });
  }
  if (error instanceof ConnectionLostError) {
    const text = `lost the daemon at ${endpoint}: ${message}. Is gsd still running there?`;
    return new CommandFailure(EXIT_STATUS.unreachable, text, { cause: error });
  }
  if (error instanceof NotAuthorizedError && error.action === 'connect') {
    const text = `${ended(message)} ${notTakenAdvice(error, endpoint)}`;
    return new CommandFailure(EXIT_STATUS.failed, text, { cause: error });
  }
  if (error instanceof UnavailableError && messageOf(error.cause) === 'stopping') {
    return new CommandFailure(EXIT_STATUS.unreachable, message, { cause: error });
  }
  const status = error instanceof InvalidArgumentError ? EXIT_STATUS.misuse : EXIT_STATUS.failed;
  return new CommandFailure(status, message, { cause: error });
}

/** Beside what the library says. */
const ANOTHER = 'For another daemon: gsctl --endpoint ADDRESS';

/** A question has its mark already. */
function ended(message: string): string {
  return /[.?]$/u.test(message) ? message : `${message}.`;
}

/** Either we do not believe the daemon, or it does not believe us. */
function notTakenAdvice({ cause }: NotAuthorizedError, endpoint: string): string {
  if (cause instanceof TransportError) {
    return `Whom gsctl trusts at ${endpoint} is said by --tls-ca: the ca.crt of the domain.`;
  }
  return 'Who you are is said by --tls-cert with --tls-key, or by --token-file.';
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
