import type { Link } from '@group-services/transport';
import {
  type AgreedWire,
  agreeOnWire,
  type Hello,
  noCommonWire,
  type Offered,
  type Refuse,
  type RefuseCode,
  wireOffer,
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
  /** What it speaks; all that this release does, unless its operator has set less. */
  readonly offer?: Offered | undefined;
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
  { itself, domain, role, serves, offer = wireOffer() }: Reception,
): { readonly kind: 'taken'; readonly agreed: AgreedWire } | Refuse {
  if (hello.role !== role) return refusal('role', serves);
  const stranger = strangerProblem(hello, link);
  if (stranger !== undefined) return refusal('NOT_AUTHORIZED', stranger);
  const isAny = role === 'client' && hello.domain === ANY_DOMAIN;
  if (hello.domain !== domain && !isAny) {
    return refusal(
      'domain',
      `${itself} belongs to domain ${domain}, not to ${hello.domain}; start with --domain ${domain}, or give another address`,
    );
  }
  const agreed = agreeOnWire(offer, hello);
  if (agreed === undefined) {
    const ours = { who: itself, wire: offer.wire };
    return refusal('wire-version', noCommonWire(ours, { who: nameOf(hello), wire: hello.wire }));
  }
  return { kind: 'taken', agreed };
}

export function refusal(code: RefuseCode, text: string): Refuse {
  return { kind: 'refuse', code, text };
}

/** The dialler, as the text of a refusal calls it. */
function nameOf({ role, node, name }: Hello): string {
  if (role === 'client') return name === undefined ? 'the process' : `the process ${name}`;
  return node === undefined ? `the ${role}` : `node ${node}`;
}

/** A daemon's certificate must stand for the node that it says it is; who a process is, is found out later. */
function strangerProblem({ role, domain, node }: Hello, link: Link): string | undefined {
  if (role !== 'daemon' || node === undefined) return undefined;
  return identityProblem(link, { role: 'node', domain, name: node });
}
