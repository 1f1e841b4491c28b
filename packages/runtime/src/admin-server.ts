import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';

import { TransportError, toTransportError } from '@group-services/transport';
import { prepare } from '@group-services/transport/tls';

import { type AdminAccess, AdminGuard, type Refusal } from './admin/admin-guard.js';
import { EventFeed, EventStreams } from './admin/event-streams.js';
import { type PageFile, PageFiles } from './admin/page-files.js';
import {
  RefusedAnswer,
  type RouteFinder,
  type Routes,
  routeFinder,
  TextAnswer,
} from './admin/routes.js';
import { Descriptors } from './descriptors.js';
import type { Logger } from './logger.js';
import type { TlsFiles } from './security/tls-files.js';
import { RefusalLog } from './sessions/refusal-log.js';

/** Whether a program can serve, and what it lacks if not. */
export interface Readiness {
  readonly ready: boolean;
  readonly missing: readonly string[];
  /** It serves, but not as it should, and this is why. */
  readonly degraded?: readonly string[] | undefined;
}

export interface AdminServerOptions {
  /** `http://host:port` or `https://host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly readiness: () => Readiness;
  /** For GET and HEAD, which change nothing. */
  readonly routes: Routes;
  /** What is done when it is asked for by POST, without a body. */
  readonly actions?: Routes | undefined;
  /** Folder of a page that is shown at `/`; anybody may load it, since there is nothing in it. */
  readonly page?: string | undefined;
  readonly logger: Logger;
  /** Who may ask. */
  readonly access: AdminAccess;
  /** For `https://`. */
  readonly tls?: TlsFiles | undefined;
}

export interface AdminServer {
  /** The real address. */
  readonly address: string;
  /** Stops listening and ends all connections, idle or not. Idempotent. */
  close(): Promise<void>;
}

const HEADER_BYTES_MAX = 16 * 1024;
const CONNECTIONS_MAX = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 5000;

/** For pages too: only what comes from here, nothing within the page itself, never in a frame. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * The HTTP endpoint for operators: `/healthz` (the process lives), `/readyz` (200 only when it can
 * serve), and the given routes. Every answer is JSON; garbage is answered with 400 at most.
 *
 * @throws TransportError `bad-address`, `address-in-use`, `not-permitted`, `failed`
 */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host, port } = parseListen(options.listen);
  const server = adminHttpServer(options);
  await listening(server, { host, port, address: options.listen });
  server.on('error', (error) => options.logger.error({ err: error }, 'admin endpoint failed'));
  return {
    address: addressOf(server, options.listen),
    close: () => closed(server),
  };
}

/** What answers the requests, before it listens anywhere. */
export function adminHttpServer(options: AdminServerOptions): Server {
  const server = serverFor(options);
  const guard = new AdminGuard(options.listen, options.access);
  server.maxConnections = Math.min(CONNECTIONS_MAX, new Descriptors().partOfKept(2));
  const parts: AnswerOptions = {
    ...options,
    guard,
    refusals: new RefusalLog(options.logger, 'admin request refused'),
    find: routeFinder({ '/healthz': () => ({ alive: true }), ...options.routes }),
    findAction: routeFinder(options.actions ?? {}),
    files: options.page === undefined ? undefined : new PageFiles(options.page),
    streams: new EventStreams(),
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response, parts);
  });
  server.on('clientError', (error, socket) => refuseGarbage(error, socket as Socket));
  return server;
}

interface AnswerOptions extends AdminServerOptions {
  readonly find: RouteFinder;
  readonly findAction: RouteFinder;
  readonly files: PageFiles | undefined;
  readonly streams: EventStreams;
  readonly guard: AdminGuard;
  readonly refusals: RefusalLog;
}

