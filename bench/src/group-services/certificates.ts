import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
} from '@group-services/certificates';
import { type Identity, identityUri } from '@group-services/transport';

/** The domain that programs belong to unless told otherwise. */
const DOMAIN = 'default';

/** Certificates of a domain that is measured with TLS, as files of its own folder. */
export class Certificates {
  readonly #folder: string;
  readonly #authority: KeyedCertificate;

  private constructor(folder: string, authority: KeyedCertificate) {
    this.#folder = folder;
    this.#authority = authority;
  }

  static async make(folder: string): Promise<Certificates> {
    await mkdir(folder, { recursive: true });
    const authority = await makeAuthority(DOMAIN);
    await writeFile(join(folder, 'ca.crt'), authority.certificate);
    return new Certificates(folder, authority);
  }

  /** The options of a program that is this node, or the name server. */
  async optionsFor(name: string): Promise<readonly string[]> {
    const identity: Identity =
      name === 'name-server'
        ? { role: 'name-server', domain: DOMAIN }
        : { role: 'node', domain: DOMAIN, name };
    const { certificate, key } = await issueCertificate(this.#authority, {
      uri: identityUri(identity),
      subject: { domain: DOMAIN, role: identity.role, name },
      serves: true,
    });
    const path = (file: string): string => join(this.#folder, file);
    await writeFile(path(`${name}.crt`), certificate);
    await writeFile(path(`${name}.key`), key, { mode: 0o600 });
    const own = ['--tls-cert', path(`${name}.crt`), '--tls-key', path(`${name}.key`)];
    return [...own, '--tls-ca', path('ca.crt')];
  }
}
