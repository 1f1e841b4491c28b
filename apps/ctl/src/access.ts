import type { ConnectOptions } from '@group-services/client';
import {
  type ConfigOf,
  fileName,
  type OptionTable,
  readOperatorFile,
  readSecretFile,
  tlsOptions,
} from '@group-services/runtime';
import type { Transport } from '@group-services/transport';
import { type TlsCredentials, tls } from '@group-services/transport/tls';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';

/** By what an operator proves to a daemon who he is. */
export const accessOptions = {
  tlsCa: { ...tlsOptions.tlsCa, description: 'the authority of the daemons, for tls:// (PEM)' },
  tlsCert: { ...tlsOptions.tlsCert, description: 'your certificate, for tls:// (PEM)' },
  tlsKey: { ...tlsOptions.tlsKey, description: 'the private key of --tls-cert (PEM)' },
  tokenFile: {
    schema: fileName(),
    optional: true,
    description: 'holds your token, where a daemon asks for one (see gsctl token new)',
    placeholder: 'FILE',
  },
  adminTokenFile: {
    schema: fileName(),
    optional: true,
    description: 'holds the token of the admin endpoint, when it is another one',
    placeholder: 'FILE',
  },
} as const satisfies OptionTable;

/** What these options give. */
export interface Access {
  readonly tls: ConnectOptions['tls'];
  readonly token: string | undefined;
  /** For the admin endpoint. */
  readonly adminToken: string | undefined;
  /** Ways that the operator has brought. */
  readonly transports: readonly Transport[];
}

export const NO_ACCESS: Access = {
  tls: undefined,
  token: undefined,
  adminToken: undefined,
  transports: [],
};

export function accessOf(
  config: ConfigOf<typeof accessOptions>,
  transports: readonly Transport[] = [],
): Access {
  const { tlsCa, tlsCert, tlsKey, tokenFile, adminTokenFile } = config;
  const read = (option: string, path: string | undefined): string | undefined =>
    path === undefined ? undefined : readOperatorFile(option, path);
  const secret = (option: string, path: string | undefined): string | undefined =>
    path === undefined ? undefined : readSecretFile(option, path, () => {});
  try {
    const ca = read('--tls-ca', tlsCa);
    const cert = read('--tls-cert', tlsCert);
    const key = secret('--tls-key', tlsKey);
    const token = secret('--token-file', tokenFile)?.trim();
    const adminToken = secret('--admin-token-file', adminTokenFile)?.trim() ?? token;
    if ((cert === undefined) !== (key === undefined)) {
      throw new Error('--tls-cert and --tls-key go together: give both, or neither');
    }
    checkCertificates({ ca, cert, key });
    const isSecure = ca !== undefined || cert !== undefined || key !== undefined;
    return { tls: isSecure ? { ca, cert, key } : undefined, token, adminToken, transports };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT_STATUS.misuse, text, { cause: error });
  }
}

/** Here it is known by which options they came. */
function checkCertificates(credentials: Partial<TlsCredentials>): void {
  try {
    tls({ credentials });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`--tls-ca, --tls-cert, --tls-key: ${why}`, { cause: error });
  }
}
