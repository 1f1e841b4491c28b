import { type Dialler, plugged, type Transport, transportProblem } from '@group-services/transport';
import { type TlsTransport, tls } from '@group-services/transport/tls';
import { NotAuthorizedError } from '../api/errors.js';
import type { ConnectOptions, TlsOptions } from '../api/options.js';
import { invalid, optionsOf } from './arguments.js';
import { TLS_OPTIONS } from './option-names.js';

/** How a process proves who it is. */
export interface Credentials {
  readonly token: string | undefined;
  /** `tls://`; with the certificates that were given, or those that Node trusts. */
  readonly transports: readonly Transport[];
}

const TOKEN_LENGTH_MAX = 1024;

export function credentialsOf(options: Partial<ConnectOptions>, endpoint: string): Credentials {
  const { token } = options;
  // Callers in JavaScript give what they like.
  const given: unknown = token;
  if (given !== undefined && typeof given !== 'string') throw invalid('token', 'must be a text');
  if (token?.length === 0) throw invalid('token', 'must not be empty');
  if (token !== undefined && token.length > TOKEN_LENGTH_MAX) {
    throw invalid('token', `must have at most ${TOKEN_LENGTH_MAX} characters`);
  }
  // Made only when there is a use for it, or something to check: it reads all authorities that Node knows.
  const isUsed = endpoint.startsWith('tls://') || options.tls !== undefined;
  return { token, transports: isUsed ? [transportOf(options.tls)] : [] };
}

function transportOf(options: TlsOptions | undefined): TlsTransport {
  const texts: Readonly<Record<string, unknown>> = { ...optionsOf(options, TLS_OPTIONS, 'tls') };
  for (const name of ['ca', 'cert', 'key', 'serverName']) {
    const text = texts[name];
    if (text !== undefined && typeof text !== 'string') {
      throw invalid(`tls.${name}`, 'must be a text; certificates and keys are PEM');
    }
  }
  const { ca, cert, key, serverName } = options ?? {};
  if ((cert === undefined) !== (key === undefined)) {
    throw invalid('tls', 'has a certificate and its key, or neither');
  }
  try {
    return tls({ credentials: { ca, cert, key }, serverName });
  } catch (error) {
    throw invalid(
      'tls',
      `cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Ways that a program brings itself. */
export function givenTransports(given: unknown): readonly Transport[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalid('transports', 'must be a list of transports');
  return given.map((one: unknown, index) => {
    const problem = transportProblem(one);
    if (problem !== undefined) throw invalid(`transports[${index}]`, `is no transport: ${problem}`);
    const transport = one as Transport; // It has the shape.
    if (transport.delivery === 'stream') return plugged(transport);
    throw invalid(`transports[${index}]`, 'carries datagrams; processes need what loses nothing');
  });
}

const LOOPBACK = /^[^:/]+:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?(?:\/|$)/u;

/** A token that others could read on its way is not sent at all. */
export function tokenProblem(
  token: string | undefined,
  endpoint: string,
  { privacy }: Dialler,
): NotAuthorizedError | undefined {
  if (token === undefined || privacy !== undefined || LOOPBACK.test(endpoint)) return undefined;
  const message = `the token was not sent: ${endpoint} is not encrypted, and whoever sees it could use it; connect by tls:// or unix://`;
  return new NotAuthorizedError(message, { action: 'connect' });
}
