import { approvedSchema, ballotSchema, toClientSchema } from '../../src/client-messages.js';
import { nodeMessageSchema } from '../../src/daemon-frames.js';
import { entrySchema } from '../../src/entry.js';
import { fromClientSchema, voteSchema } from '../../src/from-client.js';
import {
  groupSnapshotSchema,
  orderedSchema,
  proposalSchema,
  replySchema,
} from '../../src/group-bodies.js';
import { groupControlSchema, snapshotSchema } from '../../src/group-messages.js';
import { answerSchema } from '../../src/handshake.js';
import { helloSchema } from '../../src/hello.js';
import { fromNameServerSchema, toNameServerSchema } from '../../src/name-server-messages.js';
import { resultSchema, votesSchema } from '../../src/voting-bodies.js';
import { describeSchema } from './describe.js';

/** Everything with a schema that is ever written on a connection. */
const MESSAGES = {
  hello: helloSchema,
  answer: answerSchema,
  'from-client': fromClientSchema,
  'from-client/vote': voteSchema,
  'to-client': toClientSchema,
  'to-client/approved': approvedSchema,
  'to-client/ballot': ballotSchema,
  'between-daemons': nodeMessageSchema,
  'group-control': groupControlSchema,
  snapshot: snapshotSchema,
  entry: entrySchema,
  proposal: proposalSchema,
  'proposal/votes': votesSchema,
  reply: replySchema,
  ordered: orderedSchema,
  'ordered/result': resultSchema,
  'group-snapshot': groupSnapshotSchema,
  'to-name-server': toNameServerSchema,
  'from-name-server': fromNameServerSchema,
};

/** The format of this release, a line per field. */
export function describeFormat(): string {
  const lines = Object.entries(MESSAGES).flatMap(([name, it]) => describeSchema(it, name));
  return `${lines.join('\n')}\n`;
}
