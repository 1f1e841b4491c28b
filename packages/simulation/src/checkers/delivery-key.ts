import type { InternalFact } from './checker.js';

/** What makes two deliveries the same one. */
export function deliveryKey(fact: Extract<InternalFact, { kind: 'delivered' }>): string {
  const service = fact.view ? 'view' : fact.safe ? 'safe' : 'agreed';
  return `${service} ${fact.origin}#${fact.counter} ${fact.body}`;
}
