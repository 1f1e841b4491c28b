/** Defects of the external layer: what is wrong with each. */
export const EXTERNAL_MUTATIONS = {
  'approved-despite-reject': 'a vote to reject does not count: the protocol is approved',
  'decided-at-first-reject': 'the leader does not wait for the other votes once it has a REJECT',
  'continue-ignored': 'a vote to continue does not count',
  'no-default-for-failed-node': 'the leader waits for the votes of providers of failed nodes',
  'default-counted-twice': 'a default vote counts for two voters',
  'late-vote-counted': 'a vote that comes after its phase counts in the next one',
  'rejected-rider-kept': 'the state value proposed in a rejected protocol is kept',
  'first-rider-wins': 'of two state values proposed in one phase the first one stays',
  'joiners-always-vote': 'joiners vote although the attributes say that they do not',
  'failed-provider-votes': 'who is known to have failed is a voter of the next protocol',
  'joins-before-failures': 'joins are selected before failures',
  'batch-mixes-kinds': 'expels are batched with leaves and failures',
  'rejected-batch-keeps-failed': 'failed providers stay when their batch is rejected',
  'rejoins-before-removal':
    'a join with the id of a failed provider is run before its failure leave',
  'subscriber-told-of-rejected-join': 'subscribers are told of a join that was voted down',
  'second-joiner-not-prescreened': 'the attributes of the second joiner are not compared',
  'votes-not-resent': 'a daemon does not keep votes for the next leader',
  'resent-votes-counted-twice': 'a new leader counts each vote for two voters',
  'condition-at-proposal': 'compare-and-set looks at the state when it is proposed',
  'state-lost-with-oldest': 'the state value is lost when the oldest provider leaves',
} as const;
