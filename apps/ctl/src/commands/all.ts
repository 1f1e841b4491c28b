import type { Command } from '../command/define.js';
import { benchCommand } from './bench.js';
import {
  certsInitCommand,
  certsIssueClientCommand,
  certsIssueNameServerCommand,
  certsIssueNodeCommand,
  certsRevokeCommand,
  certsShowCommand,
} from './certs.js';
import { completionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { dumpCommand } from './dump.js';
import { groupCommand, groupResetCommand, groupsCommand } from './groups.js';
import { joinCommand, watchCommand } from './live.js';
import { clientsCommand, stateGetCommand, statusCommand, votesCommand } from './looks.js';
import { nameServerStatusCommand, nameServerStepDownCommand } from './name-server.js';
import {
  nodesCommand,
  nodesDrainCommand,
  nodesForgetCommand,
  nodesUndrainCommand,
} from './nodes.js';
import { barrierCommand, expelCommand, sendCommand, stateSetCommand } from './proposals.js';
import { tokenNewCommand } from './token.js';
import { topCommand } from './top.js';

/** All commands of gsctl, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  statusCommand,
  clientsCommand,
  nodesCommand,
  nodesDrainCommand,
  nodesUndrainCommand,
  nodesForgetCommand,
  nameServerStatusCommand,
  nameServerStepDownCommand,
  groupsCommand,
  groupCommand,
  groupResetCommand,
  votesCommand,
  watchCommand,
  joinCommand,
  stateGetCommand,
  stateSetCommand,
  sendCommand,
  expelCommand,
  barrierCommand,
  doctorCommand,
  topCommand,
  benchCommand,
  dumpCommand,
  certsInitCommand,
  certsIssueNodeCommand,
  certsIssueNameServerCommand,
  certsIssueClientCommand,
  certsRevokeCommand,
  certsShowCommand,
  tokenNewCommand,
  completionCommand(() => COMMANDS),
];
