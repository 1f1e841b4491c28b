import { TransportError } from '@group-services/transport';

/**
 * What somebody who could not connect types next. The first connection of a newcomer fails for one of these
 * reasons, and which command helps depends on which.
 */
export function nextStep(error: unknown, endpoint: string): string {
  if (!(error instanceof TransportError)) return '';
  const path = endpoint.startsWith('unix://') ? endpoint.slice('unix://'.length) : undefined;
  if (error.code === 'refused') {
    const start = `gsd --name-server tcp://HOST:7400 --client ${endpoint}`;
    return `; start a daemon there: ${start}, or name another one: export GROUP_SERVICES_ENDPOINT=ADDRESS`;
  }
  if (error.code === 'not-permitted' && path !== undefined) {
    return `; see who may: ls -l ${path}, and let more: gsd --client-group GROUP`;
  }
  return '';
}

/** The address that was probably meant by a text that is none; empty: nobody can tell. */
export function meantAddress(text: string): string {
  if (text.startsWith('/')) return `; did you mean unix://${text}?`;
  if (/^[\w.-]+:\d{1,5}$/.test(text)) return `; did you mean tcp://${text}?`;
  return '';
}