/** With TLS, a certificate is asked for and looked at by the guard. */
function serverFor({ listen, tls }: AdminServerOptions): Server {
  const limits: ServerOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  };
  if (!listen.startsWith('https:')) return createServer(limits);
  if (tls === undefined) {
    const message = `${listen} needs certificates: give --tls-cert, --tls-key and --tls-ca`;
    throw new TransportError('bad-address', listen, { message });
  }
  const asking = {
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HEADERS_TIMEOUT_MS,
  };
  const server = createSecureServer({ ...limits, ...asking, ...prepare(tls.credentials).options });
  tls.onRenewed((credentials) => server.setSecureContext(prepare(credentials).options));
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: AnswerOptions,
): Promise<void> {
  const { guard, readiness, logger } = parts;
  const url = urlOf(request);
  const action = request.method === 'POST' ? parts.findAction(url?.pathname ?? '') : undefined;
  const refusal = refusalOf(request, action !== undefined);
  if (refusal !== undefined || url === undefined) {
    refuse(response, refusal ?? { status: 400, error: 'the request target is not a path' });
    return;
  }
  const file = action === undefined ? parts.files?.find(url.pathname) : undefined;
  const admission = guard.admit(request, url.pathname, { isForAll: file !== undefined });
  if (!admission.ok) {
    const { status, error } = admission.refusal;
    const { remoteAddress, remotePort } = request.socket;
    parts.refusals.note(`http://${remoteAddress}:${remotePort}`, String(status), error);
    refuse(response, admission.refusal);
    return;
  }
  try {
    if (url.pathname === '/readyz' && action === undefined) {
      const state = readiness();
      send(response, state.ready ? 200 : 503, state);
      return;
    }
    if (file !== undefined) {
      sendFile(response, file);
      return;
    }
    const found = action ?? parts.find(url.pathname);
    const accept = request.headers.accept ?? '';
    const { operator } = admission;
    const call = { params: found?.params ?? {}, query: url.searchParams, accept, operator };
    const body = found === undefined ? undefined : await found.route(call);
    if (body === undefined) refuse(response, { status: 404, error: `no ${url.pathname} here` });
    else if (body instanceof RefusedAnswer) refuse(response, body.refusal);
    else if (body instanceof EventFeed) stream(request, response, { body, streams: parts.streams });
    else send(response, 200, body);
  } catch (error) {
    logger.error({ err: error, path: url.pathname }, 'admin request failed');
    refuse(response, { status: 500, error: 'this request failed; the log says why' });
  }
}

function refusalOf(request: IncomingMessage, isAction: boolean): Refusal | undefined {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD' && !isAction) {
    return { status: 405, error: `${method} is not possible here; use GET` };
  }
  const length = headers['content-length'] ?? '0';
  if (length !== '0' || headers['transfer-encoding'] !== undefined) {
    return { status: 413, error: 'a request to this endpoint has no body' };
  }
  return undefined;
}

function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  if (!url.startsWith('/')) return undefined;
  return URL.canParse(url, 'http://admin') ? new URL(url, 'http://admin') : undefined;
}

function sendFile(response: ServerResponse, { contentType, bytes }: PageFile): void {
  const what = { 'content-type': contentType, 'content-length': bytes.length };
  response.writeHead(200, { ...what, ...HEADERS });
  response.end(bytes);
}

function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { body, streams }: { readonly body: EventFeed; readonly streams: EventStreams },
): void {
  if (streams.isFull) {
    refuse(response, { status: 503, error: 'too many pages are open here; close one' });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...HEADERS });
  if (request.method === 'HEAD') response.end();
  else streams.open(request, response, body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = body instanceof TextAnswer;
  const text = isText ? body.text : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': isText ? body.contentType : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...HEADERS,
  });
  response.end(text);
}

/** A refused request may have a body that was not read, so its connection is not used again. */
function refuse(response: ServerResponse, { status, error }: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('connection', 'close');
  if (status === 405) response.setHeader('allow', 'GET, HEAD');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  send(response, status, { error });
}

/**
 * Node has no response object for what is not HTTP. A browser that has opened a connection ahead of need is
 * told nothing: it would take what it finds there for the answer to its next request.
 */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.destroy();
    return;
  }
  const body = '{"error":"this is not an HTTP request"}\n';
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function parseListen(listen: string): { readonly host: string; readonly port: number } {
  const url = URL.canParse(listen) ? new URL(listen) : undefined;
  const isPlain = url !== undefined && url.pathname === '/' && url.search === '' && !url.username;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isWeb || !isPlain) {
    throw new TransportError('bad-address', listen, {
      message: `bad address ${listen}: expected http://host:port or https://host:port`,
    });
  }
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
  const standard = url.protocol === 'https:' ? 443 : 80;
  return { host, port: Number(url.port === '' ? standard : url.port) };
}

function listening(
  server: Server,
  {
    host,
    port,
    address,
  }: { readonly host: string; readonly port: number; readonly address: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(toTransportError('listen', address, error));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function addressOf(server: Server, asked: string): string {
  const info = server.address();
  if (info === null || typeof info === 'string') return asked;
  const host = info.address.includes(':') ? `[${info.address}]` : info.address;
  return `${asked.startsWith('https:') ? 'https' : 'http'}://${host}:${info.port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Closing twice reports an error, which says nothing that matters here.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
