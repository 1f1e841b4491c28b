import { type FromClient, LIMITS, type Refusal, utf8Length } from '@group-services/wire';

type Sized = Extract<FromClient, { readonly kind: 'send' | 'bundle' | 'propose' | 'vote' }>;
type Limit = 'stateValue' | 'message' | 'reason';

/**
 * Why a proposal or vote is larger than this daemon said that it takes (`client-api.md`, Limits);
 * undefined when it is not. The library checks the same before it sends. Here it protects the others:
 * what leaves this daemon has more around it, and a frame beyond the limit ends a link.
 */
export function oversize(message: Sized): Refusal | undefined {
  switch (message.kind) {
    case 'send':
      return tooLong('message', message.payload.length, 'message');
    case 'bundle':
      // All of it together has less than one message may have.
      return undefined;
    case 'vote':
      return (
        tooLong('message', message.message?.length, 'message') ??
        tooLong('stateValue', message.stateValue?.length, 'stateValue')
      );
    case 'propose':
      return oversizeProposal(message.proposed);
  }
}

export function oversizeProposal(
  proposed: Extract<FromClient, { readonly kind: 'propose' }>['proposed'],
): Refusal | undefined {
  switch (proposed.kind) {
    case 'state':
      return (
        tooLong('stateValue', proposed.value.length, 'stateValue') ??
        tooLong('ifState', proposed.ifState?.length, 'stateValue')
      );
    case 'voted-message':
      return tooLong('message', proposed.payload.length, 'message');
    case 'leave':
    case 'expel':
      return tooLong('reason', utf8Length(proposed.reason ?? ''), 'reason');
    case 'attributes':
    case 'barrier':
      return undefined;
  }
}

function tooLong(argument: string, bytes: number | undefined, limit: Limit): Refusal | undefined {
  if (bytes === undefined || bytes <= LIMITS[limit]) return undefined;
  const text = `${argument} must have at most ${LIMITS[limit]} bytes`;
  return { code: 'INVALID_ARGUMENT', text, argument, limit };
}
