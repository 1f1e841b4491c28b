import { basename } from 'node:path';
import {
  type CloseReason,
  type Dialler,
  type Link,
  type LinkHandlers,
  TransportError,
  transportFor,
} from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unixDialler } from '@group-services/transport/unix-dialler';
import type { Features } from '@group-services/wire';
import {
  AbortedError,
  ConnectFailedError,
  GroupServicesError,
  InvalidArgumentError,
  NotAuthorizedError,
  TimeoutError,
} from '../api/errors.js';
import type { GroupServices } from '../api/handles.js';
import type { ConnectOptions, ResponsivenessOptions } from '../api/options.js';
import type { TraceApi } from '../api/trace-api.js';
import {
  argumentLimits,
  checkFunction,
  checkName,
  checkSignal,
  invalid,
  millisecondsOf,
  optionsOf,
} from '../arguments/arguments.js';
import {
  type Credentials,
  credentialsOf,
  givenTransports,
  tokenProblem,
} from '../arguments/credentials.js';
import { CONNECT_OPTIONS } from '../arguments/option-names.js';
import { whenAborted } from '../connection/abort-signals.js';
import {
  FRAME_LIMITS,
  isNoDaemon,
  noDaemonError,
  readAnswer,
  sendHello,
} from '../connection/handshake.js';
import { lentTransports } from '../connection/lent-transports.js';
import { meantAddress, nextStep } from '../connection/next-step.js';
import { PingAnswerer, responsivenessOf } from '../connection/responsiveness.js';
import { Session } from '../connection/session.js';
import { installedTraceApi, isTraceApi } from '../tracing/find-api.js';
import { Tracing } from '../tracing/tracing.js';
import { CallSite } from '../values/call-site.js';
import { ErrorSink } from '../values/error-sink.js';
import { ConnectedServices } from './services.js';

const ENDPOINT_DEFAULT = 'unix:///run/group-services/gsd.sock';
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;

/**
 * Connects to the daemon of this host.
 *
 * Rejects with ConnectFailedError, IncompatibleError, NotAuthorizedError, TimeoutError, AbortedError
 * or InvalidArgumentError. The connection keeps the Node process alive until it is closed.
 *
 * @example
 * ```ts
 * import { connect } from '@group-services/client';
 *
 * const services = await connect({ name: 'billing worker', connectTimeout: 2_000 });
 * void services.closed.then((reason) => console.log('ended:', reason?.message ?? 'by close()'));
 * console.log('served by the daemon of', services.node);
 * await services.close();
 * ```
 */
export function connect(options?: ConnectOptions): Promise<GroupServices> {
  return connectThrough([unixDialler(), tcp(), ...lentTransports()], options);
}

/** Connects by given transports: tests bring a network of their own. */
export async function connectThrough(
  transports: readonly Dialler[],
  options?: ConnectOptions,
): Promise<GroupServices> {
  const site = new CallSite(connectThrough);
  const plan = planOf(optionsOf(options, CONNECT_OPTIONS), transports);
  const { signal, timeoutMs } = plan;
  if (signal?.aborted) throw abortedError(signal);
  const attempt = new ConnectAttempt(plan);
  const onAbort = (): void => attempt.giveUp(abortedError(signal));
  const forget = whenAborted(signal, onAbort);
  // Started here, stopped in `finally`: it covers connecting and the handshake together.
  const timer =
    timeoutMs === 0 ? undefined : setTimeout(() => attempt.giveUp(timeoutError(plan)), timeoutMs);
  try {
    return await attempt.run();
  } catch (error) {
    throw site.placed(error);
  } finally {
    clearTimeout(timer);
    forget();
  }
}

