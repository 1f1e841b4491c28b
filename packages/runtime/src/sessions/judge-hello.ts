import type { Link } from '@group-services/transport';
import {
  commonWireVersion,
  type Hello,
  type Refuse,
  type RefuseCode,
  WIRE_VERSION,
} from '@group-services/wire';
import { identityProblem } from '../security/peer-identity.js';

/** Whom an accepting side takes, and how it speaks of itself. */
export interface Reception {
  /** Such as `this daemon`. */
  readonly itself: string;
  readonly domain: string;
  readonly role: Hello['role'];
  /** What others than those of the role are told. */
  readonly serves: string;
}

/** What a process says that takes the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

/**
 * What every accepting side asks of a HELLO before it asks anything of its own: the role that it serves,
 * a certificate of whom the HELLO names, its domain, and a wire version that both speak.
 */
export function judgeHello(
  hello: Hello,
  link: Link,
  { itself, domain, role, serves }: Reception,
): { readonly kind: 'taken'; readonly wire: number } | Refuse {
  if (hello.role !== role) return refusal('role', serves);
  const stranger = strangerProblem(hello, link);
  if (stranger !== undefined) return refusal('NOT_AUTHORIZED', stranger);
  const isAny = role === 'client' && hello.domain === ANY_DOMAIN;
  if (hello.domain !== domain && !isAny) {
    return refusal('domain', `${itself} belongs to domain ${domain}, not to ${hello.domain}`);
  }
  const wire = commonWireVersion(WIRE_VERSION, hello.wire);
  if (wire === undefined) {
    const { min, max } = WIRE_VERSION;
    return refusal('wire-version', `no common wire version: ${itself} speaks ${min} to ${max}`);
  }
  return { kind: 'taken', wire };
}

export function refusal(code: RefuseCode, text: string): Refuse {
  return { kind: 'refuse', code, text };
}

/** A daemon's certificate must stand for the node that it says it is; who a process is, is found out later. */
function strangerProblem({ role, domain, node }: Hello, link: Link): string | undefined {
  if (role !== 'daemon' || node === undefined) return undefined;
  return identityProblem(link, { role: 'node', domain, name: node });
}
