import { expect, it } from 'vitest';
import * as client from './index.js';

it('exports these names', () => {
  expect(Object.keys(client).sort()).toMatchInlineSnapshot(`
    [
      "AbortedError",
      "AttributeMismatchError",
      "CollisionError",
      "ConnectFailedError",
      "ConnectionLostError",
      "DuplicateInstanceError",
      "GroupServicesError",
      "IncompatibleError",
      "InvalidArgumentError",
      "NotAuthorizedError",
      "OverloadedError",
      "RejectedError",
      "RemovedError",
      "StateChangedError",
      "TimeoutError",
      "UnavailableError",
      "UnknownGroupError",
      "UnknownProviderError",
      "VoteNotExpectedError",
      "approve",
      "connect",
      "defineGroup",
      "keepJoined",
      "keepSubscribed",
      "keepVoting",
      "reject",
    ]
  `);
});

it('gives every error its name and code', () => {
  const classes = Object.entries(client).filter(
    ([name]) => name.endsWith('Error') && name !== 'GroupServicesError',
  );
  const codes = classes.map(([name, errorClass]) => {
    const error = new (errorClass as typeof client.AbortedError)('text', { cause: 1 });
    expect(error).toBeInstanceOf(client.GroupServicesError);
    expect(error).toMatchObject({ name, message: 'text', cause: 1 });
    expect(error.stack).toContain(`${name}: text`);
    return error.code;
  });
  expect(codes.sort()).toMatchInlineSnapshot(`
    [
      "ABORTED",
      "ATTRIBUTE_MISMATCH",
      "COLLISION",
      "CONNECTION_LOST",
      "CONNECT_FAILED",
      "DUPLICATE_INSTANCE",
      "INCOMPATIBLE",
      "INVALID_ARGUMENT",
      "NOT_AUTHORIZED",
      "OVERLOADED",
      "REJECTED",
      "REMOVED",
      "STATE_CHANGED",
      "TIMEOUT",
      "UNAVAILABLE",
      "UNKNOWN_GROUP",
      "UNKNOWN_PROVIDER",
      "VOTE_NOT_EXPECTED",
    ]
  `);
});