interface Plan {
  readonly endpoint: string;
  readonly transport: Dialler;
  readonly credentials: Credentials;
  readonly name: string;
  readonly timeoutMs: number;
  /** 0: the daemon is not watched. */
  readonly keepAliveMs: number;
  readonly responsiveness: ResponsivenessOptions | undefined;
  readonly trace: TraceApi | undefined;
  readonly onError: ((error: Error) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

function planOf(options: Partial<ConnectOptions>, transports: readonly Dialler[]): Plan {
  const endpoint: unknown = options.endpoint ?? (environmentEndpoint() || ENDPOINT_DEFAULT);
  if (typeof endpoint !== 'string') throw invalid('endpoint', 'must be a text');
  checkName(options.name);
  checkFunction('onError', options.onError);
  checkSignal(options.signal);
  const credentials = credentialsOf(options, endpoint);
  const own = givenTransports(options.transports);
  return {
    endpoint,
    transport: transportOf(endpoint, [...transports, ...credentials.transports, ...own]),
    credentials,
    name: options.name ?? programName(),
    responsiveness: responsivenessOf(options.responsiveness),
    timeoutMs: millisecondsOf('connectTimeout', options.connectTimeout, CONNECT_TIMEOUT_MS),
    keepAliveMs: millisecondsOf('keepAlive', options.keepAlive, KEEP_ALIVE_MS),
    trace: traceApiOf(options.trace),
    onError: options.onError,
    signal: options.signal,
  };
}

function traceApiOf(given: unknown): TraceApi | undefined {
  if (given === undefined) return installedTraceApi();
  if (given === false) return undefined;
  if (isTraceApi(given)) return given;
  throw invalid('trace', 'must be false, or the module @opentelemetry/api');
}

function environmentEndpoint(): string | undefined {
  return process.env['GROUP_SERVICES_ENDPOINT'];
}

function programName(): string {
  return `${basename(process.argv[1] ?? process.argv0).slice(0, 200)} ${process.pid}`;
}

function transportOf(endpoint: string, transports: readonly Dialler[]): Dialler {
  try {
    return transportFor(endpoint, transports);
  } catch (cause) {
    throw badEndpoint(cause, meantAddress(endpoint));
  }
}

/** One attempt: dial, HELLO, answer. Afterwards the link's events go to the session. */
class ConnectAttempt implements LinkHandlers {
  readonly #plan: Plan;
  readonly #dialling = new AbortController();
  #link: Link | undefined;
  #session: Session | undefined;
  #settled = false;
  #resolve: (services: GroupServices) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  run(): Promise<GroupServices> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#dial().catch((error: unknown) => this.giveUp(dialError(error, this.#plan.endpoint)));
    });
  }

  /** Ends the attempt; once it has succeeded this has no effect. */
  giveUp(error: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#reject(error);
    this.#dialling.abort();
    this.#link?.abort();
  }

  onFrame(link: Link, frame: Uint8Array): void {
    if (this.#session !== undefined) this.#session.onFrame(frame);
    else if (!this.#settled) this.#onAnswer(link, frame);
  }

  onClose(_link: Link, reason: CloseReason): void {
    if (this.#session !== undefined) {
      this.#session.onLinkClosed(reason);
      return;
    }
    const { endpoint } = this.#plan;
    if (reason.kind === 'failed' && reason.error.code === 'untrusted') {
      this.giveUp(notTrusted(reason.error));
      return;
    }
    const cause = reason.kind === 'failed' ? reason.error : new Error(reason.kind);
    const message = `${endpoint} closed the connection without an answer; is it a daemon's client endpoint?`;
    this.giveUp(new ConnectFailedError(message, { endpoint, cause }));
  }

  async #dial(): Promise<void> {
    const { endpoint, transport, name, timeoutMs, credentials } = this.#plan;
    const unsafe = tokenProblem(credentials.token, endpoint, transport);
    if (unsafe !== undefined) throw unsafe;
    const link = await transport.dial(endpoint, this, {
      signal: this.#dialling.signal,
      frameLimit: FRAME_LIMITS.before,
      // The attempt has its own limit; the transport's would end longer ones early.
      timeoutMs: timeoutMs === 0 ? undefined : timeoutMs + DIAL_GRACE_MS,
    });
    this.#link = link;
    if (this.#settled) link.abort();
    else if (isNoDaemon(link)) this.giveUp(noDaemonError(link, endpoint));
    else sendHello(link, name, credentials.token);
  }

  #onAnswer(link: Link, frame: Uint8Array): void {
    const answer = readAnswer(frame, this.#plan.endpoint);
    if (!answer.ok) {
      this.giveUp(answer.error);
      return;
    }
    this.#settled = true;
    link.setFrameLimit(FRAME_LIMITS.after);
    const session = openSession(link, this.#plan, answer.features);
    this.#session = session;
    const { welcome, node, features } = answer;
    const limits = argumentLimits(welcome.limits);
    this.#resolve(new ConnectedServices(session, { node, admin: welcome.admin, limits, features }));
  }
}

/** The session of a link that was welcomed; asks to be pinged if the program wants that. */
function openSession(link: Link, plan: Plan, features: Features): Session {
  const session = newSession(link, plan, features);
  if (plan.keepAliveMs > 0) session.keepAlive(plan.keepAliveMs);
  return session;
}

function newSession(link: Link, plan: Plan, features: Features): Session {
  const { onError, responsiveness, trace } = plan;
  const tracing = trace && new Tracing(trace, features.has('trace'));
  const errors = new ErrorSink(onError);
  const onBroken = onError && ((error: Error) => errors.report(error));
  if (responsiveness === undefined) return new Session(link, { onBroken, tracing });
  const { interval, timeout, check } = responsiveness;
  const answer = (n: number, ok: boolean): void => session.tell({ kind: 'pong', n, ok });
  const pings = new PingAnswerer({ check, errors, answer });
  const session = new Session(link, { onBroken, onPing: (n) => pings.onPing(n), tracing });
  session.tell({ kind: 'monitor', interval, timeout });
  return session;
}

const DIAL_GRACE_MS = 1_000;

function dialError(error: unknown, endpoint: string): GroupServicesError {
  if (error instanceof GroupServicesError) return error;
  if (error instanceof TransportError && error.code === 'bad-address') return badEndpoint(error);
  if (error instanceof TransportError && error.code === 'untrusted') return notTrusted(error);
  const detail = error instanceof Error ? error.message : String(error);
  // The error of the socket itself, where the transport has one below its own.
  const cause = error instanceof TransportError ? (error.cause ?? error) : error;
  return new ConnectFailedError(`${detail}${nextStep(error, endpoint)}`, { endpoint, cause });
}

/** A certificate, ours or the daemon's, is not accepted. */
function notTrusted(cause: TransportError): NotAuthorizedError {
  return new NotAuthorizedError(cause.message, { action: 'connect', cause });
}

function badEndpoint(cause: unknown, meant = ''): InvalidArgumentError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new InvalidArgumentError(`endpoint: ${detail}${meant}`, { argument: 'endpoint', cause });
}

function timeoutError({ endpoint, timeoutMs }: Plan): TimeoutError {
  const message = `no daemon answered at ${endpoint} within ${timeoutMs} ms`;
  return new TimeoutError(message, { milliseconds: timeoutMs });
}

function abortedError(signal: AbortSignal | undefined): AbortedError {
  return new AbortedError('connecting was aborted', { cause: signal?.reason });
}
