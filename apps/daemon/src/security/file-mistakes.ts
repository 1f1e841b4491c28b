import { matches } from '@group-services/daemon-engine';
import { AdminTokenFile, fileMistakes, type TlsConfig, TlsFiles } from '@group-services/runtime';
import { Limits } from './limits.js';
import { readPermissions } from './permission-file.js';
import { Tokens } from './tokens.js';

/** Files that protect a daemon. */
interface SecurityFiles extends TlsConfig {
  readonly adminTokenFile: string | undefined;
  readonly tokens: string | undefined;
  readonly permissions: string | undefined;
  readonly limits: string | undefined;
}

/** What is wrong with them, as a start would find it one after the other. */
export function securityFileMistakes(config: SecurityFiles): readonly string[] {
  const { adminTokenFile, tokens, permissions, limits } = config;
  const given = (path: string | undefined, read: (path: string) => unknown) => () => {
    if (path !== undefined) read(path);
    return undefined;
  };
  return fileMistakes([
    (logger) => TlsFiles.open(config, logger),
    (logger) => new AdminTokenFile(adminTokenFile, logger),
    given(tokens, (path) => Tokens.read(path, () => {})),
    given(permissions, readPermissions),
    given(limits, (path) => Limits.read(path, matches)),
  ]);
}
