import { CommandFailure, EXIT_STATUS } from './exit-status.js';

/** Above every limit of the service, which then names the one that was exceeded. */
const BYTES_MAX = 4 * 1024 * 1024;

/** The bytes that an operand stands for: its text, or with `-` all of the input. */
export async function bytesOf(
  operand: string,
  input: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  if (operand !== '-') return new TextEncoder().encode(operand);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    length += chunk.byteLength;
    if (length > BYTES_MAX) {
      const message = `more than ${BYTES_MAX} bytes on standard input`;
      throw new CommandFailure(EXIT_STATUS.misuse, message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
