export { nearest } from '@group-services/core';
export {
  type AdminAccess,
  isLoopbackUrl,
  type Operator,
  type Refusal,
} from './admin/admin-guard.js';
export { EventFeed } from './admin/event-streams.js';
export {
  RefusedAnswer,
  type Route,
  type RouteRequest,
  type Routes,
  TextAnswer,
} from './admin/routes.js';
export {
  type AdminServer,
  type AdminServerOptions,
  adminHttpServer,
  type Readiness,
  startAdminServer,
} from './admin-server.js';
export { commanderOption } from './config/command-line.js';
export type { Environment } from './config/environment.js';
export { type ConfigSources, type LoadedConfig, loadConfig } from './config/load.js';
export { optionsPage } from './config/options-page.js';
export {
  type ConfigOf,
  type Conflict,
  defineProgram,
  isFlag,
  type OptionSpec,
  type OptionTable,
  optionName,
  type ProgramSpec,
} from './config/program.js';
export {
  address,
  choice,
  count,
  duration,
  durationText,
  fileMode,
  flag,
  httpAddress,
  type Range,
  size,
  sizeText,
  text,
} from './config/values.js';
export { Descriptors } from './descriptors.js';
export {
  createLogger,
  followLevel,
  LOG_LEVELS,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  recentLines,
} from './logger.js';
export { addCertificateExpiry } from './metrics/certificate-expiry.js';
export { LoopDelayMeter } from './metrics/loop-delay.js';
export {
  METRIC_PREFIX,
  type MetricName,
  Metrics,
  type MetricsOptions,
  type Sample,
} from './metrics/metrics.js';
export { Traffic } from './metrics/traffic.js';
export { NodeHost } from './node-host.js';
export {
  streamsOf,
  transportOption,
  transportsGiven,
  withTransports,
} from './plugins/transport-option.js';
export { NO_TRANSPORTS, type PluggedTransports } from './plugins/transports.js';
export {
  EXIT_STATUS,
  nodeProcess,
  type ProcessPort,
  ProgramFailure,
  type RunningProgram,
  type RunProgramOptions,
  runProgram,
  type StartContext,
} from './run-program.js';
export { AdminTokenFile, adminTokenOption } from './security/admin-token.js';
export { Attempts } from './security/attempts.js';
export { fileMistakes } from './security/file-mistakes.js';
export { identityProblem, identityText, tellUntrusted } from './security/peer-identity.js';
export { ReloadedFile, type ReloadedFileOptions } from './security/reloaded-file.js';
export { readOperatorFile, readSecretFile, UnusableFile } from './security/secret-file.js';
export { type TlsConfig, TlsFiles } from './security/tls-files.js';
export {
  adminConflicts,
  allowInsecureUdp,
  fileName,
  type TlsConflict,
  tlsConflicts,
  tlsOptions,
} from './security/tls-options.js';
export { WatchedFiles } from './security/watched-files.js';
export { parseYamlFile } from './security/yaml-file.js';
export {
  type AcceptOptions,
  acceptSessions,
  type SessionHandlers,
} from './sessions/accept-session.js';
export { Complaints } from './sessions/complaints.js';
export {
  type DialSessionOptions,
  dialSession,
  HandshakeFailed,
  SessionRefused,
} from './sessions/dial-session.js';
export { addressOf, HandshakeRate } from './sessions/handshake-rate.js';
export { Intake, type Source } from './sessions/intake.js';
export { judgeHello, type Reception, refusal } from './sessions/judge-hello.js';
export {
  NameServerConnection,
  type NameServerConnectionOptions,
  type NameServerEvents,
} from './sessions/name-server-connection.js';
export { type PeerEvents, PeerLinks, type PeerLinksOptions } from './sessions/peer-links.js';
export { RefusalLog } from './sessions/refusal-log.js';
export { Room, type RoomOptions } from './sessions/room.js';
