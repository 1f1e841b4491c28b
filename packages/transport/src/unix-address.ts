import { type AddressFormat, addressFormat } from './address.js';

/** Linux gives a socket path 108 bytes, other Unixes 104, the last of which is a zero. */
export const SOCKET_PATH_BYTES_MAX: number = process.platform === 'linux' ? 107 : 103;

export const unixAddresses: AddressFormat<{ readonly path: string }> = addressFormat(
  'unix:///path',
  (path) => pathProblem(path) ?? { path },
);

function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'expected unix:///absolute/path';
  if (path.endsWith('/')) return 'the path must name a file, not a directory';
  if (path.includes('\0')) return 'the path must not contain a zero byte';
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return undefined;
  const limit = `at most ${SOCKET_PATH_BYTES_MAX} are possible; choose a shorter directory`;
  return `the socket path has ${bytes} bytes, ${limit}`;
}
