import type { ByteReader, ByteWriter } from './bytes.js';
import type { ClientProtocolInfo } from './client-messages.js';
import { PROTOCOL_KINDS } from './protocol-words.js';
import { readProvider } from './voting-codecs.js';

/** Protocols in fixed fields: `<generation>.<position>` is two numbers. */

export function writeProtocolId(to: ByteWriter, id: string): void {
  const dot = id.indexOf('.');
  to.u53(Number(id.slice(0, dot))).u53(Number(id.slice(dot + 1)));
}

export function readProtocolId(reader: ByteReader): string {
  return `${reader.u53()}.${reader.u53()}`;
}

export function writeProtocol(to: ByteWriter, { id, kind, proposer }: ClientProtocolInfo): void {
  writeProtocolId(to, id);
  to.oneOf(PROTOCOL_KINDS, kind).ascii(proposer ?? '');
}

export function readProtocol(reader: ByteReader): ClientProtocolInfo {
  const id = readProtocolId(reader);
  const kind = reader.oneOf(PROTOCOL_KINDS);
  return { id, kind, proposer: readProvider(reader) };
}
